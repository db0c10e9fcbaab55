"""What a build context holds: its ignore file, and its entries as the command-line client would walk them."""

from __future__ import annotations

import hashlib
import marshal
import os
import stat
from collections.abc import Callable, Iterable
from operator import itemgetter
from pathlib import Path
from typing import Protocol

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.model import ContextFile

IGNORE_FILE = ".dockerignore"
DIRECTORY, LINK = stat.S_IFDIR >> 12, stat.S_IFLNK >> 12
KINDS = {stat.S_IFREG >> 12: "file", DIRECTORY: "directory", LINK: "link"}
Entry = tuple[str, int, int, int, int, int, str | None]
"""Path, mode, size in bytes, when its content and its entry changed in nanoseconds, inode, and what a link says."""


Digest = Callable[[ContextFile], str]
"""A function that gives the SHA-256 of a file of a context."""


Scan = Callable[[str], "list[os.DirEntry[str]]"]
"""A function that lists a directory."""


class Filter(Protocol):
    """The patterns of an ignore file; paths are relative to the context, with slashes."""

    def excludes(self, path: str) -> bool:
        """Whether the path itself is left out."""

    def may_keep_below(self, directory: str) -> bool:
        """Whether something below a directory that is left out might be taken all the same."""


def effective_ignore(context: Path, dockerfile: Path | None) -> tuple[Path, str] | None:
    """The path and the text of the ignore file in force, or None where there is none.

    The one beside the Dockerfile (`X.dockerignore`) comes first, even when it is empty. Bytes that are not UTF-8 are lone
    surrogates in the text. Of an ignore file that is a link the text is empty unless the engine follows it for certain.

    Args:
        context: the context's root.
        dockerfile: its path; None for a Dockerfile that is no file, and for a named context, which has only its own.
    """
    beside = [] if dockerfile is None else [dockerfile.with_name(f"{dockerfile.name}{IGNORE_FILE}")]
    for path in (*beside, context / IGNORE_FILE):
        if path.is_symlink() or path.is_file():
            return path, _text(path)
    return None


def ignore_text(directory: str, dockerfile: str | None) -> str:
    """The text of the ignore file in force for a context, or nothing; both are absolute paths."""
    beside = f"{dockerfile}{IGNORE_FILE}" if dockerfile else None
    if not os.path.lexists(f"{directory}/{IGNORE_FILE}") and not (beside and os.path.lexists(beside)):
        return ""  # most have none, and there may be thousands
    found = effective_ignore(Path(directory), Path(dockerfile) if dockerfile else None)
    return found[1] if found else ""


def ignore_texts(paths: Iterable[str]) -> dict[str, str]:
    """The texts of those ignore files that exist, by absolute path, as `effective_ignore` reads them."""
    return {path: _text(Path(path)) for path in paths if os.path.lexists(path) and not os.path.isdir(path)}  # noqa: PTH112


def _text(path: Path) -> str:
    link = path.readlink() if path.is_symlink() else Path(path.name)
    place = path.parent / link
    # The engine takes the ignore file's directory for the root of everything, this machine does not.
    is_plain = not link.is_absolute() and ".." not in link.parts and place.resolve() == path.parent.resolve() / link
    return place.read_bytes().decode("utf-8", errors="surrogateescape") if is_plain and place.is_file() else ""


def context_files(root: Path, ignore: Filter) -> tuple[ContextFile, ...]:
    """The entries that the engine could be sent, sorted by path; links are not followed.

    A directory that is left out is there when something below it is not.

    Raises:
        WorkFailed: the root or a directory in it cannot be read.
    """
    return read_entries(walk(root, ignore))


def readable_files(root: Path, ignore: Filter) -> tuple[ContextFile, ...]:
    """The entries of a directory as far as they may be read: what may not counts as empty."""
    return read_entries(walk(root, ignore, scan=_scan_readable))


def walk(root: Path, ignore: Filter, scan: Scan | None = None) -> list[Entry]:
    """The same as plain tuples, of which there may be many and few are looked at; raises WorkFailed."""
    found: list[Entry] = []
    _walk(f"{root}/", "", ignore, found, scan or _scan)
    found.sort()
    return found


def read_entries(entries: Iterable[Entry]) -> tuple[ContextFile, ...]:
    """Entries by their names."""
    return tuple(
        ContextFile(path, KINDS.get(mode >> 12, "other"), mode & 0o7777, size, (modified, changed, inode), link)
        for path, mode, size, modified, changed, inode, link in entries
    )


def signature(entries: list[Entry]) -> str:
    """A hash of all that the file system says of some entries: while it is the same, they hold the same."""
    # Later versions of the format write what is one object in another way than what is only equal.
    return hashlib.sha256(marshal.dumps(entries, 2)).hexdigest()


def last_change(entries: Iterable[Entry]) -> int:
    """When the newest of some entries changed, in nanoseconds since 1970."""
    listed = list(entries)
    return max(max(map(itemgetter(3), listed), default=0), max(map(itemgetter(4), listed), default=0))


def _walk(root: str, directory: str, ignore: Filter, found: list[Entry], scan: Scan) -> None:
    for entry in scan(root + directory):
        path = directory + entry.name
        excluded = ignore.excludes(path)
        if excluded and not (entry.is_dir(follow_symlinks=False) and ignore.may_keep_below(path)):
            continue
        try:
            status = entry.stat(follow_symlinks=False)
            kind = status.st_mode >> 12
            # A Path would tidy up what the link says.
            link = os.readlink(entry.path) if kind == LINK else None  # noqa: PTH115
        except FileNotFoundError:
            continue  # it has just gone
        found.append(
            (path, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, link)
        )
        if kind == DIRECTORY:
            count = len(found)
            _walk(root, f"{path}/", ignore, found, scan)
            if excluded and len(found) == count:
                found.pop()


def _scan_readable(directory: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return list(entries)
    except PermissionError:
        return []


def _scan(directory: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return list(entries)
    except OSError as error:
        raise WorkFailed(
            f"{directory.rstrip('/')}: cannot be read as part of a build context: {error.strerror}; make it readable, or name it in .dockerignore"
        ) from error
