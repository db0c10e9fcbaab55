"""The charts of images: what their builds take, how large they are, and what of them takes the most."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from cispeed_tasks.plan.amounts import amount
from cispeed_tasks.plan.history_records import Record, Step
from cispeed_tasks.plan.report_base import latest
from cispeed_tasks.plan.report_chart import BARS, Chart, Series, Table, first, rest
from cispeed_tasks.plan.report_facts import Facts
from cispeed_tasks.plan.report_series import epoch, line, percentile


def build_time(facts: Facts) -> Chart:
    """What the builds of each image took."""
    series = tuple(
        Series(name, line([(epoch(one.at), one.seconds) for one in kept], facts.span))
        for name, kept in first(facts.by_target)
    )
    rows = tuple((name, *_time_cells(kept)) for name, kept in facts.by_target.items())
    headers = ("image", "builds", "median", "90 % within", "last", "steps from the cache")
    says = f"Seconds of each image that was built, by BuildKit's own records{rest(facts.by_target)}."
    return Chart("build-time", "Build time", says, "time", "s", series, Table(headers, rows))


def _time_cells(kept: Sequence[Record]) -> tuple[str, ...]:
    seconds = [one.seconds for one in kept]
    cached, steps = sum(one.steps_cached for one in kept), sum(one.steps_all for one in kept)
    share = f"{cached / steps * 100:.0f} %" if steps else "-"
    times = (median(seconds), percentile(seconds, 90), seconds[-1])
    return (str(len(kept)), *(amount(one, "s") for one in times), share)


def image_size(facts: Facts) -> Chart:
    """How large each image was after its builds."""
    sized: dict[str, list[Record]] = {}
    for one in facts.all_builds:
        if one.image_bytes:
            sized.setdefault(one.name, []).append(one)
    ordered = dict(sorted(sized.items(), key=lambda pair: -(pair[1][-1].image_bytes or 0)))
    series = tuple(
        Series(name, line([(epoch(one.at), float(one.image_bytes or 0)) for one in kept], facts.span))
        for name, kept in first(ordered)
    )
    rows = tuple((name, *_size_cells(kept)) for name, kept in ordered.items())
    says = f"Bytes of each image as the engine keeps it{rest(ordered)}."
    headers = ("image", "first", "last", "smallest", "largest", "context")
    return Chart("image-size", "Image size", says, "time", "B", series, Table(headers, rows))


def _size_cells(kept: Sequence[Record]) -> tuple[str, ...]:
    sizes = [float(one.image_bytes or 0) for one in kept]
    cells = (sizes[0], sizes[-1], min(sizes), max(sizes), kept[-1].context_bytes)
    return tuple(amount(one, "B") for one in cells)


def phases(facts: Facts) -> Chart:
    """Where the time of the last build of each image went."""
    last = {name: kept[-1].phases for name, kept in facts.by_target.items() if kept[-1].phases}
    shown = dict(first(last, BARS))
    names = sorted({phase for phases in shown.values() for phase in phases})
    series = tuple(Series(name, values=tuple(phases.get(name) for phases in shown.values())) for name in names)
    rows = tuple((target, *(amount(phases.get(name), "s") for name in names)) for target, phases in last.items())
    says = f"Seconds of the last build of each image by phase; what runs side by side counts once{rest(last, BARS)}."
    table = Table(("image", *names), rows)
    return Chart("phases", "Where the time goes", says, "stacked bars", "s", series, table, tuple(shown))


def slowest_steps(facts: Facts) -> Chart:
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


def largest_layers(facts: Facts) -> Chart:
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
