"""Reuse green runs of suites whose inputs have not changed, and remember new ones."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cispeed_tasks.errors import CispeedError
from cispeed_tasks.plan.fingerprint import Fingerprint, differences, recorded, summary
from cispeed_tasks.plan.green_run import GreenRun
from cispeed_tasks.plan.suites import Suite
from cispeed_tasks.run.green_runs import GreenRuns
from cispeed_tasks.run.suite_keys import SuiteKey, SuiteKeys
from cispeed_tasks.run.suites import Outcome
from cispeed_tasks.tools import git, terminal

PAUSE_SECONDS = 5.0


@dataclass
class SuiteReuse:
    """Knows the keys of suites as they were before the first of them was run."""

    root: Path
    """The project's directory."""
    keys: SuiteKeys
    runs: GreenRuns
    is_wanted: bool
    """Whether suites shall be skipped; green runs are remembered in any case."""
    _before: dict[Suite, SuiteKey] = field(default_factory=dict)
    _found: dict[str, GreenRun] = field(default_factory=dict)
    _pending: list[Outcome] = field(default_factory=list)
    _looked: float = field(default_factory=time.monotonic)

    def begin(self, suites: Sequence[Suite]) -> None:
        """Take in what will be run; where its inputs cannot be read, all of it is run and nothing remembered."""
        try:
            self._before = self.keys.keys(suites)
            values = [key.found.value for key in self._before.values() if key.found]
            self._found = self.runs.find(values) if self.is_wanted else {}
        except (CispeedError, OSError) as error:
            self._before = {}
            terminal.warn(f"no green run is reused or remembered: {_first_line(error)}")
        for suite, key in self._before.items():
            if key.unknown:
                self._note(f"{suite.label}: no green run can stand for it: {key.unknown}.")

    def reason(self, suite: Suite) -> str | None:
        """Return why a suite need not be run: the green run that stands for it, and the time that this saves."""
        now = self._key(suite)
        run = self._found.get(now.value) if now else None
        return f"reused {run}: {terminal.seconds(run.seconds)} saved" if run else None

    def saved(self, suite: Suite) -> float | None:
        """Return the seconds that the green run took which stands for a suite."""
        now = self._key(suite)
        run = self._found.get(now.value) if now else None
        return run.seconds if run else None

    def ended(self, outcome: Outcome) -> None:
        """Take in how a suite ended; green runs are remembered now and then, since that means to look at all files."""
        if self._key(outcome.suite) is None or not outcome.is_green:
            return
        if outcome.partial:
            self._note(f"{outcome.suite.label}: not remembered, since {outcome.partial}.")
            return
        self._pending.append(outcome)
        if time.monotonic() - self._looked > PAUSE_SECONDS:
            self.remember()

    def remember(self) -> None:
        """Remember the green runs so far, those excepted of which an input has changed since they began."""
        try:
            now = self.keys.keys([outcome.suite for outcome in self._pending]) if self._pending else {}
            for outcome in self._pending:
                self._compare(outcome, now[outcome.suite].found)
        except (CispeedError, OSError) as error:
            terminal.warn(f"what has passed is not remembered: {_first_line(error)}")
        self._pending, self._looked = [], time.monotonic()

    def _compare(self, outcome: Outcome, after: Fingerprint | None) -> None:
        before = self._key(outcome.suite)
        if before is None or after is None:
            return
        if after.value == before.value:
            self.runs.record(self._green(outcome, before))
        else:
            changed = summary(differences(recorded(before), after))
            self._note(f"{outcome.suite.label}: not remembered, since while it ran {changed}.")

    def _key(self, suite: Suite) -> Fingerprint | None:
        key = self._before.get(suite)
        return key.found if key else None

    def _green(self, outcome: Outcome, key: Fingerprint) -> GreenRun:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        commit = git.commit_id(self.root, "HEAD") if git.is_checkout(self.root) else None
        return GreenRun(key.value, f"test-affected {outcome.suite.label}", outcome.seconds, now, commit)

    def _note(self, text: str) -> None:
        """Say why nothing is reused, to those who asked for it."""
        if self.is_wanted:
            terminal.note(text)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
