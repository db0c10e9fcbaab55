"""Remember what was done, and recall it; no fault of the history ever fails the work that it tells of."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cispeed_tasks.errors import CispeedError
from cispeed_tasks.plan.history_records import Machine, Record, last_builds, read_record, record_text
from cispeed_tasks.tools import machine, terminal

if TYPE_CHECKING:
    from cispeed_tasks.tools.history import Row


def record(root: Path, records: Sequence[Record]) -> None:
    """Remember some pieces of work that just ended, all in one go; a fault is said and stops nothing.

    Each gets an id, and where that is missing the time when it began, the commit, the machine and the CI run.
    """
    if not records:
        return
    try:
        from cispeed_tasks.tools import history
    except ImportError:
        terminal.warn("the history is not written: this Python was built without SQLite")
        return
    try:
        _append(root, records)
    except history.SetAside as moved:
        terminal.warn(str(moved))
    except (*history.FAULTS, ValueError) as error:
        terminal.warn(f"the history is not written: {error}")


def recall(root: Path, *, since: str = "", kinds: Sequence[str] = ()) -> list[Record]:
    """Recall the records that began since a time (ISO 8601, UTC), the oldest first; none where there is no history."""
    from cispeed_tasks.tools import history

    return _read(history.texts(root, since=since, kinds=kinds))


def recent_builds(root: Path, count: int = 5) -> dict[str, tuple[Record, ...]]:
    """Recall for each target its last builds, the newest first, `count` at most.

    `seconds` of each is what it took, `image_bytes` what came of it; a target that was never built here is missing.
    """
    from cispeed_tasks.tools import history

    return last_builds(_read(history.last_texts(root, kind="build", result="built", count=count)), count)


def merge(root: Path, records: Sequence[Record]) -> int:
    """Take in records of other machines; returns how many were not known yet.

    Raises:
        SetAside: the store was damaged or newer; the records are in a new one.
    """
    from cispeed_tasks.tools import history

    return history.append(root, [_row(one) for one in records])


def _append(root: Path, records: Sequence[Record]) -> None:
    from cispeed_tasks.tools import history

    now, commit, here, run = datetime.now(UTC), _commit(root), _machine(), machine.run()
    history.append(root, [_row(_whole(one, now, commit, here, run)) for one in records])


def _whole(one: Record, now: datetime, commit: str | None, here: Machine, run: str) -> Record:
    began = one.at or (now - timedelta(seconds=one.seconds)).isoformat(timespec="milliseconds")
    return replace(one, id=uuid.uuid4().hex, at=began, run=run, commit=one.commit or commit, machine=here)


def _row(one: Record) -> Row:
    from cispeed_tasks.tools.history import Row

    return Row(one.id, one.at, one.kind, one.name, one.result, record_text(one))


def _read(texts: Iterable[str]) -> list[Record]:
    """The records of some texts; what a newer version wrote is passed over, and a store that cannot be read is empty."""
    from cispeed_tasks.tools import history

    try:
        return [found for text in texts if (found := read_record(text)) is not None]
    except history.SetAside as fault:
        terminal.warn(str(fault))
    except history.FAULTS as error:
        terminal.warn(f"the history cannot be read: {error}")
    return []


def _commit(root: Path) -> str | None:
    from cispeed_tasks.tools import git

    try:
        return git.commit_id(root, "HEAD")
    except CispeedError:
        return None


def _machine() -> Machine:
    return Machine(machine.name(), machine.system(), machine.cpus(), machine.memory(), machine.ci())
