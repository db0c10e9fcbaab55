"""A report: what records of the history say together, small enough to be read, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from cispeed_tasks.config_schema import BudgetsConfig
from cispeed_tasks.plan import budgets, report_base, report_charts
from cispeed_tasks.plan.amounts import amount
from cispeed_tasks.plan.budgets import Budget
from cispeed_tasks.plan.history_records import Record
from cispeed_tasks.plan.report_base import Base, Change
from cispeed_tasks.plan.report_chart import Chart
from cispeed_tasks.plan.report_facts import Facts

Mark = Literal["", "good", "bad"]


@dataclass(frozen=True)
class Figure:
    """A figure that stands at the top: its label, its value in words, what it speaks of."""

    label: str
    value: str
    hint: str
    mark: Mark = ""


@dataclass(frozen=True)
class Report:
    """Everything that a report says."""

    project: str
    made_at: str
    about: str
    """How many records it speaks of, of which time and whose."""
    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    base: str = ""
    """What the images are compared with."""
    changes: tuple[Change, ...] = ()
    budgets: tuple[Budget, ...] = ()
    costs: tuple[str, ...] = field(default=())
    """What the changes cost, a sentence each."""

    @property
    def over(self) -> tuple[Budget, ...]:
        """The budgets that are broken."""
        return tuple(one for one in self.budgets if one.is_over)


def make_report(
    records: Sequence[Record], *, project: str, made_at: str, config: BudgetsConfig, base: Base | None
) -> Report:
    """Make a report of records.

    Args:
        records: in the order of time. Where any are of CI, the report speaks of CI alone, but for sizes and comparisons.
        project: its name.
        made_at: the time of the report, ISO 8601.
        config: the budgets.
        base: what images are compared with.
    """
    facts = Facts.of(records)
    changes = report_base.compare(facts.all_builds, base)
    checked = budgets.check(config, report_base.latest(facts.all_builds), changes)
    return Report(
        project,
        made_at,
        _about(facts),
        _figures(facts, checked),
        report_charts.charts(facts),
        base.name if base else "",
        changes,
        checked,
        _costs(facts, changes),
    )


def _about(facts: Facts) -> str:
    if not facts.records:
        return "Nothing is recorded yet: builds, ups and tests leave records when they are run."
    first, last = facts.records[0].at[:10], facts.records[-1].at[:10]
    where = "CI" if facts.is_ci else "this machine"
    when = f"on {first}" if first == last else f"from {first} to {last}"
    left = f"; {facts.left_out} of people's machines are left out of times" if facts.left_out else ""
    count = "1 record" if len(facts.records) == 1 else f"{len(facts.records)} records"
    return f"{count} of {where} {when}{left}."


def _figures(facts: Facts, checked: Sequence[Budget]) -> tuple[Figure, ...]:
    what, under = ("CI runs", "Pushes") if facts.is_ci else ("commands", "Commands")
    quick, pushes = facts.pushes_under, len(facts.pushes)
    asked, reused = facts.images_asked, facts.images_reused
    steps = f"{facts.steps_cached} of {facts.steps_all} instructions of images that were built"
    skipped, tests = facts.saved_by_skipping, facts.saved_by_tests
    saved = f"{amount(skipped, 's')} of builds and {amount(tests, 's')} of test runs that were not needed"
    return (
        Figure(f"{under} under 3 minutes", _share(quick, pushes), f"{quick} of {pushes} {what}"),
        Figure("Images that needed no build", _share(reused, asked), f"{reused} of {asked} images asked for"),
        Figure("Steps from the cache", _share(facts.steps_cached, facts.steps_all), steps),
        Figure("Time saved", amount(skipped + tests, "s"), saved),
        _budget_figure(checked),
    )


def _budget_figure(checked: Sequence[Budget]) -> Figure:
    if not checked:
        return Figure("Budgets", "none", "cispeed.yaml names none")
    over = sum(one.is_over for one in checked)
    return Figure("Budgets", f"{over} over" if over else "kept", f"{len(checked)} checked", "bad" if over else "good")


def _share(part: int, whole: int) -> str:
    return f"{part / whole * 100:.0f} %" if whole else "-"


def _costs(facts: Facts, changes: Sequence[Change]) -> tuple[str, ...]:
    """What slower builds and larger images cost, by how often they are built."""
    week = facts.built_in_last_week
    slower = sum(
        (one.seconds - one.base_seconds) * week.get(one.target, 0) for one in changes if one.base_seconds is not None
    )
    larger = sum(one.bytes - one.base_bytes for one in changes if one.bytes is not None and one.base_bytes is not None)
    costs = []
    if abs(slower) >= 1:
        word = "longer" if slower > 0 else "shorter"
        costs.append(
            f"At the {sum(week.values())} builds of the last 7 days that is {amount(abs(slower), 's')} {word} a week."
        )
    if larger:
        word = "more" if larger > 0 else "less"
        costs.append(f"Each machine that fetches all images fetches {amount(abs(larger), 'B')} {word}.")
    return tuple(costs)
