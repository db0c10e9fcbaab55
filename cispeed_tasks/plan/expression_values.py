"""Values of GitHub's expression language: how they are compared and converted (docs.github.com, 'Expressions')."""

from __future__ import annotations

import json
import math
import re
from typing import Any

# None, a bool, a number, a text, a list or a mapping with texts as keys.
Value = Any

_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WHOLE = re.compile(r"(?P<base>0x|0o)(?P<digits>[0-9a-fA-F]+)")
_INFINITE = {"Infinity": math.inf, "-Infinity": -math.inf}
_BASES = {"0x": 16, "0o": 8}


class Filtered(list[Value]):
    """What `.*` gives: a property of it is that property of each."""


class CaseSensitive(dict[str, Value]):
    """A mapping in which `a` and `A` are two keys; in all others they are one."""


def is_true(value: Value) -> bool:
    """Tell whether a value counts as true: all but null, false, 0, NaN and an empty text."""
    if isinstance(value, float) and math.isnan(value):
        return False
    return isinstance(value, list | dict) or bool(value)


def text(value: Value) -> str:
    """Return a value as it is written into a text."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number_text(value)
    return "Array" if isinstance(value, list) else "Object"


def number(value: Value) -> float:
    """Return a value as a number, or NaN where it is none."""
    if isinstance(value, str):
        return parse_number(value)
    if value is None:
        return 0.0
    return float(value) if isinstance(value, bool | int | float) else math.nan


def parse_number(written: str) -> float:
    """Return the number that a text is, or NaN; blanks alone are 0."""
    written = written.strip()
    if not written:
        return 0.0
    if _DECIMAL.fullmatch(written):
        return float(written)
    if whole := _WHOLE.fullmatch(written):
        try:
            return float(int(whole["digits"], _BASES[whole["base"]]))
        except ValueError:
            return math.nan
    return _INFINITE.get(written, math.nan)


def equals(left: Value, right: Value) -> bool:
    """Compare two values loosely: values of two kinds as numbers, texts without regard to case, collections by identity."""
    left, right = _alike(left, right)
    if _kind(left) != _kind(right):
        return False
    if isinstance(left, list | dict):
        return left is right
    return bool(_folded(left) == _folded(right))


def is_greater(left: Value, right: Value) -> bool:
    """Tell whether the left value is the greater one, compared as for equality."""
    left, right = _alike(left, right)
    if _kind(left) != _kind(right) or left is None or isinstance(left, list | dict):
        return False
    return bool(_folded(left) > _folded(right))


def parse_json(written: str) -> Value:
    """Return the value of a JSON text; raises ValueError."""
    return json.loads(written, parse_constant=_refuse)


def json_text(value: Value) -> str:
    """Return a value as JSON over several lines."""
    return json.dumps(_for_json(value), indent=2, ensure_ascii=False)


def property_of(mapping: dict[str, Value], key: str) -> tuple[bool, Value]:
    """Return whether a mapping has a key, in any case, and its value."""
    if key in mapping or isinstance(mapping, CaseSensitive):
        return key in mapping, mapping.get(key)
    for each, value in mapping.items():
        if each.lower() == key.lower():
            return True, value
    return False, None


def _refuse(constant: str) -> Value:
    raise ValueError(f"{constant} is no JSON")


def _for_json(value: Value) -> Value:
    """Return a value with whole numbers as such, and null for numbers that JSON does not have."""
    if isinstance(value, list):
        return [_for_json(each) for each in value]
    if isinstance(value, dict):
        return {key: _for_json(each) for key, each in value.items()}
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value


def _alike(left: Value, right: Value) -> tuple[Value, Value]:
    """Convert two values of different kinds to numbers, where neither is a collection."""
    kinds = {_kind(left), _kind(right)}
    if len(kinds) == 1:
        return left, right
    # A collection meets a null or a boolean as a number, which it never equals.
    return tuple(each if isinstance(each, list | dict) else number(each) for each in (left, right))  # type: ignore[return-value]  # two of two


def _kind(value: Value) -> str:
    if value is None or isinstance(value, bool):
        return type(value).__name__
    if isinstance(value, int | float):
        return "number"
    return next(kind.__name__ for kind in (str, list, dict) if isinstance(value, kind))


def _folded(value: Value) -> Value:
    return value.upper() if isinstance(value, str) else value


def _number_text(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return format(value or 0.0, ".15G")
