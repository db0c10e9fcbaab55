"""Remember what was done, and recall it; no fault of the history ever fails the work that it tells of."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cispeed_tasks.errors import Interrupted
from cispeed_tasks.plan.history_records import Machine, Record, last_builds, read_record, record_text
from cispeed_tasks.run.history_rows import Row, head, write
from cispeed_tasks.tools import machine, terminal


def record(root: Path, records: Sequence[Record]) -> None:
    """Remember some pieces of work that just ended, all in one go; a fault is said and stops nothing.

    Each gets an id, and where that is missing the time when it began, the commit, the machine and the CI run.
    """
    if records:
        now, commit, here, run = datetime.now(UTC), head(root), Machine(**machine.facts()), machine.run()
        write(root, [_row(_whole(one, now, commit, here, run)) for one in records])


class Stopwatch:
    """The seconds of a piece of work by phase, as they are measured."""

    def __init__(self) -> None:
        self.phases: dict[str, float] = {}
        self.cache_bytes: int | None = None

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure a phase, however it ends."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.phases[name] = self.phases.get(name, 0.0) + time.monotonic() - started


@contextmanager
def remembered(root: Path, done: Record, started: float | None = None) -> Iterator[Stopwatch]:
    """Remember a piece of work with the seconds that it takes, however it ends.

    Args:
        root: the project's directory.
        done: what is remembered when it ends well; else its result is failed, or interrupted.
        started: when it began, on the monotonic clock; now by default.
    """
    started, watch, result = started or time.monotonic(), Stopwatch(), done.result
    try:
        yield watch
    except BaseException as error:
        result = "interrupted" if isinstance(error, KeyboardInterrupt | Interrupted) else "failed"
        raise
    finally:
        took = time.monotonic() - started
        record(root, [replace(done, result=result, seconds=took, phases=watch.phases, cache_bytes=watch.cache_bytes)])


def recall(root: Path, *, since: str = "", kinds: Sequence[str] = ()) -> list[Record]:
    """Recall the records that began since a time (ISO 8601, UTC), the oldest first; none where there is no history."""
    return _recalled(lambda store: store.texts(root, since=since, kinds=kinds))


def recent_builds(root: Path, count: int = 5) -> dict[str, tuple[Record, ...]]:
    """Recall for each target its last builds, the newest first, `count` at most.

    `seconds` of each is what it took, `image_bytes` what came of it; a target that was never built here is missing.
    """
    found = _recalled(lambda store: store.last_texts(root, kind="build", result="built", count=count))
    return last_builds(found, count)


def merge(root: Path, records: Sequence[Record]) -> int:
    """Take in records of other machines; returns how many were not known yet.

    Raises:
        SetAside: the store was damaged or newer; the records are in a new one.
    """
    from cispeed_tasks.tools import history

    return history.append(root, [_row(one) for one in records])


def _whole(one: Record, now: datetime, commit: str | None, here: Machine, run: str) -> Record:
    began = one.at or (now - timedelta(seconds=one.seconds)).isoformat(timespec="milliseconds")
    return replace(one, id=machine.new_id(), at=began, run=run, commit=one.commit or commit, machine=here)


def _row(one: Record) -> Row:
    return (one.id, one.at, one.kind, one.name, one.result, record_text(one))


def _recalled(ask: Callable[[Any], Iterable[str]]) -> list[Record]:
    """The records that the store answers; what a newer version wrote is passed over, a store without an answer is empty."""
    try:
        from cispeed_tasks.tools import history
    except ImportError:
        terminal.warn("the history cannot be read: this Python was built without SQLite")
        return []
    try:
        return [found for text in ask(history) if (found := read_record(text)) is not None]
    except history.SetAside as fault:
        terminal.warn(str(fault))
    except history.FAULTS as error:
        terminal.warn(f"the history cannot be read: {error}")
    return []
