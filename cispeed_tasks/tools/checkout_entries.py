"""Everything that lies in a directory and can be read, whether git sees it or not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from cispeed_tasks.model import ContextFile
from cispeed_tasks.tools import checkout
from cispeed_tasks.tools.context import Filter, context_files


class _Readable:
    """A filter that leaves out as well what this user cannot read, such as a database's directory: no test of his can."""

    def __init__(self, directory: Path, kept: Filter) -> None:
        self._directory, self._kept = directory, kept

    def excludes(self, path: str) -> bool:
        return self._kept.excludes(path) or not self._is_readable(path)

    def may_keep_below(self, directory: str) -> bool:
        return self._kept.may_keep_below(directory) and self._is_readable(directory)

    def _is_readable(self, path: str) -> bool:
        place = f"{self._directory}/{path}"
        # A link that leads nowhere is still one.
        return os.access(place, os.R_OK) or os.path.islink(place)  # noqa: PTH114  # a Path for each would cost as much again


def list_entries(directory: Path, kept: Filter) -> tuple[ContextFile, ...]:
    """Return the entries of a directory that a filter keeps, sorted by path; links are not followed.

    Raises:
        WorkFailed: the directory itself cannot be read, or one went away meanwhile.
    """
    return context_files(directory, _Readable(directory, kept))


def follow(directory: Path, links: Iterable[str]) -> dict[str, Path]:
    """Return for links below a directory where they lead in the end, whether anything is there or not."""
    return {link: (directory / link).resolve() for link in links}


def file_entry(path: Path) -> ContextFile:
    """Return the entry of a single file; raises OSError."""
    status = path.stat()
    stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    return ContextFile(path.name, "file", status.st_mode & 0o7777, status.st_size, stamp)


def texts_above(directory: Path, is_wanted: Callable[[str], bool]) -> dict[str, str]:
    """Return the texts of the files in all directories above whose names are wanted, by paths such as `../../x`."""
    found = {}
    for depth, place in enumerate(directory.parents, start=1):
        for name in filter(is_wanted, _names(place)):
            if (text := checkout.text(place / name)) is not None:
                found[f"{'../' * depth}{name}"] = text
    return found


def _names(directory: Path) -> list[str]:
    try:
        return sorted(os.listdir(directory))  # noqa: PTH208  # names are wanted, of perhaps very many
    except PermissionError:
        return []
