"""What of cache mounts is kept within a size: what was used last, as whole mounts or, where that does no harm, by files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

BLOCK = 512
HEADERS = 4 * BLOCK
"""What a file takes in an archive besides its content, at most, unless its name is very long."""
BY_FILES = (".cache/pip", ".npm", "var/cache/apt")
"""The ends of places whose managers take each file for itself and fetch one that is gone again. In the caches of others
(uv, yarn, go, cargo, git repositories) files belong together: a part of one is a broken package."""
LISTED = re.compile(r"(?P<size>\d+) (?P<used>\d+) (?P<written>\d+) \./(?P<path>.+)")


class MountFile(NamedTuple):
    """A file of a cache mount: its path in it, its size in bytes, and when it was last used, in seconds since 1970."""

    path: str
    size: int
    used: int

    @property
    def stored(self) -> int:
        """The bytes that it takes in an archive."""
        return -(-self.size // BLOCK) * BLOCK + HEADERS


@dataclass(frozen=True)
class Contents:
    """What is in one cache mount; `by_files` says whether a part of it is of use."""

    files: tuple[MountFile, ...]
    by_files: bool = False

    @property
    def bytes(self) -> int:
        """The bytes of its files."""
        return sum(file.size for file in self.files)

    @property
    def used(self) -> int:
        """When a file of it was last used; 0 where there is none."""
        return max((file.used for file in self.files), default=0)


def read_listing(text: str) -> tuple[MountFile, ...]:
    """The files of a mount from lines of size, last use, last change and path.

    A file is used when it is written; file systems that note no reading say an earlier time.
    """
    found = (LISTED.fullmatch(line) for line in text.split("\n"))
    return tuple(
        MountFile(one["path"], int(one["size"]), max(int(one["used"]), int(one["written"]))) for one in found if one
    )


def stands_by_files(places: Iterable[str]) -> bool:
    """Whether the files of a mount are of use each for itself, by where it is mounted."""
    return all(place.endswith(BY_FILES) for place in places)


def within(contents: Mapping[str, Contents], limit: int) -> dict[str, frozenset[str]]:
    """For each mount that is kept the paths of the files that go; a mount that goes as a whole is not in the answer.

    Args:
        contents: what is in each mount, by any key.
        limit: bytes that all archives together may take.
    """
    units = [unit for key, one in contents.items() for unit in _units(key, one)]
    units.sort(key=lambda unit: (-unit.used, unit.key))
    kept: dict[str, set[str]] = {}
    room = limit
    for unit in units:
        if unit.stored <= room:
            room -= unit.stored
            kept.setdefault(unit.key, set()).update(unit.paths)
    return {key: frozenset(file.path for file in contents[key].files) - paths for key, paths in kept.items()}


class _Unit(NamedTuple):
    """What is kept or goes as one."""

    key: str
    used: int
    stored: int
    paths: tuple[str, ...]


def _units(key: str, contents: Contents) -> list[_Unit]:
    if contents.by_files:
        return [_Unit(key, file.used, file.stored, (file.path,)) for file in contents.files]
    if not contents.files:
        return []
    stored = sum(file.stored for file in contents.files)
    return [_Unit(key, contents.used, stored, tuple(file.path for file in contents.files))]
