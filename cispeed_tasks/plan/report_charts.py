"""All charts of a report, in their order."""

from __future__ import annotations

from collections.abc import Callable

from cispeed_tasks.plan.report_chart import Chart
from cispeed_tasks.plan.report_facts import Facts
from cispeed_tasks.plan.report_image_charts import build_time, image_size, largest_layers, phases, slowest_steps
from cispeed_tasks.plan.report_run_charts import (
    before_and_after,
    build_cache,
    hit_rate,
    pushes,
    ready_time,
    test_time,
    time_saved,
)

MAKERS: tuple[Callable[[Facts], Chart], ...] = (
    pushes,
    build_time,
    image_size,
    phases,
    slowest_steps,
    hit_rate,
    time_saved,
    before_and_after,
    largest_layers,
    build_cache,
    ready_time,
    test_time,
)


def charts(facts: Facts) -> tuple[Chart, ...]:
    """Return all charts that there is anything to draw for."""
    found = (make(facts) for make in MAKERS)
    return tuple(one for one in found if any(series.points or series.values for series in one.series))
