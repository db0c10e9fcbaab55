"""Matches one glob against paths, by the engine that is fast for it and cannot explode."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.ecmascript.automaton import Automaton
from cispeed_tasks.plan.ecmascript.backtracking import Backtracker, TooManyStepsError
from cispeed_tasks.plan.ecmascript.classes import InvalidRegexError
from cispeed_tasks.plan.ecmascript.cost import longest_text
from cispeed_tasks.plan.ecmascript.nodes import Edge, Node, Sequence, has_reference
from cispeed_tasks.plan.ecmascript.program import TooLargeError
from cispeed_tasks.plan.ecmascript.python_re import FLAGS, NotInPythonError, to_python
from cispeed_tasks.plan.ecmascript.reader import DEEPEST, TooDeepError, read_regex
from cispeed_tasks.plan.ecmascript.units import to_units
from cispeed_tasks.plan.globs.ordinary import for_ordinary_paths, is_ordinary
from cispeed_tasks.plan.globs.translate import translate

LONGEST_GLOB = 65_536


class GlobMatcher:
    """A glob that was understood and can be asked about paths."""

    def __init__(self, glob: str) -> None:
        self.glob = to_units(glob)
        translation = translate(self.glob)
        self.is_negated = translation.is_negated
        self.node = _read(glob, translation.source)

    def matches(self, path: str) -> bool:
        """Tell whether a path matches; see `matches_units`."""
        return self.matches_units(to_units(path))

    def matches_units(self, path: str) -> bool:
        """Tell whether a path, given as UTF-16 code units, matches: the glob's own text always does, an empty path never.

        Raises:
            ConfigError: the glob is too complex to find out.
        """
        if path == self.glob or not path:
            return bool(path)
        if self.node is None:
            return False
        if len(path) <= self._longest and is_ordinary(path):
            return self._regex.match(path) is not None
        return self._search(path)

    @cached_property
    def _ordinary(self) -> Node:
        return for_ordinary_paths(self.node or Sequence(()))

    @cached_property
    def _longest(self) -> int:
        """The longest path for Python's `re`: beyond it, its backtracking could take too long."""
        node = self._ordinary
        if not isinstance(node, Sequence) or node.parts[:1] != (Edge.START,):
            return -1
        try:
            to_python(node)
        except NotInPythonError:
            return -1
        return longest_text(node)

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        return re.compile(to_python(self._ordinary), FLAGS)

    def _search(self, path: str) -> bool:
        try:
            return self._engine.search(path)
        except TooManyStepsError:
            raise ConfigError(f"pattern {self.glob!r}: too complex to match {path!r}; write it in a simpler way") from None

    @cached_property
    def _engine(self) -> Automaton | Backtracker:
        node = self.node or Sequence(())
        if has_reference(node):
            return Backtracker(node)
        try:
            return Automaton(node)
        except TooLargeError:
            raise ConfigError(f"pattern {self.glob!r}: too large; write it as several patterns") from None


def _read(glob: str, source: str) -> Node | None:
    """Return the expression's nodes, or None where JavaScript would not accept it: then only the glob's text matches."""
    try:
        return read_regex(source)
    except InvalidRegexError:
        return None
    except TooDeepError:
        raise ConfigError(f"pattern {glob!r}: groups nested more than {DEEPEST} deep; write it in a simpler way") from None


@lru_cache(maxsize=10_000)
def compile_glob(glob: str) -> GlobMatcher:
    """Return the matcher of a glob of picomatch 2.3.1's dialect with `dot: true`.

    Raises:
        ConfigError: the glob is empty, too long, or nothing can be done with it in bounded time.
    """
    if not glob:
        raise ConfigError("pattern '': a pattern cannot be empty")
    if len(to_units(glob)) > LONGEST_GLOB:
        raise ConfigError(f"pattern {glob[:40]!r}…: longer than {LONGEST_GLOB} characters")
    return GlobMatcher(glob)
