"""A comparison as a record of the history, which the report draws."""

from __future__ import annotations

from collections.abc import Iterator

from cispeed_tasks.plan.compare_results import Results
from cispeed_tasks.plan.history_records import Bar, Record

ALL = "everything"
"""What the figures of all services together are called."""


def compare_record(results: Results) -> Record:
    """Return the record: times of everything first, then those of each service, then sizes of images and contexts."""
    seconds = sum(one.seconds for one in results.measured)
    return Record("compare", "before and after", "measured", seconds, bars=(*_times(results), *_sizes(results)))


def _times(results: Results) -> Iterator[Bar]:
    rows = results.rows()
    for row in rows:
        before, after = (figure.median if figure else None for figure in (row.before, row.after))
        if before is not None or after is not None:
            yield Bar(ALL, row.scenario.name, before, after)
    for row in rows:
        yield from (Bar(name, row.scenario.name, *both) for name, both in row.services.items())


def _sizes(results: Results) -> Iterator[Bar]:
    for scenario, sizes in (("image", results.images), ("context", results.contexts)):
        yield from (Bar(name, scenario, size.before, size.after, "B") for name, size in sizes.items())
