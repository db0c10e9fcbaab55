"""Libraries of others that the package carries as they were published, each with its licence beside it."""

from __future__ import annotations

from importlib.resources import files


def chart_library() -> str:
    """Return the source of Chart.js, which draws the charts of a report (chartjs.org, MIT licence)."""
    return files("cispeed_tasks").joinpath("vendor/chart.umd.min.js").read_text(encoding="utf-8")
