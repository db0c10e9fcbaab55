"""dorny/paths-filter's filters: names with rules, each of patterns and of the statuses of files that they are for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_, or_

from cispeed_tasks.plan.glob_search import GlobSearch
from cispeed_tasks.plan.globs.matcher import compile_glob
from cispeed_tasks.plan.path_set import PathSet


@dataclass(frozen=True, slots=True)
class Rule:
    """Patterns of which one must match a file that has one of the statuses; None stands for any status."""

    patterns: tuple[str, ...]
    statuses: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A name and its rules."""

    name: str
    rules: tuple[Rule, ...]


class FilterMatcher:
    """Files that filters are matched against; what is found out about a pattern serves every filter that has it."""

    def __init__(self, files: Sequence[tuple[str, str]]) -> None:
        """Take the files as (path, status)."""
        self._search = GlobSearch(path for path, _ in files)
        self._statuses = [status for _, status in files]

    def match(self, each: Filter, quantifier: str) -> list[str]:
        """Return the paths in a filter, in the order of the files; `quantifier` is one of `QUANTIFIERS`.

        Raises:
            ConfigError: a pattern is too complex for one of the files.
        """
        return self._search.paths(QUANTIFIERS[quantifier](self, each.rules))

    def some(self, rules: Sequence[Rule]) -> PathSet:
        """Return the files that a rule matches."""
        return reduce(or_, map(self._matching, rules), 0)

    def every(self, rules: Sequence[Rule]) -> PathSet:
        """Return the files that all rules match; with no rule, all files."""
        return reduce(and_, map(self._matching, rules), self._search.every)

    def some_with_excludes(self, rules: Sequence[Rule]) -> PathSet:
        """Return the files that a pattern includes and no negated one excludes, whatever their order."""
        included = excluded = 0
        for rule in rules:
            applicable = self._applicable(rule)
            for pattern in rule.patterns:
                matching = self._search.matching(pattern)
                if is_exclusion(pattern):
                    excluded |= applicable & ~matching
                else:
                    included |= applicable & matching
        return included & ~excluded

    @cached_property
    def _with_status(self) -> dict[str, PathSet]:
        return self._search.grouped(self._statuses)

    def _matching(self, rule: Rule) -> PathSet:
        return self._applicable(rule) & reduce(or_, map(self._search.matching, rule.patterns), 0)

    def _applicable(self, rule: Rule) -> PathSet:
        if rule.statuses is None:
            return self._search.every
        return reduce(or_, (self._with_status.get(status, 0) for status in rule.statuses), 0)


# The predicate quantifiers of paths-filter v4.0.3, by the words of its input.
QUANTIFIERS: dict[str, Callable[[FilterMatcher, Sequence[Rule]], PathSet]] = {
    "some": FilterMatcher.some,
    "every": FilterMatcher.every,
    "some-with-excludes": FilterMatcher.some_with_excludes,
}


def is_exclusion(pattern: str) -> bool:
    """Tell whether picomatch calls a pattern negated: an odd number of leading `!`, but not `!(`."""
    return "!" in pattern and compile_glob(pattern).is_negated
