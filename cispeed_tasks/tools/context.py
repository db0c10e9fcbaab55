"""What a build context holds: its ignore file, and its entries as the command-line client would walk them."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.model import ContextFile

IGNORE_FILE = ".dockerignore"
LINK = stat.S_IFLNK >> 12
KINDS = {stat.S_IFREG >> 12: "file", stat.S_IFDIR >> 12: "directory", LINK: "link"}


Digest = Callable[[ContextFile], str]
"""A function that gives the SHA-256 of a file of a context."""


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


def ignore_texts(paths: Iterable[Path]) -> dict[str, str]:
    """The texts of those ignore files that exist, by absolute path, as `effective_ignore` reads them."""
    return {str(path): _text(path) for path in paths if path.is_symlink() or path.is_file()}


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
    found: list[ContextFile] = []
    _walk(f"{root}/", "", ignore, found)
    found.sort()
    return tuple(found)


def _walk(root: str, directory: str, ignore: Filter, found: list[ContextFile]) -> None:
    for entry in _scan(root + directory):
        path = directory + entry.name
        is_directory = entry.is_dir(follow_symlinks=False)
        excluded = ignore.excludes(path)
        if excluded and not (is_directory and ignore.may_keep_below(path)):
            continue
        try:
            found.append(_entry(path, entry))
        except FileNotFoundError:
            continue  # it has just gone
        if is_directory:
            count = len(found)
            _walk(root, f"{path}/", ignore, found)
            if excluded and len(found) == count:
                found.pop()


def _scan(directory: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return list(entries)
    except OSError as error:
        raise WorkFailed(
            f"{directory.rstrip('/')}: cannot be read as part of a build context: {error.strerror}"
        ) from error


def _entry(path: str, entry: os.DirEntry[str]) -> ContextFile:
    """What is known of an entry without reading it."""
    status = entry.stat(follow_symlinks=False)
    kind = status.st_mode >> 12
    # A Path would tidy up what the link says.
    link = os.readlink(entry.path) if kind == LINK else None  # noqa: PTH115
    stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    return ContextFile(path, KINDS.get(kind, "other"), status.st_mode & 0o7777, status.st_size, stamp, link)
