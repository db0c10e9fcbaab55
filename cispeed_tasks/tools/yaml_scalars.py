"""What plain YAML scalars stand for, and the texts of keys, as js-yaml 4.1.0's default schema has them.

That is YAML 1.2's core schema with binary numbers, `_` in numbers and timestamps; `yes`, `on` and `12:30` are text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

Scalar = None | bool | int | float | str | datetime

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(?:0b_*[01][01_]*|0x_*[0-9a-fA-F][0-9a-fA-F_]*|0o_*[0-7][0-7_]*|[0-9][0-9_]*)(?<!_)")
_FLOAT = re.compile(
    r"(?:[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9_]+(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))(?<!_)",
)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?"
    r"(?:[ \t]*(?:Z|([-+])([0-9]{1,2})(?::([0-9]{2}))?))?",
)
# Python refuses to read thousands of decimal digits; JavaScript has no such precision anyway.
_MOST_DIGITS = 400
_BASES = {"0b": 2, "0o": 8, "0x": 16}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class NotOfTypeError(ValueError):
    """The text is not written as the type wants it."""


def read_plain(text: str) -> Scalar:
    """Return what a scalar without quotes and tag stands for: the first type that fits, at last text."""
    for read in (read_null, read_bool, read_integer, read_float, read_timestamp):
        try:
            return read(text)
        except NotOfTypeError:
            continue
    return text


def read_null(text: str) -> Scalar:
    """Return None for `~` and `null`."""
    if _WORDS.get(text, text) is not None:
        raise NotOfTypeError
    return None


def read_bool(text: str) -> Scalar:
    """Return the meaning of `true` and `false`."""
    value = _WORDS.get(text)
    if value is None:
        raise NotOfTypeError
    return value


def read_integer(text: str) -> Scalar:
    """Return a whole number, in base 10 also with zeros before it."""
    if not _INTEGER.fullmatch(text):
        raise NotOfTypeError
    digits = text.replace("_", "").lstrip("+-")
    base = _BASES.get(digits[:2])
    if base is None and len(digits) > _MOST_DIGITS:
        return float(text.replace("_", ""))
    value = int(digits[2:], base) if base else int(digits)
    return -value if text.startswith("-") else value


def read_float(text: str) -> Scalar:
    """Return a number with a fraction or an exponent, an infinity, or no number."""
    if not _FLOAT.fullmatch(text):
        raise NotOfTypeError
    return float(text.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))


def read_timestamp(text: str) -> Scalar:
    """Return a moment; parts beyond their range carry over, as in JavaScript."""
    match = _DATE.fullmatch(text) or _TIMESTAMP.fullmatch(text)
    if match is None:
        raise NotOfTypeError
    year, month, day, hour, minute, second = (int(part or 0) for part in (*match.groups(), *[None] * 3)[:6])
    year += 1900 if year < 100 else 0  # noqa: PLR2004 - JavaScript takes these for years of the last century
    months = year * 12 + month - 1
    since = timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)
    try:
        return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC) + since - _offset(match)
    except (OverflowError, ValueError):
        return datetime.max.replace(tzinfo=UTC)


def _offset(match: re.Match[str]) -> timedelta:
    sign, hours, minutes = match.groups()[7:] or (None, None, None)
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return -offset if sign == "-" else offset


# What a tag's name asks of a scalar's text; `!!str` takes any.
SCALAR_TAGS: dict[str, Callable[[str], Scalar]] = {
    "null": read_null,
    "bool": read_bool,
    "int": read_integer,
    "float": read_float,
    "timestamp": read_timestamp,
}


def key_text(key: object) -> str:
    """Return a mapping key as text, by JavaScript's rules: its objects have no other keys."""
    if isinstance(key, str):
        return key
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, int | float):
        return _number_text(key)
    if isinstance(key, datetime):
        return _date_text(key)
    if isinstance(key, list):
        return ",".join("" if each is None else key_text(each) for each in key)
    if isinstance(key, bytes):
        return ",".join(map(str, key))
    return "null" if key is None else "[object Object]"


def _number_text(number: float) -> str:
    try:
        value = float(number)
    except OverflowError:
        value = math.inf if number > 0 else -math.inf
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    return ("-" if sign and value else "") + _decimal_text("".join(map(str, digits)), int(exponent))


def _decimal_text(digits: str, exponent: int) -> str:
    """Write digits · 10^exponent as ECMA-262's Number::toString does."""
    point = len(digits) + exponent
    if exponent >= 0 and point <= 21:  # noqa: PLR2004 - the specification's limits, here and below
        return digits + "0" * exponent
    if 0 < point <= 21:  # noqa: PLR2004
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:  # noqa: PLR2004
        return f"0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"


def _date_text(moment: datetime) -> str:
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    time = f"{moment:%H:%M:%S}"
    return f"{day} {month} {moment.day:02} {moment.year:04} {time} GMT+0000 (Coordinated Universal Time)"
