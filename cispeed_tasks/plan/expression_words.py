"""The words of an expression in GitHub's expression language: literals, names and operators, with their places."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from cispeed_tasks.plan.expression_values import Value, parse_number

_BOUNDARY = r"\s()\[\],.!<>=&|"
_STRING = re.compile(r"'(?:[^']|'')*'")
_SIGN = re.compile(r"==|!=|<=|>=|&&|\|\||[()\[\],.*!<>]")
_NUMBER = re.compile(rf"[-+0-9.][^{_BOUNDARY}]*(?:\.[^{_BOUNDARY}]*)*")
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_-]*")
_OTHER = re.compile(rf"[^{_BOUNDARY}]+|.", re.DOTALL)
_CONSTANTS: dict[str, Value] = {"true": True, "false": False, "null": None, "NaN": math.nan, "Infinity": math.inf}
# Behind these a point takes a property; anywhere else it begins a number.
_BEFORE_POINT = ("name", "]", ")", "*")


class ExpressionError(ValueError):
    """An expression is wrong, or cannot be evaluated."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset
        """Where in the text of the expression, in characters from its beginning."""


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of an expression."""

    kind: Literal["value", "name", "sign", "end"]
    text: str
    offset: int
    value: Value = None


def words(expression: str) -> list[Word]:
    """Return the words of an expression and, last, its end.

    Raises:
        ExpressionError: something in it is no word.
    """
    found: list[Word] = []
    offset = 0
    while offset < len(expression):
        if expression[offset].isspace():
            offset += 1
            continue
        word = _word(expression, offset, found[-1] if found else None)
        found.append(word)
        offset += len(word.text)
    return [*found, Word("end", "", len(expression))]


def _word(expression: str, offset: int, before: Word | None) -> Word:
    first = expression[offset]
    takes_property = before is not None and (before.kind == "name" or before.text in _BEFORE_POINT)
    if first == "'":
        return _string(expression, offset)
    if first in "+-0123456789" or (first == "." and not takes_property):
        return _number(expression, offset)
    if sign := _SIGN.match(expression, offset):
        return Word("sign", sign[0], offset)
    name = _NAME.match(expression, offset)
    other = _matched(_OTHER, expression, offset)
    if name is None or (len(other) > len(name[0])):
        raise ExpressionError(f"{other!r} means nothing here{_advice(first)}", offset)
    is_property = before is not None and before.text == "."
    if name[0] in _CONSTANTS and not is_property:
        return Word("value", name[0], offset, _CONSTANTS[name[0]])
    return Word("name", name[0], offset)


def _string(expression: str, offset: int) -> Word:
    written = _STRING.match(expression, offset)
    if written is None:
        raise ExpressionError("this text has no end; a ' in it is written twice", offset)
    return Word("value", written[0], offset, written[0][1:-1].replace("''", "'"))


def _number(expression: str, offset: int) -> Word:
    written = _matched(_NUMBER, expression, offset)
    value = parse_number(written)
    if math.isnan(value):
        raise ExpressionError(f"{written!r} is no number", offset)
    return Word("value", written, offset, value)


def _matched(pattern: re.Pattern[str], expression: str, offset: int) -> str:
    match = pattern.match(expression, offset)
    return match[0] if match else expression[offset]


def _advice(first: str) -> str:
    if first == '"':
        return "; text stands between single quotes"
    return f"; did you mean {first * 2}?" if first in "=&|" else ""
