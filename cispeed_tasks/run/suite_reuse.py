"""Reuse green runs of suites whose inputs have not changed, and remember new ones."""

from __future__ import annotations

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

    def ended(self, outcome: Outcome) -> None:
        """Remember a green run, unless an input changed while it ran."""
        before = self._key(outcome.suite)
        if before is None or not outcome.is_green:
            return
        if outcome.partial:
            self._note(f"{outcome.suite.label}: not remembered, since {outcome.partial}.")
            return
        try:
            after = self.keys.keys([outcome.suite])[outcome.suite].found
            if after is not None and after.value == before.value:
                self.runs.record(self._green(outcome, before))
            elif after is not None:
                changed = summary(differences(recorded(before), after))
                self._note(f"{outcome.suite.label}: not remembered, since while it ran {changed}.")
        except (CispeedError, OSError) as error:
            terminal.warn(f"the green run of {outcome.suite.label} is not remembered: {_first_line(error)}")

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
