"""Finds the paths that a glob matches among many, at a cost that depends on how many could match, not on how many there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cispeed_tasks.plan.ecmascript.literals import find_literals
from cispeed_tasks.plan.ecmascript.units import LINE_BREAKS, to_units
from cispeed_tasks.plan.globs.matcher import GlobMatcher, compile_glob
from cispeed_tasks.plan.globs.ordinary import is_ordinary
from cispeed_tasks.plan.globs.shapes import Shape, find_shape
from cispeed_tasks.plan.path_index import PathIndex
from cispeed_tasks.plan.path_set import PathSet, from_range, from_ranks

# What is remembered of globs and endings, in bytes.
_MOST_MEMORY = 64 << 20


class GlobSearch:
    """Many paths that globs are matched against."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._index = PathIndex(paths)
        everything = self._index.paths
        self.every = from_range(range(len(everything)))
        self._odd = [rank for rank, path in enumerate(everything) if not is_ordinary(path)]
        self._are_odd = frozenset(self._odd)
        self._longest = max(map(len, everything), default=0)
        self._one_line = self.every & ~from_ranks([rank for rank in self._odd if not _is_one_line(everything[rank])])
        self._found: dict[str, PathSet] = {}
        self._with_ending: dict[str, PathSet] = {}
        self._most_sets = max(16, _MOST_MEMORY // (len(everything) // 8 + 1))

    def paths(self, found: PathSet) -> list[str]:
        """Return the paths of a set in the order in which all paths were given."""
        return self._index.given(found)

    def grouped(self, labels: Sequence[str]) -> dict[str, PathSet]:
        """Return the paths that each label has; the labels are in the order in which the paths were given."""
        return {label: from_ranks(ranks) for label, ranks in self._index.grouped(labels).items()}

    def matching(self, glob: str) -> PathSet:
        """Return the paths that a glob matches.

        Raises:
            ConfigError: the glob is invalid, or too complex for one of the paths.
        """
        found = self._found.get(glob)
        if found is None:
            found = self._search(glob) | from_range(self._index.equal_to(to_units(glob)))
            self._remember(self._found, glob, found)
        return found

    def _search(self, glob: str) -> PathSet:
        is_negated = glob.startswith("!")
        shape = find_shape(glob[is_negated:])
        if shape is None:
            return self._search_in_general(compile_glob(glob))
        found = self._of_shape(shape)
        if is_negated:
            found = self.every & ~found
        if self._odd:
            found &= ~from_ranks(self._odd)
            found |= self._matched(compile_glob(glob), self._odd)
        return found

    def _of_shape(self, shape: Shape) -> PathSet:
        found = 0 if shape.whole is None else from_range(self._index.equal_to(shape.whole))
        if shape.folder is None:
            return found
        in_folder = from_range(self._index.beginning_with(shape.folder)) if shape.folder else self.every
        return found | (in_folder & self._ending_with(shape.ending) if shape.ending else in_folder)

    def _ending_with(self, ending: str) -> PathSet:
        found = self._with_ending.get(ending)
        if found is None:
            found = from_ranks(self._index.ending_with(ending))
            self._remember(self._with_ending, ending, found)
        return found

    def _search_in_general(self, matcher: GlobMatcher) -> PathSet:
        if matcher.node is None:
            return 0
        possible = self._index.possible(find_literals(matcher.excluded or matcher.node))
        matched = self._matched(matcher, possible)
        return matched if matcher.excluded is None else self._one_line & ~from_ranks(possible) | matched

    def _matched(self, matcher: GlobMatcher, ranks: Iterable[int]) -> PathSet:
        paths, odd = self._index.paths, self._are_odd
        test = None if odd else matcher.quick_test(self._longest)
        if test:
            return from_ranks([rank for rank in ranks if test(paths[rank])])
        return from_ranks([rank for rank in ranks if matcher.matches_units(paths[rank], ordinary=rank not in odd)])

    def _remember(self, memory: dict[str, PathSet], key: str, found: PathSet) -> None:
        if len(memory) >= self._most_sets:
            memory.clear()
        memory[key] = found


def _is_one_line(path: str) -> bool:
    return bool(path) and not any(unit in LINE_BREAKS for unit in path)
