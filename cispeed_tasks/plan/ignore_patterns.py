"""What a .dockerignore file leaves out of a build context, as the engine's own walk of it decides.

The rules are those of github.com/moby/patternmatcher and of fsutil's walk, which the command-line client runs. They are
not those of .gitignore. A pattern whose meaning is not certain here leaves nothing out, or brings everything back.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby, takewhile
from operator import attrgetter

from cispeed_tasks.plan.ignore_regex import WHITE_SPACE, Form, component_regex, read_form

WIDE = re.compile(r"\*\*|[\[\\^\ufeff]")
"""What may match across a slash, or makes more of the pattern than its text."""


@dataclass(frozen=True)
class Pattern:
    """One cleaned pattern; an exception (`!`) takes back what patterns above it left out."""

    text: str
    exception: bool

    @cached_property
    def form(self) -> Form | None:
        """How it is matched, or None where that is not certain."""
        return read_form(self.text)

    @cached_property
    def _first_components(self) -> tuple[tuple[re.Pattern[str], ...], bool]:
        """The components in front that match one name each, and whether something follows that may match more."""
        components = self.text.split("/")
        plain = tuple(takewhile(lambda component: not WIDE.search(component), components))
        return tuple(re.compile(component_regex(component)) for component in plain), len(plain) < len(components)

    def may_match_below(self, directory: str) -> bool:
        """Whether it might match something below a directory by itself, not through a directory above."""
        if self.form is None:
            return True
        names = directory.split("/")
        plain, open_ended = self._first_components
        deep_enough = open_ended or len(names) < len(plain)
        return deep_enough and all(regex.fullmatch(name) for regex, name in zip(plain, names, strict=False))


@dataclass(frozen=True)
class Run:
    """Neighbouring patterns of one sign: within a run, which of them matches makes no difference."""

    exception: bool
    equal: frozenset[str]
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    regex: re.Pattern[str] | None
    everything: bool
    """One of its patterns is an exception that is not understood."""

    def matches(self, path: str) -> bool:
        """Whether one of its patterns matches this very path."""
        return (
            path in self.equal
            or path.startswith(self.starts)
            or path.endswith(self.ends)
            or (self.regex is not None and self.regex.match(path) is not None)
            or self.everything
        )


@dataclass(frozen=True)
class IgnoreFile:
    """The patterns of an ignore file, in its order; the last one that matches decides."""

    patterns: tuple[Pattern, ...] = ()
    _hits: dict[str, tuple[bool, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """For each directory that was asked for, which runs match it or one above it."""

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The patterns, put together for matching."""
        return tuple(
            _run(exception, list(group)) for exception, group in groupby(self.patterns, attrgetter("exception"))
        )

    def excludes(self, path: str) -> bool:
        """Whether a path (relative to the context, with slashes) is left out; a directory may still hold what is not."""
        return bool(self.patterns) and self._decide(path)[0]

    def may_keep_below(self, directory: str) -> bool:
        """Whether an exception might bring back something below a directory that is left out."""
        return any(pattern.exception and pattern.may_match_below(directory) for pattern in self.patterns)

    def _decide(self, path: str) -> tuple[bool, list[bool]]:
        excluded = False
        hits = []
        for run, above in zip(self.runs, self._directory_hits(path.rpartition("/")[0]), strict=True):
            # As in the engine, a pattern that could change nothing is not tried, and so not remembered for what is below.
            hit = above or (excluded is run.exception and run.matches(path))
            if hit:
                excluded = not run.exception
            hits.append(hit)
        return excluded, hits

    def _directory_hits(self, path: str) -> tuple[bool, ...]:
        if path not in self._hits:
            self._hits[path] = tuple(self._decide(path)[1]) if path else (False,) * len(self.runs)
        return self._hits[path]


def read_ignore_file(text: str) -> IgnoreFile:
    """Read the text of an ignore file; bytes that are not UTF-8 are expected as lone surrogates."""
    patterns = []
    for line in text.removeprefix("\ufeff").split("\n"):
        pattern = "" if line.startswith("#") else line.strip(WHITE_SPACE)
        sign = "!" if pattern.startswith("!") else ""
        pattern = pattern.removeprefix("!").strip(WHITE_SPACE)
        if pattern:
            patterns.append(sign + (_clean(pattern).removeprefix("/") or "/"))
    return ignore_patterns(patterns)


def ignore_patterns(patterns: Iterable[str]) -> IgnoreFile:
    """Patterns that stand for themselves, as those of `--exclude`: no comments, and a slash in front is part of them."""
    found = []
    for pattern in patterns:
        cleaned = _clean(pattern.strip(WHITE_SPACE)) if pattern.strip(WHITE_SPACE) else ""
        # With a lone `!` or `!/` the engine refuses to build.
        if cleaned not in {"", "!"}:
            found.append(Pattern(cleaned.removeprefix("!"), cleaned.startswith("!")))
    return IgnoreFile(tuple(found))


def _clean(path: str) -> str:
    cleaned = posixpath.normpath(path)
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def _run(exception: bool, patterns: list[Pattern]) -> Run:
    forms = [pattern.form for pattern in patterns]
    known = [form for form in forms if form is not None]
    regexes = [form.regex for form in known if form.regex is not None]
    return Run(
        exception,
        frozenset(form.equal for form in known if form.equal is not None),
        tuple(form.start for form in known if form.start is not None),
        tuple(form.end for form in known if form.end is not None),
        re.compile("(?:" + "|".join(regexes) + r")\Z") if regexes else None,
        exception and None in forms,
    )
