"""What would become of files of the user's, as text that is shown before anything is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import unified_diff


@dataclass(frozen=True)
class FileChange:
    """A file by its name as it is shown: its text now, None where there is none, and the text that it would have."""

    name: str
    before: str | None
    after: str


def diff_text(changes: Iterable[FileChange]) -> str:
    """All changes as one unified diff, which `patch -p1` takes; nothing where nothing differs."""
    return "".join(_diff(change) for change in changes)


def _diff(change: FileChange) -> str:
    old = "/dev/null" if change.before is None else f"a/{change.name}"
    before, after = (change.before or "").splitlines(keepends=True), change.after.splitlines(keepends=True)
    lines = unified_diff(before, after, old, f"b/{change.name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def with_line(text: str, line: str) -> str:
    """A text with a line more at its end, with the line breaks that it has."""
    end = "\r\n" if "\r\n" in text else "\n"
    gap = end if text and not text.endswith("\n") else ""
    return f"{text}{gap}{line}{end}"
