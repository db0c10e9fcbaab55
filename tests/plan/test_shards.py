"""A build divided among runners: nothing lost, nothing twice, whatever stands on what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cispeed_tasks.errors import UsageError
from cispeed_tasks.model import Target
from cispeed_tasks.plan.build import BuildPlan, BuildStep, plan_full
from cispeed_tasks.plan.shards import Shard, divide, matrix, read_shard, useful_count
from tests.builders import build, project

FILES = {
    "base/Dockerfile": "FROM debian\n",
    **{f"{name}/Dockerfile": "FROM team/base\n" for name in ("web", "api", "worker")},
    "docs/Dockerfile": "FROM debian\n",
}
SHOP = project(
    "bases: {base: {image: team/base, context: base}}",
    {name: {"build": build(name)} for name in ("web", "api", "worker", "docs")},
    FILES,
)
PLAN = plan_full(SHOP, ["web", "api", "worker", "docs"])


def step(name: str, parents: tuple[str, ...]) -> BuildStep:
    target = Target(
        name, "full", name, f"shop-{name}:full", "/repo", Path("/repo/Dockerfile"), "", None, {}, {}, "", False
    )
    return BuildStep(replace(target, dependency_names=parents), asked=True)


@st.composite
def plans(draw: st.DrawFn) -> BuildPlan:
    """Any graph of up to a dozen images, parents first."""
    steps: list[BuildStep] = []
    for number in range(draw(st.integers(1, 12))):
        above = draw(st.sets(st.sampled_from([one.target.name for one in steps]), max_size=3)) if steps else set()
        steps.append(step(f"image-{number}", tuple(sorted(above))))
    return BuildPlan(tuple(steps))


TIMES = st.dictionaries(st.sampled_from([f"image-{number}" for number in range(12)]), st.floats(0, 1000))


@given(plans(), st.integers(1, 8), TIMES)
def test_every_image_is_one_runners_who_has_what_it_stands_on(
    plan: BuildPlan, count: int, seconds: dict[str, float]
) -> None:
    division = divide(plan, count, seconds)
    names = [one.target.name for one in plan.steps]
    assert sorted(name for own in division.owned for name in own) == sorted(names)
    assert len(division.owned) == count
    parents = {one.target.name: one.target.dependency_names for one in plan.steps}
    for number, (own, needed) in enumerate(zip(division.owned, division.needed, strict=True), start=1):
        shard = Shard(number, count)
        assert all(set(parents[name]) <= needed for name in needed)
        foreign = division.foreign(shard)
        assert {*own, *foreign} == needed, "each image that a runner needs is its own or another one's"
        assert all(other.number < number for other in foreign.values()), "nobody waits for who may wait for him"
        assert all(name in division.shared(other) for name, other in foreign.items())


@given(plans(), st.integers(1, 8), TIMES, st.randoms(use_true_random=False))
def test_all_runners_divide_alike(plan: BuildPlan, count: int, seconds: dict[str, float], random: object) -> None:
    shuffled = list(seconds.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert divide(plan, count, seconds) == divide(plan, count, dict(shuffled))


@given(plans(), TIMES)
def test_the_matrix_names_every_service_once(plan: BuildPlan, seconds: dict[str, float]) -> None:
    count = useful_count(plan, seconds)
    rows = matrix(plan, divide(plan, count, seconds))
    assert sorted(" ".join(row["services"] for row in rows).split()) == sorted(s.target.subject for s in plan.steps)
    assert [row["shard"] for row in rows] == [f"{number}/{len(rows)}" for number in range(1, len(rows) + 1)]


def test_the_longest_goes_first_and_a_base_is_paid_for_once() -> None:
    seconds = {"base-base": 60, "web": 30, "api": 20, "worker": 10, "docs": 100}
    division = divide(PLAN, 2, seconds)
    assert [set(names) for names in division.owned] == [{"docs"}, {"base-base", "web", "api", "worker"}]
    assert division.cause == "balanced by the times of earlier builds"
    assert divide(PLAN, 2, {}).cause == "each image counting the same"


def test_what_is_shared_belongs_to_the_first_that_needs_it() -> None:
    division = divide(PLAN, 3, {})
    first, last = Shard(1, 3), Shard(3, 3)
    assert division.shared(first) == ("base-base",)
    assert division.foreign(first) == {}
    assert set(division.foreign(last)) | set(division.own(last)) == division.needed[2]
    assert division.digest != divide(PLAN, 2, {}).digest


def test_more_runners_than_images_leave_some_with_nothing() -> None:
    division = divide(PLAN, 6, {})
    assert [len(names) for names in division.needed] == [2, 2, 2, 1, 0, 0]


def test_runners_that_help_little_are_not_proposed() -> None:
    assert useful_count(PLAN, {}) == 4
    assert useful_count(PLAN, {"base-base": 600, "web": 1, "api": 1, "worker": 1, "docs": 1}) == 1
    assert useful_count(PLAN, {"base-base": 1, "web": 60, "api": 60, "worker": 60, "docs": 60}) == 4
    assert useful_count(BuildPlan(()), {}) == 1


def test_rows_of_a_matrix() -> None:
    seconds = {"base-base": 60, "web": 30, "api": 20, "worker": 10, "docs": 100}
    assert matrix(PLAN, divide(PLAN, 2, seconds)) == [
        {"shard": "1/2", "services": "docs"},
        {"shard": "2/2", "services": "web api worker"},
    ]
    assert matrix(BuildPlan(()), divide(BuildPlan(()), 3, {})) == []


@pytest.mark.parametrize("text", ["", "2", "0/2", "3/2", "a/b", "1/2/3", "-1/2", " 1/2"])
def test_what_is_no_shard(text: str) -> None:
    with pytest.raises(UsageError, match="write the number of this runner and how many there are, such as 2/6"):
        read_shard(text)


def test_a_shard_as_it_is_typed() -> None:
    assert read_shard("2/6") == Shard(2, 6)
    assert str(read_shard("10/12")) == "10/12"
