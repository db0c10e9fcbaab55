"""A glob becomes the ECMAScript regular expression that picomatch 2.3.1 makes of it with the option `dot: true`.

The rules, oddities included, are picomatch's (https://github.com/micromatch/picomatch, MIT), because dorny/paths-filter's
answers are its answers. A few depend on JavaScript strings, so text is taken and given as UTF-16 code units.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.globs import braces, brackets, groups, stars
from cispeed_tasks.plan.globs.fragments import SLASH, SPECIAL
from cispeed_tasks.plan.globs.scan import Scan, Token
from cispeed_tasks.plan.globs.shortcuts import SYNONYMS, translate_plain, translate_whole

_PLAIN_TEXT = re.compile(r"[^@!\[\].,$*+?^{}()|\\/]*")
_BACKSLASHES = re.compile(r"\\*")


@dataclass(frozen=True, slots=True)
class Translation:
    """A glob's regular expression, and whether the glob was negated by a leading `!`."""

    source: str
    is_negated: bool = False


def translate(glob: str) -> Translation:
    """Translate a non-empty glob, given as UTF-16 code units.

    Raises:
        ConfigError: picomatch itself would never come back from this glob.
    """
    whole = translate_whole(glob) if glob[0] in ".*" else None
    if whole:
        return Translation(f"^(?:{whole})$")
    plain = translate_plain(SYNONYMS.get(glob, glob).removeprefix("./"))
    if plain is not None:
        return Translation(f"^(?:{plain})$")
    scan = scan_glob(glob)
    source = f"^(?:{scan.output})$"
    return Translation(f"^(?!{source}).*$" if scan.is_negated else source, scan.is_negated)


def scan_glob(glob: str) -> Scan:
    """Read a glob token by token; the result's `output` is its regular expression."""
    scan = Scan(SYNONYMS.get(glob, glob).removeprefix("./"))
    while not scan.is_at_end:
        _read(scan, scan.advance())
        if scan.index >= len(scan.text):
            raise ConfigError(
                f"pattern {glob!r}: its end is never found; picomatch does not return from it either; write it in a simpler way"
            )
    _close_all(scan)
    if scan.must_rebuild:
        scan.rebuild()
    return scan


def _read(scan: Scan, char: str) -> None:
    if char == "\0":
        return
    if char == "\\":
        char = _read_escape(scan)
        if not char:
            return
    if brackets.stays_in_bracket(scan, char):
        brackets.read_in_bracket(scan, char)
    elif scan.in_quotes and char != '"':
        quoted = f"\\{char}" if char in SPECIAL else char
        scan.last.value += quoted
        scan.output += quoted
    elif char in _READERS:
        _READERS[char](scan, char)
    else:
        _read_text(scan, char)


def _read_escape(scan: Scan) -> str:
    """Read what follows a backslash; return it when a bracket is open, else nothing is left to do."""
    after = scan.peek()
    if after in {"/", ".", ";"} and after:
        return ""
    if not after:
        scan.push(Token("text", r"\\"))
        return ""
    value = "\\" + _skip_backslashes(scan) + scan.advance()
    if scan.in_bracket:
        return value
    scan.push(Token("text", value))
    return ""


def _skip_backslashes(scan: Scan) -> str:
    match = _BACKSLASHES.match(scan.text, scan.index + 1)
    count = len(match[0]) if match else 0
    if count <= 2:  # noqa: PLR2004 - picomatch's own limit
        return ""
    scan.index += count
    return "\\" if count % 2 else ""


def _read_text(scan: Scan, char: str) -> None:
    value = f"\\{char}" if char in {"$", "^"} else char
    match = _PLAIN_TEXT.match(scan.text, scan.index + 1)
    following = match[0] if match else ""
    scan.index += len(following)
    scan.push(Token("text", value + following))


def _read_quote(scan: Scan, _char: str) -> None:
    scan.in_quotes = not scan.in_quotes


def _read_pipe(scan: Scan, char: str) -> None:
    scan.push(Token("text", char))


def _read_slash(scan: Scan, char: str) -> None:
    if scan.last.kind == "dot" and scan.index == scan.start + 1:
        # A leading `./` says nothing: what follows it is the start.
        scan.start = scan.index + 1
        scan.output = ""
        scan.tokens.pop()
        scan.last = scan.bos
    else:
        scan.push(Token("slash", char, SLASH))


def _read_exclamation_mark(scan: Scan, char: str) -> None:
    if not groups.read_exclamation_mark(scan, char):
        _read_text(scan, char)


_READERS: dict[str, Callable[[Scan, str], None]] = {
    '"': _read_quote,
    "(": groups.open_paren,
    ")": groups.close_paren,
    "[": brackets.open_bracket,
    "]": brackets.close_bracket,
    "{": braces.open_brace,
    "}": braces.close_brace,
    "|": _read_pipe,
    ",": braces.read_comma,
    "/": _read_slash,
    ".": braces.read_dot,
    "?": groups.read_question_mark,
    "!": _read_exclamation_mark,
    "+": groups.read_plus,
    "@": groups.read_at,
    "*": stars.read_star,
}


def _close_all(scan: Scan) -> None:
    """Make literal what was opened and never closed, and let a last star or class tolerate a slash behind it."""
    if scan.in_bracket:
        scan.output = _escape_last(scan.output, "[")
    for opening, count in (("(", scan.parens), ("{", scan.braces)):
        for _ in range(count):
            scan.output = _escape_last(scan.output, opening)
    if scan.last.kind in {"star", "bracket"}:
        scan.push(Token("end", "", f"{SLASH}?"))


def _escape_last(source: str, opening: str) -> str:
    index = source.rfind(opening)
    while index > 0 and source[index - 1] == "\\":
        index = source.rfind(opening, 0, index)
    return source if index < 0 else f"{source[:index]}\\{source[index:]}"
