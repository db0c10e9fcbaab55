"""Many paths, in the orders that find few of them fast: by beginning, by ending, and as one long text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from operator import itemgetter

from cispeed_tasks.plan.ecmascript.literals import EDGE, Literals

# Looking for rarer literals costs about as much as trying so many paths.
_FEW = 500


class PathIndex:
    """Sorted paths without line breaks, as UTF-16 code units. A path's rank is its place in that order."""

    def __init__(self, paths: list[str]) -> None:
        self.paths = paths

    def equal_to(self, path: str) -> range:
        """Return the ranks of a path, which may come more than once."""
        return range(bisect_left(self.paths, path), bisect_right(self.paths, path))

    def beginning_with(self, start: str) -> range:
        """Return the ranks of the paths that begin with a text; one that ends in `EDGE` is a whole path."""
        if start.endswith(EDGE):
            return self.equal_to(start.removesuffix(EDGE))
        return range(bisect_left(self.paths, start), bisect_left(self.paths, start + EDGE))

    def ending_with(self, end: str) -> Collection[int]:
        """Return the ranks of the paths that end with a text; one that begins with `EDGE` is a whole path."""
        if end.startswith(EDGE):
            return self.equal_to(end.removeprefix(EDGE))
        endings, ranks = self._endings
        return ranks[bisect_left(endings, end[::-1]) : bisect_left(endings, end[::-1] + EDGE)]

    def holding(self, text: str) -> list[int]:
        """Return the ranks of the paths that hold a text; `EDGE` in it is a path's end."""
        joined, beginnings = self._joined
        text = _as_joined(text)
        ranks: list[int] = []
        place = joined.find(text)
        while place >= 0:
            ranks.append(bisect_right(beginnings, place) - 1)
            place = joined.find(text, beginnings[ranks[-1] + 1])
        return ranks

    def possible(self, literals: Literals) -> Collection[int]:
        """Return the ranks of the paths that have the rarest of the literals, or of a few more."""
        candidates: list[tuple[int, Sequence[Collection[int]]]] = [(len(self.paths), [range(len(self.paths))])]
        for texts, find in ((literals.starts, self.beginning_with), (literals.ends, self.ending_with)):
            groups = [find(text) for text in texts or ()]
            candidates.extend([(sum(map(len, groups)), groups)] if texts else [])
        count, found = min(candidates, key=itemgetter(0))
        if count > _FEW:
            rarest, inner = min(((self._count(texts), texts) for texts in literals.inner), default=(count, frozenset()))
            found = [self.holding(text) for text in inner] if rarest < count else found
        return found[0] if len(found) == 1 else {rank for group in found for rank in group}

    def _count(self, texts: Iterable[str]) -> int:
        """Count how often the texts occur, which is at least in how many paths."""
        return sum(self._joined[0].count(_as_joined(text)) for text in texts)

    @cached_property
    def _endings(self) -> tuple[list[str], list[int]]:
        """The paths from end to beginning, sorted, and their ranks."""
        backwards = sorted((path[::-1], rank) for rank, path in enumerate(self.paths))
        return [path for path, _ in backwards], [rank for _, rank in backwards]

    @cached_property
    def _joined(self) -> tuple[str, list[int]]:
        """All paths as one text with a line break behind each, and where each begins."""
        return "".join(f"{path}\n" for path in self.paths), [0, *accumulate(len(path) + 1 for path in self.paths)]


def _as_joined(text: str) -> str:
    # A line break in it must find nothing: no path here has one.
    return text.replace("\n", EDGE + EDGE) if "\n" in text else text.replace(EDGE, "\n")
