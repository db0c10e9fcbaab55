"""Values over time, in few enough points to be drawn: many that lie close together become one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median

POINTS = 60
"""How many points a line has at most."""
FEW = 24
"""How many values are drawn as they are."""
EACH = 4
"""Of how many values at least a point is the median on average, so that a line shows more than chance."""

Pair = tuple[float, float]
"""A time, in seconds since 1970, and a value."""


@dataclass(frozen=True)
class Point:
    """The value at a time, or of a stretch of time that begins there, and of how many records it speaks."""

    at: float
    value: float
    count: int = 1


@dataclass(frozen=True)
class Span:
    """The time that a report is about, in seconds since 1970, in `parts` stretches of one length."""

    start: float
    end: float
    parts: int = POINTS

    @property
    def step(self) -> float:
        """The length of a stretch."""
        return max((self.end - self.start) / self.parts, 1e-3)

    def number(self, at: float) -> int:
        """Which stretch a time lies in."""
        return min(int((at - self.start) / self.step), self.parts - 1)

    def begin(self, number: int) -> float:
        """When a stretch begins."""
        return self.start + number * self.step


def epoch(at: str) -> float:
    """Return the seconds since 1970 of a record's time."""
    return datetime.fromisoformat(at).timestamp()


def line(pairs: Sequence[Pair], span: Span) -> tuple[Point, ...]:
    """Return the values as they are where they are few, else the median of each stretch of time that has any."""
    if len(pairs) <= FEW:
        return tuple(Point(at, value) for at, value in pairs)
    parts = min(POINTS, max(FEW // 2, len(pairs) // EACH))
    return gathered(pairs, replace(span, parts=parts), median)


def gathered(pairs: Iterable[Pair], span: Span, of: Callable[[list[float]], float]) -> tuple[Point, ...]:
    """Return for each stretch of time that has any values what `of` makes of them, such as their sum."""
    found: dict[int, list[float]] = {}
    for at, value in pairs:
        found.setdefault(span.number(at), []).append(value)
    return tuple(Point(span.begin(number), of(values), len(values)) for number, values in sorted(found.items()))


def percentile(values: Iterable[float], percent: float) -> float:
    """Return the value that so many percent of some values do not exceed (nearest rank); there is at least one."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * int(percent) // 100) - 1)]
