"""A report as Markdown, for a pull request and for CI's step summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cispeed_tasks.plan.amounts import amount, difference
from cispeed_tasks.plan.report import Report
from cispeed_tasks.plan.report_base import Change

MOST = 20
"""How many images are named."""


def report_markdown(report: Report) -> str:
    """Return the Markdown: budgets first, then what changed, what it costs, and the figures."""
    return "\n".join([f"### Builds of {report.project}", "", *_budgets(report), *_changes(report), *_figures(report)])


def _budgets(report: Report) -> Iterator[str]:
    if not report.budgets:
        return
    if not report.over:
        yield from (f"✅ Every image keeps within its budgets ({len(report.budgets)} checked).", "")
        return
    yield from (f"- ❌ {_escaped(str(one))}" for one in report.over)
    yield ""


def _changes(report: Report) -> Iterator[str]:
    if not report.changes:
        return
    changed = sorted((one for one in report.changes if one.is_changed), key=lambda one: -abs(_bytes(one)))
    against = f" since {report.base}" if report.base else ""
    if not any(one.base_bytes is not None for one in report.changes):
        yield from ("Nothing is recorded of the base, so that there is nothing to compare with.", "")
    elif not changed:
        yield from (f"No image's size or build time differs{against}.", "")
    if changed:
        yield from (f"| image{against} | size | | build | | what changed most |", "|---|--:|--:|--:|--:|---|")
        yield from (_row(one) for one in changed[:MOST])
        yield from ([f"| … and {len(changed) - MOST} more | | | | | |"] if len(changed) > MOST else [])
        yield from ("", *report.costs, *([""] if report.costs else []))


def _row(one: Change) -> str:
    grown = f"{difference(_bytes(one), 'B')} ({one.growth:+.1f} %)" if one.growth is not None else "new"
    slower = "" if one.base_seconds is None else difference(one.seconds - one.base_seconds, "s")
    layers = "; ".join(
        f"{layer.instruction}: {difference(layer.after - layer.before, 'B')}" for layer in one.layers[:2]
    )
    cells = (_escaped(one.target), amount(one.bytes, "B"), grown, amount(one.seconds, "s"), slower, _escaped(layers))
    return f"| {' | '.join(cells)} |"


def _figures(report: Report) -> Iterator[str]:
    yield from _table(("", "", ""), [(one.label, f"**{one.value}**", one.hint) for one in report.figures])
    yield from ("", report.about)


def _table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headers)} |"
    yield f"|{'---|' * len(headers)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _bytes(one: Change) -> int:
    return (one.bytes or 0) - (one.base_bytes or 0)


def _escaped(text: str) -> str:
    """A text in which nothing is Markdown or HTML."""
    for mark in "\\`*_<>|[]":
        text = text.replace(mark, f"\\{mark}" if mark not in "<>" else {"<": "&lt;", ">": "&gt;"}[mark])
    return text
