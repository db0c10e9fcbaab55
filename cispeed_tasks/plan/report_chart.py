"""A chart of a report and the table that says the same in words; what charts over time have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Literal, TypeVar

from cispeed_tasks.plan.amounts import amount
from cispeed_tasks.plan.report_facts import Facts
from cispeed_tasks.plan.report_series import Pair, Point, gathered

T = TypeVar("T")
LINES = 8
"""How many lines a chart can have and still be read."""
BARS = 12


@dataclass(frozen=True)
class Table:
    """A table: headers, and rows of texts, the first of which is the row's name."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Series:
    """A line's points over time, or a value for each of the chart's labels; None where there is none."""

    name: str
    points: tuple[Point, ...] = ()
    values: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A chart and its table."""

    id: str
    title: str
    says: str
    """A sentence on what it shows."""
    kind: Literal["time", "stacked time", "bars", "stacked bars"]
    unit: str
    """s, B or %."""
    series: tuple[Series, ...]
    table: Table
    labels: tuple[str, ...] = ()
    limit: float | None = None
    limit_name: str = ""


def over_time(
    id_: str,
    title: str,
    says: str,
    kind: Literal["time", "stacked time"],
    unit: str,
    pairs: Mapping[str, list[Pair]],
    facts: Facts,
    of: Callable[[list[float]], float],
) -> Chart:
    """Return a chart of values over time, in which `of` makes one value of those of a stretch of time."""
    points = {name: gathered(found, facts.span, of) for name, found in pairs.items()}
    series = tuple(Series(name, found) for name, found in points.items() if found)
    return Chart(id_, title, says, kind, unit, series, time_table(points, unit, facts))


def time_table(lines: Mapping[str, Sequence[Point]], unit: str, facts: Facts) -> Table:
    """A row for each stretch of time, a column for each line."""
    cells: dict[int, dict[str, list[Point]]] = {}
    for name, points in lines.items():
        for point in points:
            cells.setdefault(facts.span.number(point.at), {}).setdefault(name, []).append(point)
    rows = []
    for number, found in sorted(cells.items()):
        count = sum(point.count for points in found.values() for point in points)
        values = [median(p.value for p in found[name]) if name in found else None for name in lines]
        rows.append((_when(facts.span.begin(number)), *(amount(one, unit) for one in values), str(count)))
    return Table(("from (UTC)", *lines, "records"), tuple(rows))


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


def mean(values: list[float]) -> float:
    """Return the mean of some values; there is at least one."""
    return sum(values) / len(values)


def first(found: Mapping[str, T], count: int = LINES) -> list[tuple[str, T]]:
    """Return the first of some named things, as many as are drawn."""
    return list(found.items())[:count]


def rest(found: Mapping[str, object], count: int = LINES) -> str:
    """Return what is said of those that are not drawn; nothing where all are."""
    more = len(found) - count
    return f"; drawn are {count}, the table has {more} more" if more > 0 else ""
