"""What `inv changes` prints."""

from __future__ import annotations

from collections.abc import Sequence

from cispeed_tasks.plan.file_lists import STYLES
from cispeed_tasks.plan.filter_results import FilterResults
from cispeed_tasks.run.changed_files import ChangedFiles
from cispeed_tasks.tools import terminal

_SHOWN = 3


def print_json(results: FilterResults, found: ChangedFiles) -> None:
    """Print the answer for programs; that it cannot be told what changed is said beside it."""
    if found.is_everything:
        terminal.aside(found.compared)
    terminal.say(results.json())


def print_table(results: FilterResults, found: ChangedFiles, style: str) -> None:
    """Print what was compared, and each filter with its files: the first few, or all as a list of that style."""
    terminal.tell(found.compared)
    count = "1 file" if len(found.files) == 1 else f"{len(found.files)} files"
    terminal.tell(f"{count} {'in all' if found.is_everything else 'changed'}")
    terminal.heading("Filters")
    changed = set(results.changes)
    rows = [
        (
            "✓" if name in changed else "-",
            name,
            str(len(paths)),
            _few(paths) if style == "none" else STYLES[style](paths),
        )
        for name, paths in results.files.items()
    ]
    terminal.table(("changed", "filter", "files", ""), rows)


def _few(paths: Sequence[str]) -> str:
    """Name the first few files on one line."""
    more = f" … and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(path if path.isprintable() else repr(path) for path in paths[:_SHOWN]) + more
