"""The figures and the tables of a comparison, text out for data in."""

from __future__ import annotations

import pytest

from cispeed_tasks.plan.compare import ComparePlan, chosen_scenarios
from cispeed_tasks.plan.compare_edits import Edit
from cispeed_tasks.plan.compare_results import Measured, Results, Size, Step
from cispeed_tasks.plan.compare_text import data, markdown, seconds, size

EDITS = {"code": Edit("api", "one line more", {"api/main.py": "x"})}
PLAN = ComparePlan(chosen_scenarios("cold,fresh-up,same-code"), 3, ("compose.yaml",), {}, (), EDITS)
STEPS = (Step("[deps 3/4] RUN pip install", 12.0), Step("exporting layers", 3.25))


def measured(side: str, name: str, *values: float, services: dict[str, float] | None = None) -> list[Measured]:
    return [
        Measured(side, name, run, value, services or {}, STEPS if side == "after" else ())
        for run, value in enumerate(values, 1)
    ]


RESULTS = Results(
    PLAN,
    "2 cores, Debian 12",
    (
        *measured("before", "cold", 100.0, 120.0, 110.0, services={"api": 90.0, "web": 30.0}),
        *measured("after", "cold", 22.0, 20.0, 25.0, services={"api": 15.0, "base-python": 8.0}),
        *measured("before", "ready", 40.0, 41.0, 42.0),
        *measured("after", "fresh-up", 15.0, 15.0, 15.0),
        *measured("before", "same-code", 30.0, 30.0, 30.0),
    ),
    {"api": Size(900_000_000, 90_000_000)},
    {"api": Size(60_000_000, 12_345, 4000, 1)},
    (33.0,),
)


def test_medians_spread_and_ratios() -> None:
    cold, up, code = RESULTS.rows()
    assert cold.before is not None
    assert (cold.before.median, cold.before.spread, cold.ratio) == (110.0, (100.0, 120.0), 5.0)
    assert up.before is not None
    assert up.before.values == (140.0, 161.0, 152.0), "the sums of each run's two figures"
    assert (code.after, code.ratio) == (None, None)


def test_the_tables() -> None:
    text = markdown(RESULTS)
    assert text.startswith(
        "Before and after, measured on 2 cores, Debian 12; medians of 3 runs, both sides in turn.\n\n"
        "| scenario | before | after | before / after |\n"
        "|---|---|---|---|\n"
        "| cold | 110 s (100 s to 120 s) | 22 s (20 s to 25 s) | 5.0 |\n"
        "| fresh runner, nothing changed: the stack is up | 152 s (140 s to 161 s) | 15.0 s (15.0 s to 15.0 s) | 10.1 |\n"
        "| same machine, one code line changed | 30 s (30 s to 30 s) | - | - |\n"
    )
    for line in (
        "| api | 90 s | 15.0 s |",
        "| web | 30 s | - |",
        "| base-python | - | 8.0 s |",
        "| all | 110 s (100 s to 120 s) | 22 s (20 s to 25 s) |",
        "| cold | [deps 3/4] RUN pip install 12.0 s; exporting layers 3.2 s |",
        "| api | 900.0 MB | 90.0 MB |",
        "| api | 60.0 MB, 4000 files | 12.3 kB, 1 file |",
        "edit, code: one line more (api/main.py)",
    ):
        assert line in text.splitlines(), text
    assert "took 33 s; CI's main branch pays it." in text


def test_the_same_for_programs() -> None:
    found = data(RESULTS)
    assert found["scenarios"][0]["before"] == {"median": 110.0, "least": 100.0, "greatest": 120.0}
    assert found["scenarios"][0]["ratio"] == 5.0
    assert found["scenarios"][0]["services"]["web"] == {"before": 30.0, "after": None}
    assert found["scenarios"][2]["after"] is None
    assert found["images"] == {"api": {"before": 900_000_000, "after": 90_000_000}}
    assert found["contexts"]["api"]["files_after"] == 1
    assert found["definitions"] == PLAN.definitions().splitlines()


def test_one_run_has_no_spread() -> None:
    one = Results(ComparePlan(PLAN.scenarios[:1], 1, (), {}, (), {}), "here", tuple(measured("before", "cold", 1.5)))
    assert "| cold | 1.5 s | - | - |" in markdown(one)


def test_what_stands_in_a_cell_does_not_end_it() -> None:
    step = Measured("after", "cold", 1, 1.0, {}, (Step("RUN a | b", 1.0),))
    one = Results(ComparePlan(PLAN.scenarios[:1], 1, (), {}, (), {}), "here", (step,))
    assert "| cold | RUN a \\| b 1.0 s |" in markdown(one)


@pytest.mark.parametrize(("value", "text"), [(0.523, "0.52 s"), (4.56, "4.6 s"), (19.94, "19.9 s"), (131.7, "132 s")])
def test_durations(value: float, text: str) -> None:
    assert seconds(value) == text


@pytest.mark.parametrize(("value", "text"), [(999, "999 B"), (12_345, "12.3 kB"), (2_000_000_000, "2.00 GB")])
def test_sizes(value: int, text: str) -> None:
    assert size(value) == text
