"""One bind mount over others, as one COPY over others: the later one wins, and two directories that melt are a doubt."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from cispeed_tasks.plan.mounted import Doubt, Folders, SourceBind, below, by_target, kind
from cispeed_tasks.plan.packages import BESIDE, LOCKS, PYTHON

APART = "/cispeed/manifests"
"""Where lock files of Python lie that have no place of their own in the mounted source."""
PYTHON_FILES = {name for manager in PYTHON for name in (*LOCKS[manager], *BESIDE[manager])}


def overlay_bind(
    binds: tuple[SourceBind, ...], new: SourceBind, folders: Folders
) -> tuple[tuple[SourceBind, ...], tuple[Doubt, ...]]:
    """The binds with another one over them, shallow ones first, and what is not certain of it."""
    found = {bind.target: bind for bind in binds}
    here = found.get(new.target)
    if here is not None and here.is_directory and here.source != new.source:
        return binds, (_melts(here.source, new),)
    above = [bind for bind in binds if bind.is_directory and below(new.target, bind.target)]
    placed = _over(max(above, key=lambda bind: len(bind.target)), new, folders) if above else new
    if not isinstance(placed, SourceBind):
        return binds, placed
    doubts: list[Doubt] = []
    for bind in binds:
        rest = below(bind.target, placed.target)
        if rest and placed.is_directory:
            moved = _under(placed, bind, rest, folders)
            del found[bind.target]
            doubts += moved if isinstance(moved, tuple) else []
            found |= {moved.target: moved} if isinstance(moved, SourceBind) else {}
    return by_target({**found, placed.target: placed}), tuple(doubts)


def _over(parent: SourceBind, new: SourceBind, folders: Folders) -> SourceBind | tuple[Doubt, ...]:
    """What is put into a directory that is mounted: nothing where it is there already."""
    place = posixpath.join(parent.source, str(below(new.target, parent.target)))
    if place == new.source:
        return ()
    there = kind(folders, place)
    if new.is_directory:
        return (_melts(place, new),) if there else new
    return new if there == "file" else _without_a_place(parent, new)


def _under(new: SourceBind, bind: SourceBind, rest: str, folders: Folders) -> SourceBind | tuple[Doubt, ...]:
    """What was put somewhere, below a directory that is now put over it."""
    place = posixpath.join(new.source, rest)
    there = kind(folders, place)
    if place == bind.source or (there == "file" and not bind.is_directory):
        return ()
    if bind.is_directory:
        return (_melts(place, bind),) if there else bind
    return _without_a_place(new, bind)


def _without_a_place(parent: SourceBind, bind: SourceBind) -> SourceBind | tuple[Doubt, ...]:
    name = posixpath.basename(bind.target)
    if name in PYTHON_FILES:
        return SourceBind(bind.source, f"{APART}/{name}", False, bind.line)
    text = f"mounting {name} into {parent.target} would leave an empty file in {parent.source}"
    return (Doubt(bind.line or 0, text),)


def _melts(source: str, new: SourceBind) -> Doubt:
    return Doubt(new.line or 0, f"at {new.target}, {new.source} and {source} become one directory")


def rebased(binds: Iterable[SourceBind], directory: str, destination: str) -> Iterator[SourceBind]:
    """The binds at and below a directory, as they are when it is copied to another place."""
    for bind in binds:
        rest = below(bind.target, directory)
        if rest is not None:
            place = posixpath.join(destination, rest) if rest else destination
            yield SourceBind(bind.source, place, bind.is_directory, bind.line)
