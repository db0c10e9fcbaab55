"""Character classes of an ECMAScript regular expression without flags (ECMA-262, annex B.1.2)."""

from __future__ import annotations

from functools import lru_cache

from cispeed_tasks.plan.ecmascript.escapes import read_escape
from cispeed_tasks.plan.ecmascript.units import UnitSet


class InvalidRegexError(ValueError):
    """The text is no regular expression."""


def read_class(source: str, index: int) -> tuple[UnitSet, int]:
    """Read the class that begins with the `[` at `index`; return its units and the index behind it."""
    end = _find_end(source, index)
    return _units(source[index + 1 : end]), end + 1


def _find_end(source: str, index: int) -> int:
    index += 1
    while index < len(source) and source[index] != "]":
        index += 2 if source[index] == "\\" else 1
    if index >= len(source):
        raise InvalidRegexError("unterminated class")
    return index


@lru_cache(maxsize=1024)
def _units(inside: str) -> UnitSet:
    is_negative = inside.startswith("^")
    ranges: list[tuple[int, int]] = []
    index = int(is_negative)
    while index < len(inside):
        low, index = _read_atom(inside, index)
        if inside.startswith("-", index) and index + 1 < len(inside):
            high, index = _read_atom(inside, index + 1)
            ranges.extend(_range(low, high))
        else:
            ranges.extend(_range(low, low))
    units = UnitSet.of(ranges)
    return units.inverted() if is_negative else units


def _read_atom(inside: str, index: int) -> tuple[str | UnitSet, int]:
    if inside[index] == "\\":
        return read_escape(inside, index + 1, in_class=True)
    return inside[index], index + 1


def _range(low: str | UnitSet, high: str | UnitSet) -> list[tuple[int, int]]:
    """Return a range's units; with a set at one end its hyphen is an ordinary unit."""
    if low is high and isinstance(low, UnitSet):
        return list(low.ranges)
    if isinstance(low, UnitSet) or isinstance(high, UnitSet):
        return [*_ranges(low), *_ranges(high), *_ranges("-")]
    if low > high:
        raise InvalidRegexError("range out of order")
    return [(ord(low), ord(high))]


def _ranges(item: str | UnitSet) -> list[tuple[int, int]]:
    return list(item.ranges) if isinstance(item, UnitSet) else [(ord(item), ord(item))]
