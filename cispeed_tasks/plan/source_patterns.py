"""What COPY and ignore files name, as patterns of paths-filter's dialect; each matches at least what it stands for.

The dialect's `**` stands for directories as well as for what is in them, and its `*` and `?` take a leading dot, as
those of COPY do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cispeed_tasks.plan.changed_paths import on_one_line
from cispeed_tasks.plan.context_tree import GLOB, glob_regex
from cispeed_tasks.plan.ignore_patterns import IgnoreFile, Pattern

EVERYTHING = "**"

_SPECIAL = re.compile(r"""([*?\[\]{}()!+@|^$"'])|[\\\ud800-\udfff]""")
"""The signs of patterns; and what does not stand for itself, however it is written: backslashes and lone surrogates."""
_CHARACTER = "{?,??}"
"""Any character, which is two for paths-filter where it lies beyond U+FFFF."""
_PLAIN_CLASS = re.compile(r"\[[A-Za-z0-9_]+\]")
_BEYOND_A_NAME = re.compile(r"\*\*|[\[\\^]|\A\.{0,2}\Z")
"""What makes a name in an ignore file more than itself, `*` and `?`, or no name."""


def escaped(path: str) -> str:
    """Return the pattern that matches a path, once that is on one line, and at most a few more."""
    return _SPECIAL.sub(lambda match: f"\\{match[1]}" if match[1] else "?", on_one_line(path))


def below(path: str) -> str:
    """Return the pattern of a path and of all that is below it; no path is everything."""
    return f"{escaped(path)}/{EVERYTHING}" if path else EVERYTHING


def wild_patterns(base: str, wild: str) -> set[str]:
    """Return the patterns of what wildcards of COPY take below a path.

    Args:
        base: the path in front of the first name with a wildcard, or nothing.
        wild: the source from that name on, such as `*/a[0-9].txt`.
    """
    found = _join(escaped(base), "")
    for match in GLOB.finditer(wild):
        piece = match[0]
        if len(piece) > 1 and re.fullmatch(glob_regex(piece), "/"):
            # It may stand for the end of a name and the beginning of the next.
            return {found[: found.rfind("/") + 1] + EVERYTHING}
        found += _piece(piece)
    return {found, _join(found, EVERYTHING)}


def sent_patterns(ignore: IgnoreFile) -> set[str]:
    """Return patterns of all that an ignore file lets through: everything, unless it begins with what leaves all out."""
    exceptions = _exceptions_from_all(ignore.patterns)
    return {found for each in exceptions for found in _exception_patterns(each)} if exceptions else {EVERYTHING}


def _exceptions_from_all(patterns: Sequence[Pattern]) -> Sequence[Pattern]:
    """The exceptions behind the last pattern that leaves everything out; none where there is no such."""
    for position in range(len(patterns) - 1, -1, -1):
        pattern, before = patterns[position], patterns[:position]
        # Of a directory that an exception brought back, the engine tries `*` only on what is in it, where it never matches.
        known = {"*", "**", "**/*"} if not any(each.exception for each in before) else {"**", "**/*"}
        if not pattern.exception and pattern.text in known:
            return [each for each in patterns[position:] if each.exception]
    return []


def _exception_patterns(pattern: Pattern) -> Iterator[str]:
    found = ""
    for name in pattern.text.split("/") if pattern.form else [""]:
        if name != EVERYTHING and _BEYOND_A_NAME.search(name):
            break
        found = _join(found, name if name == EVERYTHING else "".join(map(_piece, name)))
    else:
        yield found
    yield _join(found, EVERYTHING)


def _piece(text: str) -> str:
    if text[0] in "*/":
        return text[0]
    if text[0] in "?[":
        return text if _PLAIN_CLASS.fullmatch(text) else _CHARACTER
    return escaped(text[1:] if len(text) > 1 else text)


def _join(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name
