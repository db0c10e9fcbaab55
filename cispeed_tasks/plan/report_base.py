"""The images as they are against those of the base branch: what grew, by how much, and which layer did it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from cispeed_tasks.plan.amounts import growth
from cispeed_tasks.plan.history_records import Layer, Record

TYPICAL = 5
"""Of how many builds of the base the time is the median."""
SMALLEST = 0.05
"""Percent from which a difference in size is shown; less would be shown as +0.0 %."""
SLOWER_SECONDS, SLOWER = 5.0, 1.5
"""A build takes another time when it differs by so many seconds and by this factor; less is the machine's mood."""


@dataclass(frozen=True)
class Base:
    """What is compared with: its name, and the commits that it holds."""

    name: str
    commits: frozenset[str]


@dataclass(frozen=True)
class LayerChange:
    """What an instruction puts into the image, before and now, in bytes."""

    instruction: str
    before: int
    after: int


@dataclass(frozen=True)
class Change:
    """An image as it is and as it is on the base; None for what is not recorded."""

    target: str
    bytes: int | None
    base_bytes: int | None
    seconds: float
    base_seconds: float | None
    layers: tuple[LayerChange, ...] = ()
    """Those that changed in size, the most grown first."""

    @property
    def growth(self) -> float | None:
        """By how many percent the image grew."""
        return growth(self.base_bytes, self.bytes)

    @property
    def is_changed(self) -> bool:
        """Whether the image is new, of another size, or takes another time to build."""
        return self.growth is None or abs(self.growth) >= SMALLEST or self._takes_another_time

    @property
    def _takes_another_time(self) -> bool:
        less, more = sorted((self.seconds, self.base_seconds or self.seconds))
        return more - less >= SLOWER_SECONDS and more >= less * SLOWER


def latest(builds: Iterable[Record]) -> dict[str, Record]:
    """The last build of each target, of builds in the order of time."""
    return {one.name: one for one in builds}


def compare(builds: Sequence[Record], base: Base | None) -> tuple[Change, ...]:
    """Compare the last build of each target with those of the base.

    Args:
        builds: those that ended well, in the order of time.
        base: what is compared with; without one nothing is known of before.
    """
    now = latest(builds)
    before = _of_base(builds, base.commits if base else ())
    return tuple(_change(now[name], before.get(name, ())) for name in sorted(now))


def _of_base(builds: Sequence[Record], commits: Collection[str]) -> Mapping[str, Sequence[Record]]:
    found: dict[str, list[Record]] = {}
    for one in builds:
        if one.commit in commits:
            found.setdefault(one.name, []).append(one)
    return {name: kept[-TYPICAL:] for name, kept in found.items()}


def _change(now: Record, before: Sequence[Record]) -> Change:
    if not before:
        return Change(now.name, now.image_bytes, None, now.seconds, None)
    seconds = median(one.seconds for one in before)
    layers = _layers(before[-1].layers, now.layers)
    return Change(now.name, now.image_bytes, before[-1].image_bytes, now.seconds, seconds, layers)


def _layers(before: Sequence[Layer], after: Sequence[Layer]) -> tuple[LayerChange, ...]:
    old, new = _by_instruction(before), _by_instruction(after)
    changes = [LayerChange(name, old.get(name, 0), new.get(name, 0)) for name in {**old, **new}]
    changed = [one for one in changes if one.before != one.after]
    return tuple(sorted(changed, key=lambda one: one.before - one.after))


def _by_instruction(layers: Sequence[Layer]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in layers:
        found[one.instruction] = found.get(one.instruction, 0) + one.bytes
    return found
