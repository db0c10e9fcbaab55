"""A GitHub workflow as its file says it: what starts it, its jobs and their steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cispeed_tasks.plan.expression_values import Value

Place = tuple[str | int, ...]

_LONGEST = 72
ALL_PASSED = "success()"
"""The condition of a job or a step that has none of its own."""


@dataclass(frozen=True)
class Fault:
    """Something in the file that GitHub would refuse."""

    place: Place
    message: str
    source: str = ""
    """The text that it is about, where it is a part of the value at that place."""
    offset: int = 0
    """Where in that text, in characters."""


@dataclass(frozen=True)
class Step:
    """A step; texts may hold expressions."""

    place: Place
    number: int
    """From 1."""
    id: str | None
    name: str | None
    condition: str
    uses: str | None
    run: str | None
    shell: str | None
    directory: str | None
    inputs: Mapping[str, Value]
    env: Mapping[str, Value]
    continue_on_error: Value
    timeout_minutes: Value

    @property
    def title(self) -> str:
        """What it is called in lists, before expressions are evaluated."""
        if self.name:
            return self.name
        lines = (self.run or "").strip().splitlines()
        return f"Run {self.uses or (lines[0] if lines else '')}"


@dataclass(frozen=True)
class Job:
    """A job; texts may hold expressions."""

    id: str
    name: str | None
    needs: tuple[str, ...]
    condition: str
    steps: tuple[Step, ...]
    data: Mapping[str, Any]
    """All of it as it is written."""

    def get(self, *keys: str) -> Value:
        """Return what stands under some keys, or None."""
        return dig(self.data, *keys)


@dataclass(frozen=True)
class Workflow:
    """A workflow."""

    name: str
    triggers: Mapping[str, Any]
    """What each event that starts it is narrowed by; empty where nothing narrows it."""
    jobs: Mapping[str, Job] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


def shortened(title: str) -> str:
    """Return a title as long as a line of a table bears."""
    return title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1].rstrip()}…"


def dig(data: Value, *keys: str) -> Value:
    """Return what stands under some keys of nested mappings, or None."""
    for key in keys:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data
