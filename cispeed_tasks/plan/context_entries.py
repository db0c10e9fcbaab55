"""The entries of a build context, to look up by name and by directory and to add up quickly."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from cispeed_tasks.model import ContextFile
from cispeed_tasks.plan.ignore_patterns import IgnoreFile


@dataclass(frozen=True)
class Amount:
    """How much something is: files (directories are not counted) and bytes."""

    files: int = 0
    bytes: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.files + other.files, self.bytes + other.bytes)


class Entries:
    """What is sent of one context, sorted by path."""

    def __init__(self, files: Mapping[str, ContextFile]) -> None:
        self.paths = tuple(sorted(files))
        self._files = files

    def __contains__(self, path: object) -> bool:
        return path in self._files

    def __getitem__(self, path: str) -> ContextFile:
        return self._files[path]

    def at_and_below(self, path: str) -> Sequence[str]:
        """A path, if there is one, and everything below it."""
        own = [path] if path in self._files else []
        # "0" is the character behind "/".
        return [*own, *self.paths[bisect_left(self.paths, f"{path}/") : bisect_left(self.paths, f"{path}0")]]

    def files_below(self, path: str) -> list[str]:
        """What is no directory of it."""
        return [found for found in self.at_and_below(path) if self._files[found].kind != "directory"]

    def amount(self, paths: Iterable[str]) -> Amount:
        """How much some paths are; a link counts as a file of no bytes."""
        found = [self._files[path] for path in paths if self._files[path].kind != "directory"]
        return Amount(len(found), sum(file.size for file in found if file.kind == "file"))

    def called(self, name: str, *, anywhere: bool) -> list[str]:
        """The outermost paths whose last name a pattern of one component matches; else only those at the top."""
        regex = re.compile(_name_regex(name))
        names = [found for found in self._by_name if regex.fullmatch(found)]
        found = {path for one in names for path in self._by_name[one] if anywhere or "/" not in path}
        return sorted(path for path in found if found.isdisjoint(above(path)))

    def sent_under(self, ignore: IgnoreFile) -> list[str]:
        """Those that another ignore file lets through as well."""
        return [path for path in self.paths if not ignore.excludes(path)]

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        names = defaultdict(list)
        for path in self.paths:
            names[path.rpartition("/")[2]].append(path)
        return names


def above(path: str) -> Iterator[str]:
    """The directories that a path lies in, the nearest first; the context itself not."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def outermost(paths: Iterable[str], within: Container[str]) -> list[str]:
    """Those of some paths that lie in no other."""
    return sorted(path for path in paths if not any(place in within for place in above(path)))


def _name_regex(name: str) -> str:
    pieces = re.findall(r"\[[^\]]*\]|.", name)
    return "".join({"*": ".*", "?": "."}.get(p) or (p if p[0] == "[" and len(p) > 1 else re.escape(p)) for p in pieces)
