"""Suites of tests, which of them are run and why, and what is printed of that."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from cispeed_tasks.plan.directories import ROOT, is_below

SHARED = "shared"
PYTEST = "pytest"
_SHOWN = 3


@dataclass(frozen=True)
class Suite:
    """Tests that one process runs; paths are relative to the project's directory."""

    services: tuple[str, ...]
    """Those that it tests; none where it is no service's own."""
    runner: str
    """`pytest`, or a command as the config writes it."""
    directory: str
    """The working directory."""
    files: tuple[str, ...] = ()
    """The test files to run; a command finds its own."""
    folders: tuple[str, ...] = ()
    """Folders that hold no other test files than these, so that naming them is enough."""
    python_path: tuple[str, ...] = ()
    """The directories that the tests import from besides the working directory."""
    left_out: int = 0
    """How many of its test files are not run."""
    cause: str = ""
    """Why it is run."""

    @property
    def name(self) -> str:
        """The services, or that it is shared."""
        return ", ".join(self.services) or SHARED

    @property
    def label(self) -> str:
        """Its name, and where it is run."""
        return self.name if self.directory == ROOT else f"{self.name} in {self.directory}"

    @property
    def places(self) -> tuple[str, ...]:
        """The files and folders that say to pytest what to run."""
        loose = (path for path in self.files if not any(is_below(path, folder) for folder in self.folders))
        return self.files if self.left_out else (*self.folders, *loose)

    def __str__(self) -> str:
        """A line of the printed plan."""
        if self.runner != PYTEST:
            return f"test {self.name} by `{self.runner}` in {self.directory}: {self.cause}"
        rest = f" ({len(self.files)} of {len(self.files) + self.left_out} files)" if self.left_out else ""
        return f"test {self.name} by {_few(self.places)}{rest}: {self.cause}"


@dataclass(frozen=True)
class TestPlan:
    """Which suites are run, and which are left out."""

    __test__: ClassVar[bool] = False

    compared: str
    """A sentence: what was compared with what."""
    suites: tuple[Suite, ...] = ()
    left_out: tuple[Suite, ...] = ()
    untested: tuple[str, ...] = ()
    """Affected services that no tests are known of."""

    def __str__(self) -> str:
        """The plan as it is shown, a line a suite with its cause."""
        lines = [str(suite) for suite in self.suites] or ["Nothing to test: no test is affected."]
        if self.left_out:
            lines.append(f"left out: {'; '.join(suite.label for suite in self.left_out)}")
        if self.untested:
            hint = "(services.NAME.tests or .test-command in cispeed.yaml names them)"
            lines.append(f"affected, and no tests are known of: {', '.join(self.untested)} {hint}")
        return "\n".join(lines)

    def json(self) -> str:
        """The plan for programs."""
        data = {
            "compared": self.compared,
            "suites": [_record(suite) for suite in self.suites],
            "left_out": [_record(suite) for suite in self.left_out],
            "untested": self.untested,
        }
        return json.dumps(data, indent=2)


def _record(suite: Suite) -> dict[str, object]:
    record: dict[str, object] = {
        "name": suite.name,
        "services": suite.services,
        "runner": suite.runner,
        "directory": suite.directory,
        "files": suite.files,
    }
    return {**record, "cause": suite.cause} if suite.cause else record


def _few(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(path if path.isprintable() else repr(path) for path in paths[:_SHOWN]) + more
