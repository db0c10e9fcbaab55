"""Something about a repository that costs time or size, or leaks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Where it is, what it is, and what to do about it."""

    file: str
    """Relative to the project's directory."""
    line: int | None
    code: str
    """Short and stable, for programs: sources-before-install."""
    text: str
    advice: str
    bytes: int = 0
    """What it costs, where that was counted."""

    def said(self, size: str = "") -> str:
        """Two lines for a person, with its size as it is to be shown."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.text}{f' ({size})' if size else ''} [{self.code}]\n    {self.advice}"

    def __str__(self) -> str:
        """Two lines for a person."""
        return self.said()
