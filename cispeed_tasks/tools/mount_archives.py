"""Archives of cache mounts in a directory: each a tar with a record beside it, which makes it count and comes last."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cispeed_tasks.model import MountArchive
from cispeed_tasks.tools import checkout

FORMAT = 1
RECORD, ARCHIVE, NEW = ".json", ".tar", ".new"
"""The ends of names; what ends in the last one is being written, or was left by a run that was killed."""
OURS = re.compile(r"[a-z0-9-]+-[0-9a-f]{16}\.([0-9a-f]{12}\.tar|\d+\.new)|\.[a-z0-9-]+-[0-9a-f]{16}\.json\.\d+")
"""The names of archives and of what becomes one; a directory may hold files of others."""
RECORDS = re.compile(r"[a-z0-9-]+-[0-9a-f]{16}\.json")
BLOCK = 1 << 20
DIGEST_DIGITS = 12


def archives(directory: Path) -> list[MountArchive]:
    """What the records say; what cannot be used is told by `fault`, without the archives being read."""
    if not directory.is_dir():
        return []
    return [_read(path) for path in sorted(directory.iterdir()) if RECORDS.fullmatch(path.name)]


def fault(archive: MountArchive) -> str | None:
    """Why an archive cannot be used, every byte of it being looked at; None for a whole one."""
    path = Path(archive.place)
    try:
        if _digest(path) == _record(path.with_name(f"{archive.key}{RECORD}"))["sha256"]:
            return None
    except FileNotFoundError:
        return "gone"
    except (OSError, ValueError, LookupError, TypeError) as error:
        return f"not readable ({getattr(error, 'strerror', None) or error})"
    return "damaged"


def begin(directory: Path, root: Path) -> None:
    """Make the directory, and take away what killed runs have left in it; raises OSError."""
    if root / checkout.STATE in directory.parents:
        checkout.state_directory(root)
    directory.mkdir(parents=True, exist_ok=True)
    named = {Path(one.place).name for one in archives(directory)}
    for path in list(directory.iterdir()):
        if OURS.fullmatch(path.name) and path.name not in named:
            path.unlink(missing_ok=True)


def new_archive(directory: Path, key: str) -> Path:
    """The file that an archive is written into until it is whole."""
    return directory / f"{key}.{os.getpid()}{NEW}"


def put(new: Path, archive: MountArchive) -> int:
    """Make a new archive count, in the place of one with its key; returns its size in bytes; raises OSError."""
    directory, bytes_ = new.parent, new.stat().st_size
    sha256 = _digest(new)
    named = directory / f"{archive.key}.{sha256[:DIGEST_DIGITS]}{ARCHIVE}"
    record = {**record_of(archive), "bytes": bytes_, "sha256": sha256, "archive": named.name}
    # An archive that no record names is none, so that only the last of these three makes a difference.
    _write_through(new)
    new.replace(named)
    checkout.write_whole(directory / f"{archive.key}{RECORD}", json.dumps(record, indent=2) + "\n")
    for other in directory.glob(f"{archive.key}.*{ARCHIVE}"):
        if other != named:
            other.unlink(missing_ok=True)
    return bytes_


def remove(archive: MountArchive) -> None:
    """Take an archive away, its record first; one that is gone is fine."""
    path = Path(archive.place)
    path.with_name(f"{archive.key}{RECORD}").unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def record_of(archive: MountArchive) -> dict[str, Any]:
    """What is written down of an archive, wherever it is."""
    return {
        "format": FORMAT,
        "project": archive.project,
        "prefix": archive.prefix,
        "key": archive.key,
        "saved": archive.saved,
        "files": archive.files,
        "bytes": archive.bytes,
        "locks": dict(archive.locks),
    }


def of_record(record: Mapping[str, Any], place: str) -> MountArchive:
    """The archive of a record; raises LookupError, TypeError or ValueError for one that cannot be understood."""
    if record["format"] != FORMAT:
        raise ValueError(f"its format is {record['format']}, and {FORMAT} is known here")
    return MountArchive(
        key=str(record["key"]),
        prefix=str(record["prefix"]),
        place=place,
        saved=float(record["saved"]),
        bytes=int(record["bytes"]),
        files=int(record["files"]),
        locks={str(path): str(value) for path, value in dict(record["locks"]).items()},
        project=str(record["project"]),
    )


def _read(path: Path) -> MountArchive:
    key = path.name.removesuffix(RECORD)
    try:
        record = _record(path)
        place = path.with_name(Path(str(record["archive"])).name)
        found = of_record(record, str(place))
        size = place.stat().st_size if place.is_file() else None
    except (OSError, ValueError, LookupError, TypeError) as error:
        return _faulty(key, path, f"not readable ({getattr(error, 'strerror', None) or error})")
    if size is None or found.key != key:
        return _faulty(key, path, "gone")
    return found if size == found.bytes else _faulty(key, place, "cut off")


def _faulty(key: str, place: Path, words: str) -> MountArchive:
    return MountArchive(key, key.rpartition("-")[0], str(place), fault=words)


def _record(path: Path) -> dict[str, Any]:
    record = json.loads(path.read_bytes())
    if not isinstance(record, dict):
        raise TypeError("it is no mapping")
    return record


def _digest(path: Path) -> str:
    state = hashlib.sha256()
    for block in _blocks(path):
        state.update(block)
    return state.hexdigest()


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _write_through(path: Path) -> None:
    """A rename may reach the disk before what was written does."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
