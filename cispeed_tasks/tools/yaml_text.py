"""The characters of YAML 1.2 as js-yaml 4.1.0 reads them, and places in a text."""

from __future__ import annotations

import re

from cispeed_tasks.tools.yaml_data import Position

END = " \t\r\n\0"
FLOW_END = END + ",[]{}"
CANNOT_BEGIN = FLOW_END + "#&*!|>'\"%@`"
WORD = re.compile(r"(?:[^ \t\r\n\0:]|:(?![ \t\r\n\0]))+")
FLOW_WORD = re.compile(r"(?:[^ \t\r\n\0,\[\]{}:]|:(?![ \t\r\n\0,\[\]{}]))+")
LINE_BREAK = re.compile(r"\r\n|\r|\n")
SEPARATOR = re.compile(r"(?:---|\.\.\.)[ \t\r\n\0]")
# These may match nothing.
BLANKS = re.compile(r"(?P<spaces> *)[ \t]*")
GAP = re.compile(r"[ \t]*(?:(?:\r\n|\r|\n)(?P<indent> *)[ \t]*)*")
COMMENT = re.compile(r"(?:#[^\r\n\0]*)?")
NAME = re.compile(r"[^ \t\r\n\0,\[\]{}]*")

_SURROGATES = re.compile(r"[\ud800-\udfff]")

# To YAML 1.2 they are letters like any other, to PyYAML line breaks.
_ODD_BREAKS = "\x85\u2028\u2029"
_PRIVATE_USE = range(0xE000, 0xF900)


def match_at(pattern: re.Pattern[str], text: str, index: int) -> re.Match[str]:
    """Match a pattern that may match nothing."""
    match = pattern.match(text, index)
    if match is None:
        raise ValueError(f"{pattern.pattern} should match nothing, too")
    return match


def position_at(text: str, index: int) -> Position:
    """Return the place of a character."""
    before = text[:index]
    return Position(before.count("\n"), index - before.rfind("\n") - 1)


def odd_break_substitutes(text: str) -> dict[int, str]:
    """Return a character that the text does not hold for each odd line break that it holds."""
    found = [char for char in _ODD_BREAKS if char in text]
    unused = (chr(code) for code in _PRIVATE_USE if chr(code) not in text)
    return {ord(char): next(unused) for char in found}


def inverted(substitutes: dict[int, str]) -> dict[int, str]:
    """Return the way back from the substitutes."""
    return {ord(new): chr(old) for old, new in substitutes.items()}


def joined_surrogates(text: str) -> str:
    """Return the text with each pair of surrogates, as JSON escapes write them, as the one character they stand for."""
    if not _SURROGATES.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
