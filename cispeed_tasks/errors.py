"""The errors a user can meet, each with the exit code that the process ends with."""

from __future__ import annotations

from typing import ClassVar


class CispeedError(Exception):
    """Something a user can act on: the message says what happened, to what, and what to do next."""

    exit_code: ClassVar[int] = 1


class WorkFailed(CispeedError):
    """The work itself failed: a build, a start, a test."""

    exit_code = 1


class ConfigError(CispeedError):
    """The configuration or a file that a user wrote is wrong; the message holds every fault, a line each."""

    exit_code = 2


class UsageError(CispeedError):
    """The command line is wrong."""

    exit_code = 2


class ToolError(CispeedError):
    """A tool (engine, buildx, Compose, git …) is missing, too old, or does not answer."""

    exit_code = 3


class Interrupted(CispeedError):
    """The user pressed Ctrl-C."""

    exit_code = 130


class TestsFailed(WorkFailed):
    """A test run ended with an exit code of its own, which is passed through."""

    __test__ = False

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]  # the run's own code, not the class's
