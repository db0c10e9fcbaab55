"""The glob dialect of dorny/paths-filter as patterns of pathspec."""

from __future__ import annotations

from collections.abc import Iterable

from pathspec import PathSpec
from pathspec.pattern import Pattern

from cispeed_tasks.plan.globs.matcher import compile_glob


class GlobPattern(Pattern):
    """A glob of picomatch 2.3.1 with `dot: true`, for a `PathSpec`.

    As in picomatch, a glob that begins with `!` is a pattern for everything else: it includes, and takes nothing away
    from what other patterns include.
    """

    __slots__ = ("_matcher", "pattern")

    def __init__(self, pattern: str) -> None:
        """Read a glob.

        Raises:
            ConfigError: the glob is empty, too long, or too complex.
        """
        super().__init__(include=True)
        self.pattern = pattern
        self._matcher = compile_glob(pattern)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.pattern!r})"

    def __eq__(self, other: object) -> bool:
        return self.pattern == other.pattern if isinstance(other, GlobPattern) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.pattern)

    def match_file(self, file: str) -> str | None:
        """Return the path if the glob matches it, else None; the path is relative, with `/` between its segments."""
        return file if self._matcher.matches(file) else None


def glob_spec(globs: Iterable[str]) -> PathSpec[GlobPattern]:
    """Return a `PathSpec` that matches what any of the globs matches; its `check_file` tells which of them it was.

    Raises:
        ConfigError: a glob is empty, too long, or too complex.
    """
    # The other backends take regular expressions only.
    return PathSpec(map(GlobPattern, globs), backend="simple")
