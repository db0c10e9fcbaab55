"""Many paths, in the orders that find few of them fast: by beginning, by ending, and as one long text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from operator import itemgetter

from cispeed_tasks.plan.ecmascript.literals import EDGE, Literals
from cispeed_tasks.plan.ecmascript.units import to_units
from cispeed_tasks.plan.path_set import PathSet, pick


class PathIndex:
    """Paths as UTF-16 code units, sorted; one may come more than once. A path's rank is its place in that order."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._given = list(paths)
        units = [to_units(path) for path in self._given]
        self._order = sorted(range(len(units)), key=units.__getitem__)
        self._is_in_order = self._order == list(range(len(units)))
        self.paths = [units[position] for position in self._order]

    def given(self, found: PathSet) -> list[str]:
        """Return the paths of a set as they were given, and in that order."""
        if self._is_in_order:
            return pick(found, self._given)
        return [self._given[position] for position in sorted(pick(found, self._order))]

    def grouped(self, labels: Sequence[str]) -> dict[str, list[int]]:
        """Return the ranks that each label has; the labels are in the order of the paths as they were given."""
        groups: dict[str, list[int]] = {}
        for rank, position in enumerate(self._order):
            groups.setdefault(labels[position], []).append(rank)
        return groups

    def equal_to(self, path: str) -> range:
        """Return the ranks of a path."""
        return range(bisect_left(self.paths, path), bisect_right(self.paths, path))

    def beginning_with(self, start: str) -> range:
        """Return the ranks of the paths that begin with a text; one that ends in `EDGE` is a whole path."""
        if start.endswith(EDGE):
            return self.equal_to(start.removesuffix(EDGE))
        return range(bisect_left(self.paths, start), bisect_left(self.paths, start + EDGE))

    def ending_with(self, end: str) -> list[int]:
        """Return the ranks of the paths that end with a text; one that begins with `EDGE` is a whole path."""
        if end.startswith(EDGE):
            return list(self.equal_to(end.removeprefix(EDGE)))
        endings, ranks = self._endings
        return ranks[bisect_left(endings, end[::-1]) : bisect_left(endings, end[::-1] + EDGE)]

    def holding(self, text: str) -> list[int]:
        """Return the ranks of the paths that hold a text."""
        joined, beginnings = self._joined
        ranks: list[int] = []
        place = joined.find(text)
        while place >= 0:
            ranks.append(bisect_right(beginnings, place) - 1)
            place = joined.find(text, beginnings[ranks[-1] + 1])
        return ranks

    def possible(self, literals: Literals) -> Collection[int]:
        """Return the ranks of the paths that have one of the literals, the rarest, or a few more."""
        by_start = literals.starts and [self.beginning_with(start) for start in literals.starts]
        by_end = literals.ends and [self.ending_with(end) for end in literals.ends]
        known = [(sum(map(len, ranges)), ranges) for ranges in (by_start, by_end) if ranges]
        count, ranges = min(known, key=itemgetter(0), default=(len(self.paths), [range(len(self.paths))]))
        rarest, inner = min(((self._count(texts), texts) for texts in literals.inner), default=(count, None))
        if inner and rarest < count:
            ranges = [self.holding(text) for text in inner]
        return ranges[0] if len(ranges) == 1 else {rank for ranks in ranges for rank in ranks}

    def _count(self, texts: Iterable[str]) -> int:
        """Count the texts; a path that holds one more than once counts as often."""
        return sum(map(self._joined[0].count, texts))

    @cached_property
    def _endings(self) -> tuple[list[str], list[int]]:
        """The paths from end to beginning, sorted, and their ranks."""
        backwards = sorted((path[::-1], rank) for rank, path in enumerate(self.paths))
        return [path for path, _ in backwards], [rank for _, rank in backwards]

    @cached_property
    def _joined(self) -> tuple[str, list[int]]:
        """All paths as one text with an edge behind each, and where each begins."""
        return "".join(path + EDGE for path in self.paths), [0, *accumulate(len(path) + 1 for path in self.paths)]
