"""Matches an expression by the engine that is fast for it and cannot explode."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cispeed_tasks.plan.ecmascript.automaton import Automaton
from cispeed_tasks.plan.ecmascript.backtracking import Backtracker
from cispeed_tasks.plan.ecmascript.cost import longest_text
from cispeed_tasks.plan.ecmascript.determine import determine
from cispeed_tasks.plan.ecmascript.nodes import Edge, Node, Sequence, Text, has_reference
from cispeed_tasks.plan.ecmascript.python_re import FLAGS, NotInPythonError, to_python
from cispeed_tasks.plan.globs.ordinary import for_ordinary_paths

# Tells, for an ordinary path as UTF-16 code units, whether an expression matches it: by any true value.
QuickTest = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class _Quick:
    """A test by Python's `re`, and the longest path that it ends soon for."""

    test: QuickTest
    longest: int


class Engine:
    """An expression that can be asked about paths: Python's `re` where that ends soon, else an automaton of our own."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def search(self, path: str, *, ordinary: bool) -> bool:
        """Tell whether the expression matches a path, given as UTF-16 code units; see `ordinary.py` for that word.

        Raises:
            TooLargeError: the expression has too many states.
            TooManyStepsError: it refers back to its groups and takes too long.
        """
        quick = self._quick
        if quick is None or not ordinary or len(path) > quick.longest:
            return self._bounded.search(path)
        return bool(quick.test(path))

    def quick_test(self, longest: int) -> QuickTest | None:
        """Return a test for ordinary paths up to a length, if there is one that ends soon for all of them."""
        return self._quick.test if self._quick and longest <= self._quick.longest else None

    @cached_property
    def _quick(self) -> _Quick | None:
        if has_reference(self._node):
            return None
        node = for_ordinary_paths(self._node)
        if not isinstance(node, Sequence) or node.parts[:1] != (Edge.START,):
            return None
        if len(node.parts) > 1 and isinstance(node.parts[1], Text):
            return _quick(node.parts[1].value, node.parts[2:])
        return _quick("", node.parts)

    @cached_property
    def _bounded(self) -> Automaton | Backtracker:
        return Backtracker(self._node) if has_reference(self._node) else Automaton(self._node)


@lru_cache(maxsize=2000)
def _compiled(parts: tuple[Node, ...]) -> tuple[re.Pattern[str], int] | None:
    """Compile the parts of an expression; globs that only differ in where they begin share it."""
    node = determine(Sequence(parts))
    longest = longest_text(node)
    try:
        return (re.compile(to_python(node), FLAGS), longest) if longest > 0 else None
    except NotInPythonError:
        return None


def _quick(prefix: str, parts: tuple[Node, ...]) -> _Quick | None:
    compiled = _compiled(parts)
    if compiled is None:
        return None
    match, longest = compiled[0].match, compiled[1]
    if not prefix:
        return _Quick(match, longest)
    return _Quick(lambda path: path.startswith(prefix) and match(path, len(prefix)), longest)
