"""Write to the history what is a row already; what nothing has changed for is remembered in a few milliseconds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cispeed_tasks.errors import CispeedError
from cispeed_tasks.tools import machine, terminal

Row = tuple[str, str, str, str, str, str]
"""A record's id, time, kind, name and result, and its text."""


def remember_reused(root: Path, names: Sequence[str], seconds: float) -> None:
    """Remember a build in which everything was left as it was, without loading what other records need."""
    began = (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
    own = {
        "kind": "images",
        "name": "images",
        "result": "reused",
        "seconds": seconds,
        "id": machine.new_id(),
        "at": began,
    }
    more = {"run": machine.run(), "commit": head(root), "reused": list(names), "machine": machine.facts()}
    data = {"schema": 1, **own, **{key: value for key, value in more.items() if value}}
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    write(root, [(str(own["id"]), began, "images", "images", "reused", text)])


def write(root: Path, rows: Sequence[Row]) -> None:
    """Write rows to the history; a fault is said and stops nothing."""
    try:
        from cispeed_tasks.tools import history
    except ImportError:
        terminal.warn("the history is not written: this Python was built without SQLite")
        return
    try:
        history.append(root, rows)
    except history.SetAside as moved:
        terminal.warn(str(moved))
    except (*history.FAULTS, ValueError) as error:
        terminal.warn(f"the history is not written: {error}")


def head(root: Path) -> str | None:
    """The commit that is checked out; None outside of a repository."""
    from cispeed_tasks.tools import git

    try:
        return git.commit_id(root, "HEAD")
    except CispeedError:
        return None
