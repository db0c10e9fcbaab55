"""Run the tests of what is affected by a change: choose, say why, run, and say how each suite ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.errors import TestsFailed, UsageError
from cispeed_tasks.plan.affected import Affected
from cispeed_tasks.plan.commit_range import Wish
from cispeed_tasks.plan.history_records import Record
from cispeed_tasks.plan.suites import Suite, TestPlan
from cispeed_tasks.plan.test_checkout import Seen
from cispeed_tasks.plan.test_selection import plan_tests
from cispeed_tasks.run import history
from cispeed_tasks.run.affected import everything_of, find_affected
from cispeed_tasks.run.green_runs import GreenRuns
from cispeed_tasks.run.look import look
from cispeed_tasks.run.pytest_report import PytestReport
from cispeed_tasks.run.service_facts import Facts
from cispeed_tasks.run.suite_keys import SuiteKeys
from cispeed_tasks.run.suite_reuse import SuiteReuse
from cispeed_tasks.run.suites import Outcome, run_suites
from cispeed_tasks.run.tested_checkout import see_affected
from cispeed_tasks.tools import terminal


@dataclass(frozen=True)
class Form:
    """What is done with the plan."""

    only_list: bool = False
    as_json: bool = False
    words: tuple[str, ...] = ()
    """They go to pytest."""
    reuse: bool = False
    """Whether suites are skipped whose inputs are those of a green run."""
    junit: Path | None = None
    """The directory for JUnit files."""
    is_all: bool = False
    """Whether all tests are run, whatever changed."""


def test_affected(wish: Wish, form: Form) -> None:
    """Run the tests of what changed.

    Raises:
        UsageError: an option is wrong, or names what there is not.
        ConfigError: the config names tests that there are not.
        ToolError: pytest is needed and not installed.
        TestsFailed: with the exit code of the first suite that failed.
    """
    if form.as_json and not form.only_list:
        raise UsageError("--json prints the plan, and tests print what they like; write --list --json")
    if form.is_all and wish.base:
        raise UsageError("--all runs all tests, whatever changed since --base; leave out one of them")
    view = look()
    top, seen, affected = see_affected(view, everything_of(view) if form.is_all else find_affected(view, wish))

    def reuse() -> SuiteReuse:
        keys = SuiteKeys(top, view.root, seen, Facts(view, top))
        return SuiteReuse(view.root, keys, GreenRuns(view.root, view.project.config), form.reuse)

    run_affected(top, seen, affected, form, reuse)


def run_affected(
    top: Path, seen: Seen, affected: Affected, form: Form, reuse: Callable[[], SuiteReuse] | None = None
) -> None:
    """Plan the tests of a checkout, say so, and run them unless only the plan is wanted.

    Args:
        top: the directory that all paths are relative to.
        seen: what was seen of it.
        affected: what changed, and what that reaches.
        form: what is done with the plan.
        reuse: makes what remembers green runs; without it nothing is reused or remembered.
    """
    plan = plan_tests(seen, affected)
    if form.as_json:
        terminal.say(plan.json())
        return
    terminal.plan(f"{plan.compared}\n{plan}")
    if not form.only_list and plan.suites:
        _say(plan, _run(top, plan.suites, form, reuse))


def _run(top: Path, suites: Sequence[Suite], form: Form, reuse: Callable[[], SuiteReuse] | None) -> list[Outcome]:
    if form.words and form.reuse:
        terminal.note("What stands after -- may make it a run of a part: no green run is reused, and none remembered.")
    if form.words or reuse is None:
        return run_suites(top, suites, form.words, junit=form.junit)
    green = reuse()
    green.begin(suites)
    outcomes = run_suites(
        top, suites, reuse=green.reason, ended=green.ended, report=PytestReport(green.root), junit=form.junit
    )
    green.remember()
    history.record(green.root, [_record(outcome, green) for outcome in outcomes])
    return outcomes


def _record(outcome: Outcome, green: SuiteReuse) -> Record:
    words = {"ok": "passed", "failed": "failed", "skipped": "empty"}
    result = "reused" if outcome.is_reused else words[outcome.mark]
    saved = green.saved(outcome.suite) if outcome.is_reused else None
    return Record("test", outcome.suite.label, result, outcome.seconds, saved=saved)


def _say(plan: TestPlan, outcomes: list[Outcome]) -> None:
    """Say how each suite ended; raises TestsFailed if any failed."""
    terminal.heading("Tests")
    for outcome in outcomes:
        terminal.outcome(outcome.mark, str(outcome))
    lines = [f"- {terminal.MARKS[outcome.mark][0]} {outcome}" for outcome in outcomes]
    terminal.step_summary("\n".join(["### Tests of what is affected", "", plan.compared, "", *lines]))
    failed = [outcome for outcome in outcomes if outcome.mark == "failed"]
    if failed:
        names = "; ".join(outcome.suite.label for outcome in failed)
        raise TestsFailed(f"{len(failed)} of {len(plan.suites)} suites failed: {names}", failed[0].exit_code)
