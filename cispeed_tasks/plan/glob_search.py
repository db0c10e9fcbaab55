"""Finds the paths that a glob matches among many, at a cost that depends on how many could match more than on how many there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from cispeed_tasks.plan.ecmascript.literals import find_literals
from cispeed_tasks.plan.ecmascript.units import to_units
from cispeed_tasks.plan.globs.matcher import GlobMatcher, compile_glob
from cispeed_tasks.plan.globs.ordinary import is_ordinary
from cispeed_tasks.plan.globs.shapes import Shape, find_shape
from cispeed_tasks.plan.path_index import PathIndex
from cispeed_tasks.plan.path_set import PathSet, from_flags, from_range, from_ranks, pick

# What is remembered of globs and endings, in bytes.
_MOST_MEMORY = 64 << 20


class GlobSearch:
    """Many paths that globs are matched against: the ordinary ones by an index, the odd ones one by one.

    In its sets, the ordinary paths' ranks are those of the index; the odd paths' ranks come behind.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._given = list(paths)
        units = [to_units(path) for path in self._given]
        odd = [position for position, path in enumerate(units) if not is_ordinary(path)]
        ordinary = sorted(set(range(len(units))).difference(odd) if odd else range(len(units)), key=units.__getitem__)
        self._index = PathIndex([units[position] for position in ordinary])
        self._odd = [units[position] for position in odd]
        self._order = ordinary + odd
        self._is_in_order = self._order == list(range(len(units)))
        self._longest = max(map(len, units), default=0)
        self._ordinary = from_range(range(len(ordinary)))
        self.every = from_range(range(len(units)))
        self._found: dict[str, PathSet] = {}
        self._with_ending: dict[str, PathSet] = {}
        self._most_sets = max(16, _MOST_MEMORY // (len(units) // 8 + 1))

    def paths(self, found: PathSet) -> list[str]:
        """Return the paths of a set as they were given, and in that order."""
        if self._is_in_order:
            return pick(found, self._given)
        return [self._given[position] for position in sorted(pick(found, self._order))]

    def grouped(self, labels: Sequence[str]) -> dict[str, PathSet]:
        """Return the paths that each label has; the labels are in the order in which the paths were given."""
        ranks: dict[str, list[int]] = {}
        for rank, position in enumerate(self._order):
            ranks.setdefault(labels[position], []).append(rank)
        return {label: from_ranks(some) for label, some in ranks.items()}

    def matching(self, glob: str) -> PathSet:
        """Return the paths that a glob matches.

        Raises:
            ConfigError: the glob is invalid, or too complex for one of the paths.
        """
        found = self._found.get(glob)
        if found is None:
            found = self._matching_ordinary(glob) | from_range(self._index.equal_to(to_units(glob)))
            if self._odd:
                matcher = compile_glob(glob)
                flags = [matcher.matches_units(path, ordinary=False) for path in self._odd]
                found |= from_flags(flags) << len(self._index.paths)
            self._remember(self._found, glob, found)
        return found

    def _matching_ordinary(self, glob: str) -> PathSet:
        is_negated = glob.startswith("!")
        shape = find_shape(glob[is_negated:])
        if shape is None:
            return self._of_expression(compile_glob(glob))
        return self._ordinary & ~self._of_shape(shape) if is_negated else self._of_shape(shape)

    def _of_shape(self, shape: Shape) -> PathSet:
        found = 0 if shape.whole is None else from_range(self._index.equal_to(shape.whole))
        if shape.folder is None:
            return found
        in_folder = from_range(self._index.beginning_with(shape.folder)) if shape.folder else self._ordinary
        return found | (in_folder & self._ending_with(shape.ending) if shape.ending else in_folder)

    def _ending_with(self, ending: str) -> PathSet:
        found = self._with_ending.get(ending)
        if found is None:
            found = from_ranks(self._index.ending_with(ending))
            self._remember(self._with_ending, ending, found)
        return found

    def _of_expression(self, matcher: GlobMatcher) -> PathSet:
        if matcher.node is None:
            return 0
        if matcher.excluded is None:
            return self._matched(matcher, self._index.possible(find_literals(matcher.node)))
        # What the negated part cannot match, the glob matches.
        possible = self._index.possible(find_literals(matcher.excluded))
        return self._ordinary & ~from_ranks(possible) | self._matched(matcher, possible)

    def _matched(self, matcher: GlobMatcher, ranks: Collection[int]) -> PathSet:
        paths = self._index.paths
        test = matcher.quick_test(self._longest) or (lambda path: matcher.matches_units(path, ordinary=True))
        if isinstance(ranks, range):
            return from_flags([test(path) for path in paths[ranks.start : ranks.stop]]) << ranks.start
        return from_ranks([rank for rank in ranks if test(paths[rank])])

    def _remember(self, memory: dict[str, PathSet], key: str, found: PathSet) -> None:
        if len(memory) >= self._most_sets:
            memory.clear()
        memory[key] = found
