"""How many images are built at once, and whether the disk will hold them."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from cispeed_tasks.plan.build import BuildPlan, plan_full
from cispeed_tasks.plan.capacity import Capacity, DiskNeed, Parallel, batches, disk_need, parallel
from tests.builders import build, config, project

GIB, MB = 1024**3, 1000**2
NAMES = ("web", "api", "worker", "docs")
SHOP = project(
    "bases: {base: {image: team/base, context: base}}",
    {name: {"build": build(name)} for name in NAMES},
    {
        "base/Dockerfile": "FROM debian\n",
        **{f"{name}/Dockerfile": "FROM team/base\n" for name in ("web", "api", "worker")},
        "docs/Dockerfile": "FROM debian\n",
    },
)
PLAN = plan_full(SHOP, NAMES)
HERE = Capacity(2, 24 * GIB, 100 * MB)


def test_cpus_or_memory_decide_unless_the_config_does() -> None:
    assert parallel(None, HERE) == Parallel(16, "the engine has 2 CPUs")
    assert parallel(None, Capacity(1, 24 * GIB)) == Parallel(8, "the engine has 1 CPU")
    assert parallel(None, Capacity(8, 2 * GIB)) == Parallel(4, "the engine has 2.0 GiB of memory")
    assert parallel(40, HERE) == Parallel(40, "`build: {parallel:}` of cispeed.yaml says so")
    assert config("build: {parallel: 3}").build.parallel == 3


@given(st.integers(1, 9), st.dictionaries(st.sampled_from(NAMES), st.floats(0, 100)))
def test_parts_hold_a_wave_once_and_no_part_is_too_large(count: int, seconds: Mapping[str, float]) -> None:
    wave = PLAN.waves()[-1]
    parts = batches(wave, count, seconds)
    assert sorted(step.target.name for part in parts for step in part) == sorted(step.target.name for step in wave)
    assert all(0 < len(part) <= count for part in parts)


def test_what_takes_long_together_is_built_together() -> None:
    wave = [*PLAN.waves()[0], *PLAN.waves()[1]]
    parts = batches(wave, 3, {"web": 60, "docs": 50, "api": 5})
    assert [[step.target.name for step in part] for part in parts] == [["web", "docs", "api"], ["base-base", "worker"]]
    assert batches(wave, 5, {}) == [wave]


def test_each_image_counts_without_what_it_stands_on() -> None:
    recorded = {"base-base": 90 * MB, "web": 100 * MB, "api": 95 * MB, "worker": 90 * MB, "docs": 80 * MB}
    need = disk_need(PLAN, recorded, {"debian": 70 * MB}, HERE)
    assert need == DiskNeed(4 * (20 + 10 + 5 + 0 + 10) * MB, 5, 0)
    unpacked = Capacity(2, GIB, 100 * MB, is_packed=False)
    assert disk_need(PLAN, recorded, {"debian": 70 * MB}, unpacked).bytes == 2 * 45 * MB


def test_without_history_an_image_counts_as_others_do_or_as_what_it_stands_on() -> None:
    need = disk_need(PLAN, {"base-base": 90 * MB, "web": 100 * MB}, {"debian": 70 * MB}, HERE)
    assert need == DiskNeed(4 * (20 + 10 + 3 * 15) * MB, 5, 3)
    assert disk_need(PLAN, {}, {"debian": 70 * MB}, HERE) == DiskNeed(4 * 2 * 70 * MB, 5, 5)
    assert disk_need(BuildPlan(()), {}, {}, HERE) == DiskNeed(0, 0, 0)


def test_what_is_said_of_the_disk() -> None:
    need = DiskNeed(4_000 * MB, 3, 0)
    assert need.fault(Capacity(2, GIB, 4_000 * MB)) is None
    assert need.fault(Capacity(2, GIB, None)) is None
    scarce = need.fault(Capacity(2, GIB, 1_500 * MB))
    assert scarce is not None
    assert scarce[0] == "warning"
    assert scarce[1].startswith("the engine's disk may not hold this build: 3 images may take up to 4.0 GB (by what ")
    assert scarce[1].endswith("and 1.5 GB are free; `inv prune` gives room (`inv prune --dry-run` says how much)")
    guess = DiskNeed(90 * MB, 1, 1).fault(Capacity(2, GIB, 80 * MB))
    assert guess is not None
    assert "1 image may take up to 90 MB (in part a guess, without earlier builds), and 80 MB are free" in guess[1]
    full = need.fault(Capacity(2, GIB, 9 * MB))
    assert full is not None
    assert full[0] == "error"
    assert full[1].startswith("the engine's disk is full (9 MB free), so that nothing can be built: `inv prune` gives")
    assert DiskNeed(0, 0, 0).fault(Capacity(2, GIB, 0)) is None
