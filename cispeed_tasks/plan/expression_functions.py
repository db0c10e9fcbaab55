"""The functions of GitHub's expression language: what they take, and those that need nothing but that."""

from __future__ import annotations

import re
from collections.abc import Callable

from cispeed_tasks.plan.expression_values import Value, equals, json_text, parse_json, text
from cispeed_tasks.plan.expression_words import ExpressionError

_ANY = 255  # as many as GitHub takes
ARGUMENTS: dict[str, tuple[int, int]] = {
    "contains": (2, 2),
    "startswith": (2, 2),
    "endswith": (2, 2),
    "format": (1, _ANY),
    "join": (1, 2),
    "tojson": (1, 1),
    "fromjson": (1, 1),
    "case": (3, _ANY),
    "hashfiles": (1, _ANY),
    "success": (0, _ANY),
    "failure": (0, _ANY),
    "always": (0, 0),
    "cancelled": (0, 0),
}
"""The least and the greatest number of arguments, by the name in lower case."""
_PIECE = re.compile(r"\{\{|\}\}|\{(?P<number>[0-9]+)\}|(?P<stray>[{}])")


def _contains(search: Value, item: Value) -> bool:
    if isinstance(search, list):
        return any(equals(each, item) for each in search)
    if isinstance(search, dict) or isinstance(item, list | dict):
        return False
    return text(item).lower() in text(search).lower()


def _starts_with(search: Value, beginning: Value) -> bool:
    return _are_plain(search, beginning) and text(search).upper().startswith(text(beginning).upper())


def _ends_with(search: Value, end: Value) -> bool:
    return _are_plain(search, end) and text(search).upper().endswith(text(end).upper())


def _format(pattern: Value, *values: Value) -> str:
    def piece(match: re.Match[str]) -> str:
        if match["stray"]:
            raise ExpressionError(f"format: a {match['stray']} in {text(pattern)!r} stands alone; write it twice")
        if match["number"] is None:
            return match[0][0]
        if int(match["number"]) >= len(values):
            raise ExpressionError(f"format: {text(pattern)!r} names {match[0]}, and there is no such argument")
        return text(values[int(match["number"])])

    return _PIECE.sub(piece, text(pattern))


def _join(values: Value, separator: Value = ",") -> str:
    if isinstance(values, dict):
        return ""
    if not isinstance(values, list):
        return text(values)
    return (text(separator) if _are_plain(separator) else ",").join(map(text, values))


def _from_json(written: Value) -> Value:
    if not text(written).strip():
        raise ExpressionError("fromJSON: the text is empty")
    try:
        return parse_json(text(written))
    except ValueError as error:
        raise ExpressionError(f"fromJSON: {text(written)[:200]!r} is no JSON: {error}") from None


def _case(*arguments: Value) -> Value:
    for condition, value in zip(arguments[::2], arguments[1::2], strict=False):
        if not isinstance(condition, bool):
            raise ExpressionError("case: a condition has to be true or false")
        if condition:
            return value
    return arguments[-1]


def _are_plain(*values: Value) -> bool:
    return not any(isinstance(value, list | dict) for value in values)


PLAIN_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "contains": _contains,
    "startswith": _starts_with,
    "endswith": _ends_with,
    "format": _format,
    "join": _join,
    "tojson": json_text,
    "fromjson": _from_json,
    "case": _case,
}
"""By their names in lower case."""
