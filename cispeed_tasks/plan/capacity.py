"""How much an engine can do at once, and what a build will take of its disk: figures in, figures and their causes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from cispeed_tasks.plan.build import BuildPlan, BuildStep
from cispeed_tasks.plan.targets import root_images

BUILDS_PER_CPU = 8
"""Builds wait for networks and disks much of their time; with more than this they wait for each other."""
BYTES_PER_BUILD = 512 * 1024**2
"""What an ordinary install or compile step keeps in memory."""
PACKED, UNPACKED = 4, 2
"""What an image takes of the disk for each byte that the engine calls its size.

containerd's store says the packed size and keeps both (measured 3.7 times as much); elsewhere the build cache has a copy.
"""
NOTHING_GOES = 32 * 1024**2
"""With less free than this the engine cannot even write down what it builds."""


@dataclass(frozen=True)
class Capacity:
    """What an engine has: processors, bytes of memory, free bytes of its disk (None where nobody can say)."""

    cpus: int
    memory: int
    disk_free: int | None = None
    is_packed: bool = True
    """Whether the sizes of its images are those of packed layers, as containerd's store says them."""


@dataclass(frozen=True)
class Parallel:
    """How many images are built at once, and why."""

    count: int
    cause: str


def parallel(configured: int | None, capacity: Capacity) -> Parallel:
    """How many images one run of bake gets at most."""
    if configured is not None:
        return Parallel(configured, "`build: {parallel:}` of cispeed.yaml says so")
    by_cpu = max(1, capacity.cpus) * BUILDS_PER_CPU
    by_memory = max(1, capacity.memory // BYTES_PER_BUILD) if capacity.memory else by_cpu
    if by_memory < by_cpu:
        return Parallel(by_memory, f"the engine has {capacity.memory / 1024**3:.1f} GiB of memory")
    return Parallel(by_cpu, f"the engine has {'1 CPU' if capacity.cpus == 1 else f'{capacity.cpus} CPUs'}")


def batches(wave: Sequence[BuildStep], count: int, seconds: Mapping[str, float]) -> list[list[BuildStep]]:
    """A wave in parts of `count` images at most, of much the same size, those that take long together.

    Args:
        wave: images of which none stands on another.
        count: how many are built at once.
        seconds: how long they took before, by target, where that is known.
    """
    if len(wave) <= count:
        return [list(wave)]
    ordered = sorted(wave, key=lambda step: -seconds.get(step.target.name, 0.0))
    size = ceil(len(ordered) / ceil(len(ordered) / count))
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]


@dataclass(frozen=True)
class DiskNeed:
    """The bytes that a build will take at most, and of how many images that is only a guess."""

    bytes: int
    images: int
    guessed: int

    def fault(self, capacity: Capacity) -> tuple[str, str] | None:
        """What to say of an engine's disk, as (error or warning, a sentence); None where there is room."""
        free = capacity.disk_free
        if free is None or not self.images:
            return None
        remedy = "`inv prune` gives room (`inv prune --dry-run` says how much)"
        if free < NOTHING_GOES:
            return "error", f"the engine's disk is full ({_size(free)} free), so that nothing can be built: {remedy}"
        if self.bytes <= free:
            return None
        by = "by what earlier builds of them took" if not self.guessed else "in part a guess, without earlier builds"
        many = "1 image" if self.images == 1 else f"{self.images} images"
        return "warning", (
            f"the engine's disk may not hold this build: {many} may take up to {_size(self.bytes)} ({by}), "
            f"and {_size(free)} are free; {remedy}"
        )


def disk_need(plan: BuildPlan, recorded: Mapping[str, int], outside: Mapping[str, int], capacity: Capacity) -> DiskNeed:
    """What the images of a plan may take of the disk, each without what it has from its parents.

    Args:
        plan: the plan; only what is built counts.
        recorded: bytes of targets' images as earlier builds left them, by target.
        outside: bytes of outside images that the engine has, by name.
        capacity: the engine's.
    """
    steps = {step.target.name: step for step in plan.steps}
    added = {name: _added(steps[name], recorded, outside) for name in steps if name in recorded}
    usual = median(added.values()) if added else None
    total, guessed = 0, 0
    for step in plan.of("build"):
        if step.target.name in added:
            total += added[step.target.name]
            continue
        guessed += 1
        # An image that nobody has seen adds what the others do, or as much as it stands on.
        total += int(usual) if usual is not None else _below(step, recorded, outside)
    return DiskNeed(total * (PACKED if capacity.is_packed else UNPACKED), len(plan.of("build")), guessed)


def _added(step: BuildStep, recorded: Mapping[str, int], outside: Mapping[str, int]) -> int:
    return max(0, recorded[step.target.name] - _below(step, recorded, outside))


def _below(step: BuildStep, recorded: Mapping[str, int], outside: Mapping[str, int]) -> int:
    """The bytes of the largest image that it stands on."""
    parents = [recorded.get(name, 0) for name in step.target.dependency_names]
    return max([*parents, *_sizes(root_images([step.target]), outside)], default=0)


def _sizes(names: Iterable[str], outside: Mapping[str, int]) -> list[int]:
    return [outside[name] for name in names if name in outside]


def _size(value: int) -> str:
    return f"{value / 1000**3:.1f} GB" if value >= 1000**3 else f"{value / 1000**2:.0f} MB"
