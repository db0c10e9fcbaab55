"""The globs that picomatch 2.3.1 translates as a whole, by rules that differ a little from its general ones."""

from __future__ import annotations

import re

from cispeed_tasks.plan.globs.fragments import (
    DOT,
    GLOBSTAR,
    NO_DOTS,
    NO_DOTS_SEGMENT,
    NOT_SLASH,
    ONE_MORE,
    SLASH,
    STAR,
)

SYNONYMS = {"***": "*", "**/**": "**", "**/**/**": "**"}

_ANY_FOLDERS = f"(?:{NO_DOTS_SEGMENT}{GLOBSTAR}{SLASH})?"
_WHOLE = {
    "*": f"{NO_DOTS_SEGMENT}{ONE_MORE}{STAR}",
    ".*": f"{DOT}{ONE_MORE}{STAR}",
    "*.*": f"{NO_DOTS_SEGMENT}{STAR}{DOT}{ONE_MORE}{STAR}",
    "*/*": f"{NO_DOTS_SEGMENT}{STAR}{SLASH}{ONE_MORE}{NO_DOTS}{STAR}",
    "**": f"{NO_DOTS_SEGMENT}{GLOBSTAR}",
    "**/*": f"{_ANY_FOLDERS}{NO_DOTS}{ONE_MORE}{STAR}",
    "**/*.*": f"{_ANY_FOLDERS}{NO_DOTS}{STAR}{DOT}{ONE_MORE}{STAR}",
    "**/.*": f"{_ANY_FOLDERS}{DOT}{ONE_MORE}{STAR}",
}
_WITH_EXTENSION = re.compile(r"([^\n\r\u2028\u2029]*?)\.(\w+)", re.ASCII)

_NEEDS_SCAN = re.compile(r"""^[*!]|[/()\[\]{}"]""")
_SAME_CHARACTERS = re.compile(r"(?P<backslash>\\?)(?P<run>(?P<char>\W)(?P=char)*)", re.ASCII)
_BACKSLASHES = re.compile(r"\\+")


def translate_whole(glob: str) -> str | None:
    """Return the regular expression of a frequent glob such as `**/*.js`, or None when it is not one."""
    source = _whole(SYNONYMS.get(glob, glob).removeprefix("./"))
    return source and f"{source}{SLASH}?"


def _whole(glob: str) -> str | None:
    extensions = ""
    while glob not in _WHOLE:
        parts = _WITH_EXTENSION.fullmatch(glob)
        if parts is None:
            return None
        glob, extensions = parts[1], f"{DOT}{parts[2]}{extensions}"
    return _WHOLE[glob] + extensions


def translate_plain(glob: str) -> str | None:
    """Return the regular expression of a glob of one segment without groups, or None when it needs to be scanned."""
    if _NEEDS_SCAN.search(glob):
        return None
    output = _SAME_CHARACTERS.sub(_plain_run, glob)
    if _has_backslash(glob):
        output = _BACKSLASHES.sub(lambda run: "\\" if len(run[0]) % 2 else r"\\", output)
    return f"^(?:{output})$"


def _plain_run(match: re.Match[str]) -> str:
    backslash, run, char = match["backslash"], match["run"], match["char"]
    if char == "?":
        return f"{backslash}?{NOT_SLASH * (len(run) - 1)}" if backslash else NOT_SLASH * len(run)
    if char == ".":
        return DOT * len(run)
    if char == "*":
        return f"{backslash}*{STAR if len(run) > 1 else ''}" if backslash else STAR
    return match[0] if backslash or char == "\\" else f"\\{match[0]}"


def _has_backslash(glob: str) -> bool:
    return any(match["char"] == "\\" for match in _SAME_CHARACTERS.finditer(glob))
