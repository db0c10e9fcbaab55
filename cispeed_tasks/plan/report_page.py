"""A report as one HTML page that needs nothing else, neither a network nor a file beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cispeed_tasks.plan.amounts import amount, difference
from cispeed_tasks.plan.report import Report
from cispeed_tasks.plan.report_base import Change
from cispeed_tasks.plan.report_chart import Chart
from cispeed_tasks.plan.templates import render_page

NOTICEABLE = 5.0
"""Percent from which a change is marked."""


def report_page(report: Report, library: str) -> str:
    """Return the page.

    Args:
        report: what it says.
        library: the source of Chart.js.
    """
    return render_page(
        "report.html.j2",
        report=report,
        library=library,
        data=_json([_drawn(chart) for chart in report.charts]),
        is_compared=any(one.base_bytes is not None for one in report.changes),
        changes=[_change(one) for one in report.changes if one.is_changed],
        unchanged=[_change(one) for one in report.changes if not one.is_changed],
    )


def _drawn(chart: Chart) -> Mapping[str, Any]:
    """What the page's script draws of a chart."""
    series = [
        {"name": one.name, "points": [[p.at, p.value, p.count] for p in one.points], "values": one.values}
        for one in chart.series
    ]
    keys = {"id": chart.id, "kind": chart.kind, "unit": chart.unit, "labels": chart.labels}
    return {**keys, "title": chart.title, "series": series, "limit": chart.limit, "limitName": chart.limit_name}


def _json(data: Sequence[Mapping[str, Any]]) -> str:
    """JSON that may stand in a script element: nothing in it can end that."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _change(one: Change) -> Mapping[str, Any]:
    """A row of what changed against the base, in words."""
    return {
        "target": one.target,
        "before": amount(one.base_bytes, "B"),
        "after": amount(one.bytes, "B"),
        "growth": "-" if one.growth is None else f"{one.growth:+.1f} %",
        "mark": "bad" if (one.growth or 0) >= NOTICEABLE else "good" if (one.growth or 0) <= -NOTICEABLE else "",
        "seconds_before": amount(one.base_seconds, "s"),
        "seconds": amount(one.seconds, "s"),
        "layers": [f"{layer.instruction}: {difference(layer.after - layer.before, 'B')}" for layer in one.layers[:3]],
    }
