"""What a backslash means in an ECMAScript regular expression without flags (ECMA-262, annex B.1.2)."""

from __future__ import annotations

import re

from cispeed_tasks.plan.ecmascript.units import DIGITS, SPACE, WORD, UnitSet

_CLASSES = {
    "d": DIGITS,
    "D": DIGITS.inverted(),
    "s": SPACE,
    "S": SPACE.inverted(),
    "w": WORD,
    "W": WORD.inverted(),
}
_CONTROLS = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}
_HEX = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})")
_OCTAL = re.compile(r"[0-3][0-7]{0,2}|[4-7][0-7]?")
_CONTROL_LETTER = re.compile(r"c([a-zA-Z])")
_CONTROL_IN_CLASS = re.compile(r"c([a-zA-Z0-9_])")


def read_escape(source: str, index: int, *, in_class: bool) -> tuple[str | UnitSet, int]:
    r"""Read the escape whose backslash is before `index`; return its unit or set, and the index behind it.

    References to groups and `\b` outside a class are not for this function. Whatever means nothing stands for itself.
    """
    char = source[index]
    if char in _CLASSES:
        return _CLASSES[char], index + 1
    if char in _CONTROLS:
        return _CONTROLS[char], index + 1
    if char == "b" and in_class:
        return "\b", index + 1
    if char == "c":
        return _read_control(source, index, in_class=in_class)
    if octal := _OCTAL.match(source, index):
        return chr(int(octal[0], 8)), octal.end()
    if code := _HEX.match(source, index):
        return chr(int(code[1] or code[2], 16)), code.end()
    return char, index + 1


def _read_control(source: str, index: int, *, in_class: bool) -> tuple[str, int]:
    letter = (_CONTROL_IN_CLASS if in_class else _CONTROL_LETTER).match(source, index)
    if letter is None:
        return "\\", index
    return chr(ord(letter[1]) & 0x1F), letter.end()
