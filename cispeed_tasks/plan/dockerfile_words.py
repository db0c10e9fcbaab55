"""A word of a Dockerfile with its quotes, escapes and variables worked out, as the engine's own lexer does it.

The rules are those of BuildKit's `frontend/dockerfile/shell` and `parser`. Where the result cannot be known, or the engine
would refuse, an error is raised: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

NAME = re.compile(r"[0-9]+|[A-Za-z_][A-Za-z0-9_]*|")
SPACE = re.compile(r"[\t\v\f\r ]+")
"""What parts the words of COPY."""
FLAG_PIECE = re.compile(r"""[^\s"'\\]+|\\.|"[^"\\]*"|'[^'\\]*'""")
"""A piece of a flag; an escape in quotes is left to whoever is surer of it."""

Lookup = Callable[[str], str | None]
"""The value of a variable, or None where it is not set; raises Uncertain."""


class Uncertain(Exception):  # not a fault: the caller takes more files
    """What a word means cannot be known here; the message says why, in words that a user reads."""


def expand_word(text: str, lookup: Lookup, escape: str = "\\") -> str:
    """The word as the engine uses it; a variable that is not set is empty.

    Raises:
        Uncertain: it uses a variable that is not known or a form that is not understood here.
    """
    return _until(text, 0, "", lookup, escape)[0]


def key_values(text: str, escape: str = "\\") -> list[tuple[str, str | None]]:
    """The names and raw values that ENV or ARG sets; the value is None where a name stands alone."""
    e = re.escape(escape)
    word = rf"""(?:[^\s"'{e}]|{e}.|"(?:[^"{e}]|{e}.)*"|'[^']*')+"""
    if not re.fullmatch(rf"\s*(?:{word}(?:\s+|\Z))*", text):
        raise Uncertain("a quote is not closed")
    pairs = [found.partition("=") for found in re.findall(word, text)]
    return [(name, value if sign else None) for name, sign, value in pairs]


def flag_text(raw: str, escape: str = "\\") -> str:
    """The value of a flag without its quotes and escapes; raises Uncertain where a space may have been quoted.

    The engine takes each byte of a flag for a character, some of them for white space, so that only ASCII means itself;
    and frontends differ in whether another escape character is one in a flag.
    """
    pieces = FLAG_PIECE.findall(raw)
    is_plain = raw.isascii() and raw.isprintable() and (escape == "\\" or not re.search(r"[\\`]", raw))
    if "".join(pieces) != raw or not is_plain:
        raise Uncertain("a flag is quoted in an unusual way")
    return "".join(
        piece[1:] if piece[0] == "\\" else piece.strip(piece[0]) if piece[0] in "\"'" else piece for piece in pieces
    )


def _until(text: str, position: int, stop: str, lookup: Lookup, escape: str) -> tuple[str, int]:
    """The text up to a character that ends it, worked out, and the position behind that."""
    made = ""
    while position < len(text):
        char = text[position]
        if char == stop:
            return made, position + 1
        if char in "'\"$":
            piece, position = _READERS[char](text, position + 1, lookup, escape)
        elif char == escape:
            piece, position = text[position + 1 : position + 2], position + 2
        else:
            piece, position = char, position + 1
        made += piece
    if stop:
        raise Uncertain(f"there is no {stop} that ends it")
    return made, position


def _single_quoted(text: str, position: int, _lookup: Lookup, _escape: str) -> tuple[str, int]:
    end = text.find("'", position)
    if end < 0:
        raise Uncertain("a quote is not closed")
    return text[position:end], end + 1


def _double_quoted(text: str, position: int, lookup: Lookup, escape: str) -> tuple[str, int]:
    made = ""
    while position < len(text):
        char, after = text[position], text[position + 1 : position + 2]
        if char == '"':
            return made, position + 1
        if char == "$":
            piece, position = _variable(text, position + 1, lookup, escape)
        elif char == escape and after and after in f'"${escape}':
            piece, position = after, position + 2
        else:
            piece, position = char, position + 1
        made += piece
    raise Uncertain("a quote is not closed")


def _variable(text: str, position: int, lookup: Lookup, escape: str) -> tuple[str, int]:
    """What stands behind a dollar sign."""
    if text.startswith("{", position):
        return _braced(text, position + 1, lookup, escape)
    name = _name(text, position)
    position += len(name)
    if not name:
        if text[position : position + 1] in {*"@*#?-$!"}:
            raise Uncertain("it uses a special variable of a shell")
        return "$", position
    return lookup(name) or "", position


def _braced(text: str, position: int, lookup: Lookup, escape: str) -> tuple[str, int]:
    name = _name(text, position)
    position += len(name)
    if name and text.startswith("}", position):
        return lookup(name) or "", position + 1
    form = re.compile(r":?[-+?]").match(text, position)
    if not name or form is None:
        raise Uncertain("it uses a form of variable that is not understood here")
    word, position = _until(text, form.end(), "}", lookup, escape)
    return _chosen(lookup(name), form[0], word), position


def _chosen(value: str | None, form: str, word: str) -> str:
    is_set = value is not None and not (form.startswith(":") and not value)
    if form.endswith("?") and not is_set:
        raise Uncertain("a variable that must be set is not")
    if form.endswith("+"):
        return word if is_set else ""
    return value or "" if is_set else word


def _name(text: str, position: int) -> str:
    match = NAME.match(text, position)
    name = match[0] if match else ""
    if not text[position + len(name) : position + len(name) + 1].isascii():
        raise Uncertain("it uses a variable whose name is not plain")
    return name


_READERS = {"'": _single_quoted, '"': _double_quoted, "$": _variable}
