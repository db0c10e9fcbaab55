"""One glob of picomatch's dialect, ready to be asked about paths."""

from __future__ import annotations

from functools import cached_property, lru_cache

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.ecmascript.backtracking import TooManyStepsError
from cispeed_tasks.plan.ecmascript.classes import InvalidRegexError
from cispeed_tasks.plan.ecmascript.nodes import Edge, Look, Node, OneOf, Repeat, Sequence
from cispeed_tasks.plan.ecmascript.program import TooLargeError
from cispeed_tasks.plan.ecmascript.reader import DEEPEST, TooDeepError, read_regex
from cispeed_tasks.plan.ecmascript.units import NOT_LINE_BREAK, to_units
from cispeed_tasks.plan.globs.engine import Engine, QuickTest
from cispeed_tasks.plan.globs.ordinary import is_ordinary
from cispeed_tasks.plan.globs.translate import translate

LONGEST_GLOB = 65_536

_REST_OF_LINE = (Repeat(OneOf(NOT_LINE_BREAK), 0, None), Edge.END)


class GlobMatcher:
    """A glob that was understood; `glob` is its text as UTF-16 code units, as in JavaScript."""

    def __init__(self, glob: str) -> None:
        self.glob = to_units(glob)
        translation = translate(self.glob)
        self.is_negated = translation.is_negated
        self.node = _read(glob, translation.source)
        self._engine = Engine(self.node) if self.node else None

    @cached_property
    def excluded(self) -> Node | None:
        """For a negated glob, what a path must not be: then every other path without a line break matches."""
        parts = self.node.parts if isinstance(self.node, Sequence) else ()
        if len(parts) != 2 + len(_REST_OF_LINE) or parts[2:] != _REST_OF_LINE or not isinstance(parts[1], Look):
            return None
        body = parts[1].body
        is_whole = isinstance(body, Sequence) and body.parts[:1] == (Edge.START,)
        return body if self.is_negated and is_whole else None

    def quick_test(self, longest: int) -> QuickTest | None:
        """Return a test for ordinary paths up to a length, given as UTF-16 code units and other than the glob's text."""
        return self._engine.quick_test(longest) if self._engine else None

    def matches(self, path: str) -> bool:
        """Tell whether a path matches: the glob's own text always does, an empty path never.

        Raises:
            ConfigError: the glob is too complex to find out.
        """
        units = to_units(path)
        return self.matches_units(units, ordinary=is_ordinary(units))

    def matches_units(self, path: str, *, ordinary: bool) -> bool:
        """Do as `matches` does for a path of which the code units are given, and whether `is_ordinary` holds for it."""
        if path == self.glob or not path:
            return bool(path)
        if self._engine is None:
            return False
        try:
            return self._engine.search(path, ordinary=ordinary)
        except TooLargeError:
            raise ConfigError(f"pattern {self.glob!r}: too large; write it as several patterns") from None
        except TooManyStepsError:
            raise ConfigError(
                f"pattern {self.glob!r}: too complex to match {path!r}; write it in a simpler way"
            ) from None


def _read(glob: str, source: str) -> Node | None:
    """Return the expression's nodes, or None where JavaScript would not accept it: then only the glob's text matches."""
    try:
        return read_regex(source)
    except InvalidRegexError:
        return None
    except TooDeepError:
        raise ConfigError(
            f"pattern {glob!r}: groups nested more than {DEEPEST} deep; write it in a simpler way"
        ) from None


@lru_cache(maxsize=2000)
def compile_glob(glob: str) -> GlobMatcher:
    """Return the matcher of a glob of picomatch 2.3.1's dialect with `dot: true`.

    Raises:
        ConfigError: the glob is empty, too long, or nothing can be done with it in bounded time.
    """
    if not glob:
        raise ConfigError("pattern '': a pattern cannot be empty; take it out")
    if len(to_units(glob)) > LONGEST_GLOB:
        raise ConfigError(
            f"pattern {glob[:40]!r}…: longer than {LONGEST_GLOB} characters; write it as several patterns"
        )
    return GlobMatcher(glob)
