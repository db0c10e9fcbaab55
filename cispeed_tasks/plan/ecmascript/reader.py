"""The text of an ECMAScript regular expression becomes nodes, by the lenient rules that browsers and Node keep.

The grammar is ECMA-262's annex B.1.2 (regular expressions without the `u` flag).
"""

from __future__ import annotations

import re
from functools import lru_cache

from cispeed_tasks.plan.ecmascript.classes import InvalidRegexError, read_class
from cispeed_tasks.plan.ecmascript.escapes import read_escape
from cispeed_tasks.plan.ecmascript.groups import Groups, find_groups
from cispeed_tasks.plan.ecmascript.nodes import (
    BackReference,
    Capture,
    Choice,
    Edge,
    Look,
    Node,
    OneOf,
    Repeat,
    Sequence,
    Text,
)
from cispeed_tasks.plan.ecmascript.simplify import add_part
from cispeed_tasks.plan.ecmascript.units import NOT_LINE_BREAK

DEEPEST = 60

_QUANTIFIER = re.compile(r"(?:(?P<sign>[*+?])|\{(?P<least>\d+)(?P<comma>,(?P<most>\d*))?\})(?P<lazy>\??)", re.ASCII)
_SIGNS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_LOOKS = {"?=": (True, False), "?!": (True, True), "?<=": (False, False), "?<!": (False, True)}
_GROUP_KIND = re.compile(r"\?(?:[:=!]|<[=!])")
_LITERALS = re.compile(r"[^\\^$.*+?()\[{|]+")
_EDGES = {"^": Edge.START, "$": Edge.END}
_WORD_EDGES = {"b": Edge.WORD, "B": Edge.NO_WORD}
_NUMBER = re.compile(r"[1-9]\d*", re.ASCII)
_NAME_REFERENCE = re.compile(r"k<([^>]*)>")


class TooDeepError(ValueError):
    """The expression nests its groups deeper than `DEEPEST`."""


def read_regex(source: str) -> Node:
    """Return the nodes of a regular expression, given as UTF-16 code units.

    Raises:
        InvalidRegexError: JavaScript would not accept it.
        TooDeepError: it is nested too deeply to be worked with.
    """
    return _Reader(source).read()


@lru_cache(maxsize=256)
def is_valid(source: str) -> bool:
    """Tell whether JavaScript would accept the text as a regular expression."""
    try:
        read_regex(source)
    except InvalidRegexError:
        return False
    return True


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._index = 0
        self._captures = 0
        self._groups: Groups = find_groups(source)
        if self._groups.has_bad_name:
            raise InvalidRegexError("a group's name is missing, wrong or used twice")

    def read(self) -> Node:
        node = self._read_choice(0)
        if self._index < len(self._source):
            raise InvalidRegexError("unmatched ')'")
        return node

    def _read_choice(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise TooDeepError
        options = [self._read_sequence(depth)]
        while self._source.startswith("|", self._index):
            self._index += 1
            options.append(self._read_sequence(depth))
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _read_sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        while self._index < len(self._source) and self._source[self._index] not in "|)":
            self._read_term(parts, depth)
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _read_term(self, parts: list[Node], depth: int) -> None:
        if run := _LITERALS.match(self._source, self._index):
            self._read_literals(run[0], parts)
            return
        atom = self._read_atom(depth)
        may_repeat = not isinstance(atom, Edge) and not (isinstance(atom, Look) and not atom.is_ahead)
        add_part(parts, self._quantified(atom) if may_repeat else atom)

    def _read_literals(self, run: str, parts: list[Node]) -> None:
        """Read plain text; a quantifier behind it is its last unit's."""
        self._index += len(run)
        if _QUANTIFIER.match(self._source, self._index):
            if len(run) > 1:
                add_part(parts, Text(run[:-1]))
            run = run[-1]
        add_part(parts, self._quantified(Text(run)))

    def _quantified(self, atom: Node) -> Node:
        match = _QUANTIFIER.match(self._source, self._index)
        if match is None:
            return atom
        self._index = match.end()
        least, most = _bounds(match)
        if most is not None and most < least:
            raise InvalidRegexError("numbers out of order in a quantifier")
        return Repeat(atom, least, most, is_lazy=bool(match["lazy"]))

    def _read_atom(self, depth: int) -> Node:
        char = self._source[self._index]
        if char in "*+?" or (char == "{" and _QUANTIFIER.match(self._source, self._index)):
            raise InvalidRegexError("nothing to repeat")
        if char == "(":
            return self._read_group(depth)
        if char == "\\":
            return self._read_backslash()
        if char == "[":
            units, self._index = read_class(self._source, self._index)
            return OneOf(units)
        self._index += 1
        if char == ".":
            return OneOf(NOT_LINE_BREAK)
        return _EDGES.get(char) or Text(char)

    def _read_group(self, depth: int) -> Node:
        self._index += 1
        kind = _GROUP_KIND.match(self._source, self._index)
        number = 0
        if kind:
            self._index = kind.end()
        else:
            number = self._begin_capture()
        body = self._read_choice(depth + 1)
        if not self._source.startswith(")", self._index):
            raise InvalidRegexError("unterminated group")
        self._index += 1
        if number:
            return Capture(body, number)
        look = _LOOKS.get(kind[0]) if kind else None
        # A group may be repeated even where what it holds may not, so it stays one here.
        return Look(body, *look) if look else Sequence((body,))

    def _begin_capture(self) -> int:
        if self._source.startswith("?", self._index):
            name = self._groups.name_ends.get(self._index)
            if name is None:
                raise InvalidRegexError("invalid group")
            self._index = name
        self._captures += 1
        return self._captures

    def _read_backslash(self) -> Node:
        self._index += 1
        char = self._source[self._index : self._index + 1]
        if not char:
            raise InvalidRegexError("a backslash at the end")
        if char in _WORD_EDGES:
            self._index += 1
            return _WORD_EDGES[char]
        reference = self._read_reference(char)
        if reference:
            return BackReference(reference)
        value, self._index = read_escape(self._source, self._index, in_class=False)
        return Text(value) if isinstance(value, str) else OneOf(value)

    def _read_reference(self, char: str) -> int:
        if char == "k" and self._groups.names:
            name = _NAME_REFERENCE.match(self._source, self._index)
            if name is None or name[1] not in self._groups.names:
                raise InvalidRegexError("a reference to no group")
            self._index = name.end()
            return self._groups.names[name[1]]
        number = _NUMBER.match(self._source, self._index)
        if number is None or len(number[0]) > 6 or int(number[0]) > self._groups.count:  # noqa: PLR2004 - enough digits
            return 0
        self._index = number.end()
        return int(number[0])


def _bounds(match: re.Match[str]) -> tuple[int, int | None]:
    if match["sign"]:
        return _SIGNS[match["sign"]]
    least = int(match["least"])
    if match["comma"] is None:
        return least, least
    return least, int(match["most"]) if match["most"] else None
