"""The plan of a comparison: which measurements a choice of scenarios needs, and what is said of them."""

from __future__ import annotations

import pytest

from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.compare import AFTER, BEFORE, ORDER, ComparePlan, chosen_scenarios, possible
from cispeed_tasks.plan.compare_edits import Edit

EDITS = {
    "code": Edit("api", "one line more", {"api/main.py": "x"}),
    "dependency": Edit("api", "six added", {"api/requirements.txt": "six==1"}),
}


def plan(names: str = "", runs: int = 1) -> ComparePlan:
    bases = {"images/base:1": "images/base"}
    files = ("compose.yaml", "before/docker-compose.before.yml")
    return ComparePlan(chosen_scenarios(names), runs, files, bases, ("debian:trixie-slim",), EDITS)


def test_all_scenarios_by_default_in_their_order() -> None:
    assert tuple(one.name for one in chosen_scenarios("")) == ORDER
    assert [one.name for one in chosen_scenarios("same-code, cold")] == ["cold", "same-code"]


def test_a_scenario_that_there_is_not_is_said_with_the_likely_one() -> None:
    with pytest.raises(UsageError, match="there is no scenario 'same-kode'; did you mean 'same-code'"):
        chosen_scenarios("same-kode")


def test_every_measurement_that_a_figure_needs_is_made_once() -> None:
    everything = plan()
    assert everything.measurements(BEFORE) == ("cold", "same-nothing", "same-code", "same-dependency", "ready")
    assert everything.measurements(AFTER) == (
        "cold",
        "same-nothing",
        "same-code",
        "same-dependency",
        "ready",
        "fresh-nothing",
        "fresh-up",
        "fresh-code",
        "fresh-dependency",
    )


@pytest.mark.parametrize(
    ("names", "before", "after", "needs_registry"),
    [
        ("cold", ("cold",), ("cold",), False),
        ("same-code", ("cold", "same-code"), ("cold", "same-code"), False),
        ("fresh-nothing", ("cold",), ("fresh-nothing",), True),
        ("fresh-up", ("cold", "ready"), ("fresh-up",), True),
        ("ready", ("cold", "ready"), ("cold", "ready"), False),
    ],
)
def test_nothing_is_measured_that_nobody_asked_for(
    names: str, before: tuple[str, ...], after: tuple[str, ...], needs_registry: bool
) -> None:
    one = plan(names)
    assert (one.measurements(BEFORE), one.measurements(AFTER), one.needs_registry) == (before, after, needs_registry)


def test_a_scenario_whose_edit_cannot_be_made_is_left_out_with_the_reason() -> None:
    kept, notes = possible(chosen_scenarios("cold,same-code,same-dependency"), {"code": EDITS["code"]})
    assert [one.name for one in kept] == ["cold", "same-code"]
    assert len(notes) == 1
    assert notes[0].startswith("not measured: same-dependency, since a dependency can be added without a resolver")


def test_the_plan_says_what_is_built_on_what_and_how_often() -> None:
    text = str(plan("cold,fresh-code", runs=3))
    assert text.splitlines()[0].startswith("compare 2 scenarios, 3 times, before and after in turn, on two engines")
    for line in (
        "  root images from this machine's engine, not measured: debian:trixie-slim",
        "  before, measured: cold",
        "  after, measured: cold, fresh-code",
        "  before: docker compose -f compose.yaml -f before/docker-compose.before.yml build",
        "  before, base image images/base:1: docker build --tag images/base:1 images/base",
        "  edit, code: one line more (api/main.py)",
        "  fresh-code: fresh runner, one code line changed",
    ):
        assert line in text.splitlines()


def test_every_scenario_is_defined_for_both_sides() -> None:
    text = plan().definitions()
    for one in chosen_scenarios(""):
        assert f"{one.name}: {one.title}\n  before: {one.before}\n  after: {one.after}" in text
