"""Run suites of tests, each in a process and a working directory of its own; one that fails does not stop the others."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.errors import CispeedError, ToolError
from cispeed_tasks.plan.directories import inside
from cispeed_tasks.plan.services import command_words
from cispeed_tasks.plan.suites import PYTEST, Suite
from cispeed_tasks.run.pytest_report import PytestReport
from cispeed_tasks.tools import process, terminal

NONE_COLLECTED = 5
"""pytest's exit code where it finds no test (docs.pytest.org, 'Exit codes')."""


@dataclass(frozen=True)
class Outcome:
    """How a suite ended."""

    suite: Suite
    exit_code: int
    seconds: float
    note: str | None = None
    """What is to be said besides, such as why it was not run."""
    partial: str | None = None
    """Why not all of it was run, though nothing failed; None also where nobody asked."""

    @property
    def mark(self) -> str:
        """The mark of its line."""
        if self.exit_code == 0:
            return "skipped" if self.is_reused else "ok"
        return "skipped" if self.is_empty else "failed"

    @property
    def is_reused(self) -> bool:
        """Whether it was not run, since a green run stands for it."""
        return self.exit_code == 0 and self.note is not None

    @property
    def is_green(self) -> bool:
        """Whether it was run, and nothing of it failed."""
        return self.exit_code == 0 and self.note is None

    @property
    def is_empty(self) -> bool:
        """Whether pytest found no test in it, which is no failure."""
        return self.suite.runner == PYTEST and self.exit_code == NONE_COLLECTED

    def __str__(self) -> str:
        """The line."""
        how = self.note or ("no test was found in it" if self.is_empty else None)
        how = how or (f"exit code {self.exit_code}" if self.exit_code else None)
        took = None if self.is_reused else terminal.seconds(self.seconds)
        return f"{self.suite.label}: {', '.join(filter(None, [how, took]))}"


def _never(_: Suite) -> str | None:
    return None


def _nothing(_: Outcome) -> None:
    return None


def run_suites(
    top: Path,
    suites: Sequence[Suite],
    words: Sequence[str] = (),
    reuse: Callable[[Suite], str | None] = _never,
    ended: Callable[[Outcome], None] = _nothing,
    report: PytestReport | None = None,
    junit: Path | None = None,
) -> list[Outcome]:
    """Run the suites and return how each ended.

    Args:
        top: the directory that the suites' paths are relative to.
        suites: what is run.
        words: they go to pytest.
        reuse: says of a suite why it need not be run again, or None.
        ended: is told how a suite that was run ended, before the next one begins.
        report: has pytest say what it left out.
        junit: the directory for a JUnit file of each suite that pytest runs.

    Raises:
        ToolError: pytest is not installed.
    """
    if any(suite.runner == PYTEST for suite in suites) and importlib.util.find_spec("pytest") is None:
        raise ToolError(
            f"pytest is not installed for {sys.executable}: install it there, or name what runs a service's tests in "
            "cispeed.yaml (services.NAME.test-command)"
        )
    outcomes = []
    for number, suite in enumerate(suites, start=1):
        reason = reuse(suite)
        if reason is None:
            more = [f"--junit-xml={junit.absolute() / junit_name(suite, number)}"] if junit else []
            outcomes.append(_run(top, suite, [*words, *more], report if suite.runner == PYTEST else None))
            ended(outcomes[-1])
        else:
            outcomes.append(Outcome(suite, 0, 0.0, reason))
    return outcomes


def _run(top: Path, suite: Suite, words: Sequence[str], report: PytestReport | None) -> Outcome:
    environment = _environment(top, suite)
    started, note = time.monotonic(), None
    with terminal.group(f"Test {suite.label}"):
        try:
            code = process.show(
                _argv(suite, words),
                cwd=top / suite.directory,
                env=report.added_to(environment) if report else environment,
            )
        except CispeedError as error:
            code, note = error.exit_code, str(error)
    seconds = time.monotonic() - started
    # A negative code is the signal that ended it; a shell says 128 and its number.
    return Outcome(suite, code if code >= 0 else 128 - code, seconds, note, report.partial() if report else None)


def _argv(suite: Suite, words: Sequence[str]) -> list[str]:
    if suite.runner != PYTEST:
        return list(command_words(suite.runner))
    return [sys.executable, "-m", "pytest", *(inside(place, suite.directory) for place in suite.places), *words]


def junit_name(suite: Suite, number: int) -> str:
    """The name of a suite's JUnit file: its own among those of the run."""
    return f"{number:02d}-{re.sub(r'[^A-Za-z0-9_.-]+', '-', suite.label)[:80]}.xml"


def _environment(top: Path, suite: Suite) -> dict[str, str]:
    """Let the tests, and programs that they start, import the service's code."""
    if suite.runner != PYTEST:
        return {}
    own = [str((top / place).resolve()) for place in suite.python_path]
    return {"PYTHONPATH": os.pathsep.join([*own, *filter(None, [os.environ.get("PYTHONPATH")])])}
