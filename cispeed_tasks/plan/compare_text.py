"""The tables of a comparison: as Markdown for a README, and as data for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cispeed_tasks.plan.compare_results import Figure, Results, Row, Size

KILO = 1000.0


def markdown(results: Results) -> str:
    """Everything as Markdown: times, times of each service, what bounds them, sizes, the definitions."""
    rows = results.rows()
    parts = [
        f"Before and after, measured on {results.machine}; medians of {_runs(results.plan.runs)}, both sides in turn.",
        _table(("scenario", "before", "after", "before / after"), [_times(row) for row in rows]),
        _services(rows),
        _bound(rows),
        _sizes("image", results.images),
        _contexts(results.contexts),
        _export(results),
        "How it was measured:\n\n```\n" + results.plan.definitions() + "\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def data(results: Results) -> dict[str, Any]:
    """The same for programs: seconds and bytes."""
    return {
        "machine": results.machine,
        "runs": results.plan.runs,
        "scenarios": [_record(row) for row in results.rows()],
        "images": {name: _size_record(size) for name, size in results.images.items()},
        "contexts": {name: _size_record(size) for name, size in results.contexts.items()},
        "export_seconds": [round(value, 3) for value in results.export_seconds],
        "definitions": results.plan.definitions().splitlines(),
    }


def seconds(value: float) -> str:
    """A duration to two or three digits: `0.52 s`, `4.6 s`, `132 s`."""
    for limit, digits in ((1.0, 2), (20.0, 1)):
        if value < limit:
            return f"{value:.{digits}f} s"
    return f"{value:.0f} s"


def size(value: int) -> str:
    """A number of bytes, in powers of 1000."""
    if value < KILO:
        return f"{value} B"
    amount = value / KILO
    for unit in ("kB", "MB"):
        if amount < KILO:
            return f"{amount:.1f} {unit}"
        amount /= KILO
    return f"{amount:.2f} GB"


def _times(row: Row) -> tuple[str, ...]:
    return row.scenario.title, _figure(row.before), _figure(row.after), _ratio(row.ratio)


def _figure(figure: Figure | None) -> str:
    if figure is None:
        return "-"
    least, greatest = figure.spread
    spread = f" ({seconds(least)} to {seconds(greatest)})" if len(figure.values) > 1 else ""
    return f"{seconds(figure.median)}{spread}"


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _services(rows: Sequence[Row]) -> str:
    shown = [row for row in rows if row.scenario.name in {"cold", "same-code", "same-dependency"} and row.services]
    names = list(dict.fromkeys(name for row in shown for name in row.services))
    if not names:
        return ""
    headers = ("service", *(f"{row.scenario.title}, {side}" for row in shown for side in ("before", "after")))
    table = [(name, *(cell for row in shown for cell in _pair(row.services.get(name)))) for name in names]
    table.append(("all", *(cell for row in shown for cell in (_figure(row.before), _figure(row.after)))))
    note = "Of each service, by BuildKit's own records; builds run beside each other, so that they do not add up."
    return f"{note}\n\n{_table(headers, table)}"


def _pair(pair: tuple[float | None, float | None] | None) -> tuple[str, str]:
    before, after = pair or (None, None)
    return ("-" if before is None else seconds(before)), ("-" if after is None else seconds(after))


def _bound(rows: Sequence[Row]) -> str:
    table = [
        (row.scenario.title, "; ".join(f"{step.name} {seconds(step.seconds)}" for step in row.bound))
        for row in rows
        if row.bound
    ]
    note = "The longest steps of the after side, which bound it; those of one build run beside each other."
    return f"{note}\n\n{_table(('scenario', 'steps'), table)}" if table else ""


def _sizes(what: str, sizes: Mapping[str, Size]) -> str:
    table = [(name, _bytes(one.before), _bytes(one.after)) for name, one in sizes.items()]
    return _table((f"size of the {what}", "before", "after"), table) if table else ""


def _contexts(sizes: Mapping[str, Size]) -> str:
    table = [
        (name, _amount(one.before, one.files_before), _amount(one.after, one.files_after))
        for name, one in sizes.items()
    ]
    note = (
        "Build contexts of a checkout that was worked in (packages in node_modules and .venv as the before images have "
        "them): what the ignore files let through."
    )
    return f"{note}\n\n{_table(('build context', 'before', 'after'), table)}" if table else ""


def _bytes(value: int | None) -> str:
    return "-" if value is None else size(value)


def _amount(value: int | None, files: int | None) -> str:
    if value is None:
        return "-"
    return f"{size(value)}, {files} files" if files != 1 else f"{size(value)}, 1 file"


def _export(results: Results) -> str:
    if not results.export_seconds:
        return ""
    figure = Figure(results.export_seconds)
    return f"The push of images and build cache that fresh runners live on took {_figure(figure)}; CI's main branch pays it."


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(headers) + " |", "|" + "---|" * len(headers)]
    return "\n".join([*lines, *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)])


def _record(row: Row) -> dict[str, Any]:
    return {
        "name": row.scenario.name,
        "title": row.scenario.title,
        "before": _figure_record(row.before),
        "after": _figure_record(row.after),
        "ratio": None if row.ratio is None else round(row.ratio, 2),
        "services": {name: {"before": pair[0], "after": pair[1]} for name, pair in row.services.items()},
        "longest": [{"step": step.name, "seconds": step.seconds} for step in row.bound],
    }


def _figure_record(figure: Figure | None) -> dict[str, Any] | None:
    if figure is None:
        return None
    least, greatest = figure.spread
    return {"median": round(figure.median, 3), "least": round(least, 3), "greatest": round(greatest, 3)}


def _size_record(one: Size) -> dict[str, int | None]:
    files = {"files_before": one.files_before, "files_after": one.files_after} if one.files_before is not None else {}
    return {"before": one.before, "after": one.after, **files}
