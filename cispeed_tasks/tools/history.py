"""The store of the history: one SQLite file under .cispeed/, which two tasks may write at once, and a kill leaves whole.

A row keeps a record's text as it was given. The file's `user_version` says which columns it has (sqlite.org/pragma.html).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cispeed_tasks.tools import checkout

FILE = "history.sqlite"
SCHEMA = 1
WAIT_SECONDS = 10.0
"""How long a writer waits for another one."""
FAULTS = (sqlite3.Error, OSError)
"""What a store that cannot be used raises."""
CREATE = """
CREATE TABLE IF NOT EXISTS records (
    id TEXT PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, result TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS records_by_time ON records (at);
CREATE INDEX IF NOT EXISTS records_by_name ON records (kind, result, name, at);
"""
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


Row = tuple[str, str, str, str, str, str]
"""A record's id, time (ISO 8601, UTC), kind, name and result, and its whole text."""


class SetAside(Exception):
    """A store could not be read and was moved out of the way; the message says where it is now, and why."""


def append(root: Path, rows: Sequence[Row]) -> int:
    """Add rows, all of them or, where the process is killed, none; returns how many were not there yet.

    Raises:
        SetAside: the file was damaged, or of a newer version; the rows are in a new one.
        sqlite3.Error, OSError: the rows could not be written.
    """
    path = checkout.state_directory(root) / FILE
    try:
        return _append(path, rows)
    except _Unreadable as fault:
        moved = _set_aside(path, fault)
        _append(path, rows)
        raise SetAside(f"{fault}; it is kept as {moved}, and a new history was begun") from fault


def texts(root: Path, *, since: str = "", kinds: Sequence[str] = ()) -> Iterator[str]:
    """Yield the texts of the records that began since a time (ISO 8601, UTC), in the order of time.

    Raises:
        SetAside: the file is damaged or of a newer version; it stays where it is.
        sqlite3.Error, OSError: it cannot be read.
    """
    which = f" AND kind IN ({', '.join('?' * len(kinds))})" if kinds else ""
    yield from _ask(root, f"SELECT text FROM records WHERE at >= ?{which} ORDER BY at, id", (since, *kinds))  # noqa: S608


def last_texts(root: Path, *, kind: str, result: str, count: int) -> Iterator[str]:
    """Yield for each name the texts of its last `count` records of a kind and result; raises as `texts` does."""
    question = (
        "SELECT text FROM (SELECT text, row_number() OVER (PARTITION BY name ORDER BY at DESC) AS place FROM records"
        " WHERE kind = ? AND result = ?) WHERE place <= ?"
    )
    yield from _ask(root, question, (kind, result, count))


class _Unreadable(Exception):
    pass


def _append(path: Path, rows: Sequence[Row]) -> int:
    with _open(path) as store, store:
        before = store.total_changes
        store.executemany("INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?, ?, ?)", rows)
        return store.total_changes - before


def _ask(root: Path, question: str, values: Iterable[str | int]) -> Iterator[str]:
    path = root / checkout.STATE / FILE
    if not path.is_file():
        return
    try:
        with _open(path) as store:
            for (text,) in store.execute(question, tuple(values)):
                yield str(text)
    except _Unreadable as fault:
        raise SetAside(f"{fault}; the next task that records something begins a new one") from fault


@contextmanager
def _open(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the store, of this version; raises _Unreadable where it is damaged or newer, also while it is used."""
    try:
        with closing(sqlite3.connect(path, timeout=WAIT_SECONDS)) as store:
            _prepare(store)
            yield store
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) in DAMAGED:
            raise _Unreadable(f"the history {path} is damaged ({error})") from error
        raise


def _prepare(store: sqlite3.Connection) -> None:
    (version,) = store.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA:
        raise _Unreadable(f"the history was written by a newer version of cispeed (its schema is {version})")
    # A log beside the file lets readers go on while one writes; a commit in it survives a kill without waiting for a disk.
    store.execute("PRAGMA synchronous = NORMAL")
    if version < SCHEMA:
        store.execute("PRAGMA journal_mode = WAL")
        store.executescript(f"BEGIN IMMEDIATE; {CREATE} PRAGMA user_version = {SCHEMA}; COMMIT;")


def _set_aside(path: Path, fault: Exception) -> Path:
    """Move a store, with the log that belongs to it, out of the way; another process may have done so already."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    word = "newer" if "newer" in str(fault) else "damaged"
    moved = path.with_name(f"history-{word}-{stamp}.sqlite")
    for end in ("-wal", "-shm", ""):
        place = path.with_name(path.name + end)
        if place.exists():
            place.replace(moved.with_name(moved.name + end))
    return moved
