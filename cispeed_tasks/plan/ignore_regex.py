"""One pattern of a .dockerignore as something that Python can match, with the quirks of the engine's translation.

The engine makes a Go regular expression of it (github.com/moby/patternmatcher, `compile`); this makes the same one and
reads it as Go does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""What Go trims; Python trims more."""
UNSURE = re.compile("[\ud800-\udfff\ufeff\0]")
MOST_STARS = 8
"""With more of them a backtracking search may not end in this world; the engine's does not backtrack."""


@dataclass(frozen=True)
class Form:
    """How a pattern is matched: one or two of these are set."""

    equal: str | None = None
    start: str | None = None
    end: str | None = None
    regex: str | None = None


def read_form(pattern: str) -> Form | None:
    """How a cleaned pattern is matched, or None where Go's reading of it is not known here."""
    if re.search(r"(?<!\\)(\\\\)*\\\Z", pattern):
        return None
    kind, go = _go_regex(pattern)
    if kind == "exact":
        return Form(equal=pattern)
    if kind == "prefix":
        return Form(start=pattern[:-2])
    if kind == "suffix":
        end = pattern[2:]
        return Form(end=end, equal=end[1:] if end.startswith("/") else None)
    if UNSURE.search(pattern) or len(re.findall(r"\*+", pattern)) > MOST_STARS:
        return None
    python = _python_regex(go)
    return None if python is None else Form(regex=python)


def component_regex(component: str) -> str:
    """The regular expression of one name of a pattern that has no `**`, class, escape or `^` in it."""
    return "".join({"*": "[^/]*", "?": "[^/]"}.get(c) or re.escape(c) for c in component)


def _go_regex(pattern: str) -> tuple[str, str]:
    kind, made, position = "exact", "", 0
    while position < len(pattern):
        begins = position == 0
        piece, position, changed = _piece(pattern, position)
        at_end = position == len(pattern)
        if changed == "stars":
            changed = "prefix" if at_end and kind == "exact" else "regex"
            piece = ".*" if at_end else "(.*/)?"
            changed = "suffix" if begins else changed
        made += piece
        kind = changed or kind
    return kind, made


def _piece(pattern: str, position: int) -> tuple[str, int, str]:
    """The next piece of the Go expression, where the pattern goes on, and the kind of match that it asks for."""
    char, after = pattern[position], pattern[position + 1 : position + 2]
    if char == "*" and after == "*":
        return "", position + (3 if pattern.startswith("/", position + 2) else 2), "stars"
    if char in "*?":
        return "[^/]*" if char == "*" else "[^/]", position + 1, "regex"
    if char == "\\" and after:
        return char + after, position + 2, "regex"
    if char in "[]":
        return char, position + 1, "regex"
    return ("\\" + char if char in "\\.+()|{}$" else char), position + 1, ""


def _python_regex(go: str) -> str | None:
    made, position = "", 0
    while position < len(go):
        char = go[position]
        if char == "[":
            read = _character_class(go, position + 1)
            if read is None:
                return None
            piece, position = read
        elif char == "\\":
            if _is_odd_escape(go[position + 1 : position + 2]):
                return None
            piece, position = re.escape(go[position + 1]), position + 2
        else:
            # What the engine's translation put there is an operator; `^` it leaves as it is.
            piece, position = char if char in ".*?()^" else re.escape(char), position + 1
        made += piece
    return made


def _is_odd_escape(char: str) -> bool:
    """Whether a backslash and this character might be more in Go than the character itself."""
    return not char.isascii() or char.isalnum() or not char


def _character_class(go: str, position: int) -> tuple[str, int] | None:
    negated = go.startswith("^", position)
    position += negated
    items: list[str] = []
    while position < len(go) and (go[position] != "]" or not items):
        low = _class_character(go, position)
        high = low
        if low and go.startswith("-", low[1]) and not go.startswith("]", low[1] + 1):
            high = _class_character(go, low[1] + 1)
        if low is None or high is None or high[0] < low[0]:
            return None
        items.append(f"{re.escape(low[0])}-{re.escape(high[0])}")
        position = high[1]
    return (f"[{'^' * negated}{''.join(items)}]", position + 1) if position < len(go) else None


def _class_character(go: str, position: int) -> tuple[str, int] | None:
    """A character of a class and the position behind it; None for the end, a named class, or an odd escape."""
    if position >= len(go) or go.startswith("[:", position):
        return None
    if go[position] != "\\":
        return go[position], position + 1
    char = go[position + 1 : position + 2]
    return None if _is_odd_escape(char) else (char, position + 2)
