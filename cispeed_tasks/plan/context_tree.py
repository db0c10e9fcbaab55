"""The entries of a build context as a tree in which sources of COPY are looked up the way the engine does it."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from cispeed_tasks.model import ContextFile
from cispeed_tasks.plan.dockerfile_words import Uncertain
from cispeed_tasks.plan.ignore_patterns import IgnoreFile
from cispeed_tasks.plan.ignore_regex import MOST_STARS

MOST_LINKS = 255
"""The engine gives up behind as many."""
GLOB = re.compile(r"\\.|\*+|\?|\[(?P<not>\^?)(?P<items>(?:\\.|[^\]\\])+)\]|[^\\\[]", re.DOTALL)
RANGE = re.compile(r"(?P<low>\\.|[^\\\]-])(?:-(?P<high>\\.|[^\\\]-]))?", re.DOTALL)


class ContextTree:
    """The filtered entries of one context; several Dockerfiles can look things up in it."""

    def __init__(self, files: Iterable[ContextFile]) -> None:
        ordered = sorted(files, key=lambda entry: entry.path)
        self.paths = tuple(entry.path for entry in ordered)
        self._entries = {entry.path: entry for entry in ordered}

    def take(self, source: str, exclude: IgnoreFile | None = None) -> set[str]:
        """The paths that a source without wildcards takes: itself and what is below; of links, also what they mean.

        Of a directory, what `exclude` says is left out; its patterns are relative to the directory.
        """
        path, links = self._resolve(clean_source(source))
        found = self._with_everything_below(path)
        return {*links, *(_without(found, path, exclude) if exclude and exclude.patterns else found)}

    def take_matches(self, source: str, exclude: IgnoreFile | None = None) -> set[str]:
        """The paths that a source of COPY or ADD takes, in which `*`, `?` and `[…]` are wildcards.

        Raises:
            Uncertain: it is not a pattern that the engine reads, or matching it could take forever.
        """
        components = clean_source(source).split("/")
        count = next((i for i, component in enumerate(components) if _is_wild(component)), len(components))
        place, pattern = "/".join(components[:count]), components[count:]
        if not pattern:
            # Without a wildcard the engine takes a backslash for itself, but what it is sent may be without it.
            return self.take(place, exclude) | self.take(re.sub(r"\\(.)", r"\1", place), exclude)
        return self._take_pattern(place, pattern, exclude)

    def places(self, source: str) -> list[str]:
        """The paths that a source names, its wildcards looked up and links followed; none where there is nothing.

        Raises:
            Uncertain: it is not a pattern that the engine reads.
        """
        components = clean_source(source).split("/")
        count = next((i for i, component in enumerate(components) if _is_wild(component)), len(components))
        base, _ = self._resolve("/".join(components[:count]))
        found = self._matches(base, components[count:]) if components[count:] else [base]
        return [path for path in found if not path or path in self._entries or self._below(path)]

    def has(self, path: str) -> bool:
        """Whether the context has an entry of this path."""
        return path in self._entries

    def is_directory(self, path: str) -> bool:
        """Whether a path is a directory of the context, or its root; a link is none."""
        entry = self._entries.get(path)
        return not path or (entry.kind == "directory" if entry else bool(self._below(path)))

    def walk(self, path: str) -> tuple[str, list[str]]:
        """Where a path leads when links are followed inside the context, and every place on the way, links as well."""
        real, todo, passed, links = "", path.split("/")[::-1], list[str](), 0
        while todo and links < MOST_LINKS:
            name = todo.pop()
            if name in {"", ".", ".."}:
                real = posixpath.dirname(real) if name == ".." else real
                continue
            step = posixpath.join(real, name)
            passed.append(step)
            link = self._link(step)
            if link is None:
                real = step
                continue
            links += 1
            todo += link.split("/")[::-1]
            real = "" if link.startswith("/") else real
        return real, passed

    def _take_pattern(self, place: str, pattern: list[str], exclude: IgnoreFile | None) -> set[str]:
        base, links = self._resolve(place)
        return {*links, *(path for match in self._matches(base, pattern) for path in self.take(match, exclude))}

    def _with_everything_below(self, path: str) -> Sequence[str]:
        if not path:
            return self.paths
        own = [path] if path in self._entries else []
        return [*own, *self._below(path)]

    def _below(self, directory: str) -> Sequence[str]:
        if not directory:
            return self.paths
        # "0" is the character behind "/".
        return self.paths[bisect_left(self.paths, f"{directory}/") : bisect_left(self.paths, f"{directory}0")]

    def _resolve(self, path: str) -> tuple[str, list[str]]:
        """Where a path leads when links are followed inside the context, and the links on the way."""
        real, passed = self.walk(path)
        return real, [place for place in passed if self._link(place) is not None]

    def _link(self, path: str) -> str | None:
        entry = self._entries.get(path)
        return None if entry is None else entry.link

    def _matches(self, base: str, pattern: list[str]) -> Iterator[str]:
        whole = "/".join(pattern)
        if "[" in whole:
            # A class can match a slash, so that the depth says nothing.
            regex = re.compile(glob_regex(whole))
            start = f"{base}/" if base else ""
            yield from (path for path in self._below(base) if regex.fullmatch(path, len(start)))
            return
        found = [base]
        for component in pattern:
            regex = re.compile(glob_regex(component))
            found = [
                posixpath.join(place, name)
                for place in found
                for name in self._names.get(place, ())
                if regex.fullmatch(name)
            ]
        yield from found

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        names = defaultdict(list)
        for path in self.paths:
            directory, _, name = path.rpartition("/")
            names[directory].append(name)
        return names


def glob_regex(pattern: str) -> str:
    """The regular expression of a pattern of Go's `filepath.Match`; raises Uncertain for one that it does not read."""
    pieces = list(GLOB.finditer(pattern))
    if "".join(piece[0] for piece in pieces) != pattern:
        raise Uncertain("its wildcards are not well-formed")
    if sum(piece[0][0] == "*" for piece in pieces) > MOST_STARS:
        raise Uncertain("it has very many wildcards")
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: re.Match[str]) -> str:
    text = piece[0]
    if text[0] in "*?":
        return "[^/]*" if text[0] == "*" else "[^/]"
    if text[0] == "[" and len(text) > 1:
        return _character_class(piece["items"], negated=bool(piece["not"]))
    return re.escape(text.removeprefix("\\") if len(text) > 1 else text)


def _character_class(items: str, *, negated: bool) -> str:
    ranges = list(RANGE.finditer(items))
    if "".join(found[0] for found in ranges) != items:
        raise Uncertain("its wildcards are not well-formed")
    bounds = [(found["low"][-1], (found["high"] or found["low"])[-1]) for found in ranges]
    made = "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in bounds if low <= high)
    if not made:
        return r"[\s\S]" if negated else "(?!)"
    return f"[{'^' * negated}{made}]"


def _is_wild(component: str) -> bool:
    return re.search(r"[*?\[]", re.sub(r"\\.", "", component)) is not None


def clean_source(path: str) -> str:
    """A source as a path below the context's root, which `..` does not leave."""
    return posixpath.normpath(f"/{path}").strip("/")


def _without(paths: Sequence[str], source: str, exclude: IgnoreFile) -> set[str]:
    start = f"{source}/" if source else ""
    kept = {path for path in paths if path == source or not exclude.excludes(path.removeprefix(start))}
    return kept | {parent for path in kept for parent in _parents(path) if parent.startswith(start)}


def _parents(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path
