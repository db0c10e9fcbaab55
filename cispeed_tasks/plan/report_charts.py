"""The charts of a report: what each draws, and the table that says the same in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Literal, TypeVar

from cispeed_tasks.plan.amounts import amount
from cispeed_tasks.plan.history_records import Record, Step
from cispeed_tasks.plan.report_base import latest
from cispeed_tasks.plan.report_facts import PUSH_SECONDS, Facts
from cispeed_tasks.plan.report_series import Pair, Point, epoch, gathered, line, percentile

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


def charts(facts: Facts) -> tuple[Chart, ...]:
    """Return all charts that there is anything to draw for."""
    makers: tuple[Callable[[Facts], Chart], ...] = (
        *(_pushes, _times, _sizes, _phases, _steps, _rates, _saved, _compared, _layers, _disk),
    )
    found = (make(facts) for make in makers)
    return tuple(one for one in found if any(series.points or series.values for series in one.series))


def _times(facts: Facts) -> Chart:
    series = tuple(
        Series(name, line([(epoch(one.at), one.seconds) for one in kept], facts.span))
        for name, kept in _first(facts.by_target)
    )
    rows = tuple((name, *_time_cells(kept)) for name, kept in facts.by_target.items())
    headers = ("image", "builds", "median", "90 % within", "last", "steps from the cache")
    says = f"Seconds of each image that was built, by BuildKit's own records{_rest(facts.by_target)}."
    return Chart("build-time", "Build time", says, "time", "s", series, Table(headers, rows))


def _time_cells(kept: Sequence[Record]) -> tuple[str, ...]:
    seconds = [one.seconds for one in kept]
    cached, steps = sum(one.steps_cached for one in kept), sum(one.steps_all for one in kept)
    share = f"{cached / steps * 100:.0f} %" if steps else "-"
    times = (median(seconds), percentile(seconds, 90), seconds[-1])
    return (str(len(kept)), *(amount(one, "s") for one in times), share)


def _sizes(facts: Facts) -> Chart:
    sized: dict[str, list[Record]] = {}
    for one in facts.all_builds:
        if one.image_bytes:
            sized.setdefault(one.name, []).append(one)
    ordered = dict(sorted(sized.items(), key=lambda pair: -(pair[1][-1].image_bytes or 0)))
    series = tuple(
        Series(name, line([(epoch(one.at), float(one.image_bytes or 0)) for one in kept], facts.span))
        for name, kept in _first(ordered)
    )
    rows = tuple((name, *_size_cells(kept)) for name, kept in ordered.items())
    says = f"Bytes of each image as the engine keeps it{_rest(ordered)}."
    headers = ("image", "first", "last", "smallest", "largest", "context")
    return Chart("image-size", "Image size", says, "time", "B", series, Table(headers, rows))


def _size_cells(kept: Sequence[Record]) -> tuple[str, ...]:
    sizes = [float(one.image_bytes or 0) for one in kept]
    cells = (sizes[0], sizes[-1], min(sizes), max(sizes), kept[-1].context_bytes)
    return tuple(amount(one, "B") for one in cells)


def _phases(facts: Facts) -> Chart:
    """Where the time of the last build of each image went."""
    last = {name: kept[-1].phases for name, kept in facts.by_target.items() if kept[-1].phases}
    shown = dict(_first(last, BARS))
    names = sorted({phase for phases in shown.values() for phase in phases})
    series = tuple(Series(name, values=tuple(phases.get(name) for phases in shown.values())) for name in names)
    rows = tuple((target, *(amount(phases.get(name), "s") for name in names)) for target, phases in last.items())
    says = f"Seconds of the last build of each image by phase; what runs side by side counts once{_rest(last, BARS)}."
    table = Table(("image", *names), rows)
    return Chart("phases", "Where the time goes", says, "stacked bars", "s", series, table, tuple(shown))


def _steps(facts: Facts) -> Chart:
    """The instructions that took the most time in all."""
    found: dict[tuple[str, str], list[Step]] = {}
    for one in facts.builds:
        for step in one.steps:
            if not step.cached:
                found.setdefault((one.name, step.instruction), []).append(step)
    ordered = sorted(found.items(), key=lambda pair: -sum(step.seconds for step in pair[1]))[:BARS]
    totals = [sum(step.seconds for step in steps) for _, steps in ordered]
    rows = tuple(
        (f"{target}: {instruction}", str(len(steps)), *_step_cells([step.seconds for step in steps]))
        for (target, instruction), steps in ordered
    )
    labels = tuple(f"{target}: {instruction}" for (target, instruction), _ in ordered)
    says = "The instructions that took the most seconds in all; what came from the cache is not counted."
    table = Table(("instruction", "times run", "median", "in all"), rows)
    return Chart("steps", "Slowest steps", says, "bars", "s", (Series("in all", values=tuple(totals)),), table, labels)


def _step_cells(seconds: Sequence[float]) -> tuple[str, ...]:
    return amount(median(seconds), "s"), amount(sum(seconds), "s")


def _rates(facts: Facts) -> Chart:
    """How much needed no work, over time."""
    steps = [(epoch(one.at), one.steps_cached / one.steps_all * 100) for one in facts.builds if one.steps_all]
    built: dict[str, int] = {}
    for one in facts.builds:
        built[one.run] = built.get(one.run, 0) + 1
    images = [
        (epoch(one.at), len(one.reused) / asked * 100)
        for one in facts.runs
        if (asked := len(one.reused) + (built.get(one.run, 0) if one.result != "reused" else 0))
    ]
    pairs = {"images that needed no build": images, "steps from the cache": steps}
    says = "Percent of the images that were asked for, and of the instructions of those that were built."
    return _over_time("cache", "Cache hit rate", says, "time", "%", pairs, facts, _mean)


def _saved(facts: Facts) -> Chart:
    pairs = {"builds not needed": facts.skipped, "test runs not needed": facts.reused_tests}
    says = (
        "Seconds that were saved: the usual time of each build, and the time of each green test run, that was reused."
    )
    return _over_time("saved", "Time saved", says, "stacked time", "s", pairs, facts, sum)


def _pushes(facts: Facts) -> Chart:
    what = "CI run" if facts.is_ci else "command"
    points = line(facts.pushes, facts.span)
    under = facts.pushes_under / len(facts.pushes) * 100 if facts.pushes else 0
    says = f"Time from the first to the last work of each {what}; {under:.0f} % took less than 3 minutes."
    title = "Time of each push" if facts.is_ci else "Time of each command"
    table = _time_table({"median": points}, "s", facts)
    series = (Series(f"{what}s", points),)
    return Chart("pushes", title, says, "time", "s", series, table, (), PUSH_SECONDS, "3 minutes")


def _compared(facts: Facts) -> Chart:
    """The bars of the last comparison."""
    last = next((one for one in reversed(facts.everything) if one.kind == "compare" and one.bars), None)
    bars = [one for one in last.bars if one.unit == "s"] if last else []
    labels = tuple(f"{one.subject}, {one.scenario}" for one in bars)
    series = (
        Series("before", values=tuple(one.before for one in bars)),
        Series("after", values=tuple(one.after for one in bars)),
    )
    rows = tuple(
        (f"{one.subject}, {one.scenario}", amount(one.before, one.unit), amount(one.after, one.unit))
        for one in (last.bars if last else ())
    )
    says = f"Seconds before and after, measured on {last.at[:10] if last else ''} by inv compare."
    table = Table(("service, scenario", "before", "after"), rows)
    return Chart("compare", "Before and after", says, "bars", "s", series if bars else (), table, labels)


def _layers(facts: Facts) -> Chart:
    """The largest layers of the images as they are; one that several images share is told once."""
    owners: dict[tuple[str, int], list[str]] = {}
    for name, build in latest(facts.all_builds).items():
        for layer in build.layers:
            owners.setdefault((layer.instruction, layer.bytes), []).append(name)
    ordered = sorted(owners.items(), key=lambda pair: -pair[0][1])[:BARS]
    names = tuple(f"{_owners(found)}: {instruction}" for (instruction, _), found in ordered)
    rows = tuple(
        (name, amount(size, "B"), ", ".join(found)) for name, ((_, size), found) in zip(names, ordered, strict=True)
    )
    says = "Bytes of the largest layers, unpacked; a layer that several images share is there once."
    series = (Series("bytes", values=tuple(float(size) for (_, size), _ in ordered)),)
    table = Table(("layer", "bytes", "images"), rows)
    return Chart("layers", "Largest layers", says, "bars", "B", series, table, names)


def _owners(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} images"


def _disk(facts: Facts) -> Chart:
    pairs = [(epoch(one.at), float(one.cache_bytes)) for one in facts.runs if one.cache_bytes]
    says = "Bytes of the engine's build cache after each build, that of all projects."
    return _over_time("disk", "Build cache", says, "time", "B", {"build cache": pairs}, facts, median)


def _over_time(
    id_: str,
    title: str,
    says: str,
    kind: Literal["time", "stacked time"],
    unit: str,
    pairs: Mapping[str, list[Pair]],
    facts: Facts,
    of: Callable[[list[float]], float],
) -> Chart:
    points = {name: gathered(found, facts.span, of) for name, found in pairs.items()}
    series = tuple(Series(name, found) for name, found in points.items() if found)
    return Chart(id_, title, says, kind, unit, series, _time_table(points, unit, facts))


def _time_table(lines: Mapping[str, Sequence[Point]], unit: str, facts: Facts) -> Table:
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


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _first(found: Mapping[str, T], count: int = LINES) -> list[tuple[str, T]]:
    return list(found.items())[:count]


def _rest(found: Mapping[str, object], count: int = LINES) -> str:
    more = len(found) - count
    return f"; drawn are {count}, the table has {more} more" if more > 0 else ""
