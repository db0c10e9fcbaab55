"""What a container sees of the checkout through its bind mounts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from cispeed_tasks.model import Folder
from cispeed_tasks.plan.context_tree import clean_source, glob_regex


class Folders(Protocol):
    """The directories of the checkout, by absolute path."""

    def get(self, key: str, /) -> Folder | None:
        """What was seen of a directory, or None where there is none."""


@dataclass(frozen=True)
class SourceBind:
    """A file or directory of the checkout (an absolute path) and where a container has it; `line` is of the Dockerfile."""

    source: str
    target: str
    is_directory: bool = True
    line: int | None = None


@dataclass(frozen=True)
class Doubt:
    """Why a Dockerfile's COPYs cannot be mounted instead; `is_product`: something is made of the source in the build."""

    line: int
    text: str
    is_product: bool = False

    def __str__(self) -> str:
        """The reason with its line."""
        return f"line {self.line}: {self.text}"


@dataclass(frozen=True)
class Mounted:
    """Bind mounts, looked at from inside the container."""

    binds: tuple[SourceBind, ...]
    folders: Folders

    def host(self, path: str) -> str | None:
        """The place in the checkout of an absolute path in the container; it need not exist."""
        covering = [(bind, rest) for bind in self.binds if (rest := below(path, bind.target)) is not None]
        if not covering:
            return None
        bind, rest = max(covering, key=lambda found: len(found[0].target))
        return posixpath.join(bind.source, rest) if rest else bind.source

    def files(self, directory: str) -> frozenset[str]:
        """The names of the files in a directory, and of those in its requirements/."""
        place = self.host(directory)
        folder = self.folders.get(place) if place else None
        mounted = {
            rest for bind in self.binds if not bind.is_directory and (rest := below(bind.target, directory)) is not None
        }
        nested = {name for name in mounted if "/" not in name or name.startswith("requirements/")}
        return frozenset({*(folder.files if folder else ()), *nested})

    def mount_point(self, path: str) -> str | None:
        """The directory of the checkout that must be there for something else to be mounted on `path`."""
        above = [bind for bind in self.binds if bind.is_directory and below(path, bind.target)]
        if not above:
            return None
        bind = max(above, key=lambda found: len(found.target))
        return posixpath.join(bind.source, str(below(path, bind.target)))


def below(path: str, directory: str) -> str | None:
    """The path relative to a directory that is it or above it: empty for itself, None where it lies elsewhere."""
    if path == directory:
        return ""
    start = f"{directory.rstrip('/')}/"
    return path[len(start) :] if path.startswith(start) else None


def kind(folders: Folders, path: str) -> str | None:
    """Whether a path of the checkout is a `file` or a `directory`; None where it does not exist."""
    parent = folders.get(posixpath.dirname(path))
    name = posixpath.basename(path)
    if parent is not None and name in parent.files:
        return "file"
    return "directory" if folders.get(path) is not None else None


def matches(folders: Folders, context: str, source: str) -> tuple[tuple[str, bool], ...]:
    """What a source of COPY takes: absolute paths, each with whether it is a directory. Wildcards only in the last name.

    Raises:
        Uncertain: the wildcard is not one that the engine reads.
    """
    path = clean_source(source)
    *parents, name = path.split("/")
    if not re.search(r"[*?\[\\]", path):
        place = posixpath.join(context, path) if path else context
        found = kind(folders, place)
        return ((place, found == "directory"),) if found else ()
    directory = posixpath.join(context, *parents)
    folder = folders.get(directory)
    if folder is None or re.search(r"[*?\[\\]", "/".join(parents)):
        return ()
    pattern = re.compile(glob_regex(name))
    names = {name: False for name in folder.files if "/" not in name} | dict.fromkeys(folder.directories, True)
    return tuple((posixpath.join(directory, name), names[name]) for name in sorted(names) if pattern.fullmatch(name))


def by_target(binds: Mapping[str, SourceBind]) -> tuple[SourceBind, ...]:
    """Binds with the shallow ones first."""
    return tuple(binds[target] for target in sorted(binds, key=lambda target: (target.count("/"), target)))
