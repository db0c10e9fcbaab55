"""Choices that the command line and the environment make together."""

from __future__ import annotations

from cispeed_tasks.errors import UsageError

TRUE, FALSE = ("1", "true", "yes"), ("0", "false", "no", "")


def is_hollow(argument: bool | None, variable: str | None) -> bool:
    """Whether hollow mode is chosen: the argument wins, then the variable HOLLOW, then full mode.

    Raises:
        UsageError: HOLLOW is neither true nor false.
    """
    if argument is not None:
        return argument
    word = (variable or "").strip().lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise UsageError(f"HOLLOW={variable}: neither true nor false; write one of {', '.join((*TRUE, *FALSE[:-1]))}")
