"""Text as UTF-16 code units, as JavaScript sees it, and sets of such units."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

LAST_UNIT = 0xFFFF
_FIRST_ASTRAL = "\U00010000"


def to_units(text: str) -> str:
    """Return the text with each character beyond U+FFFF as its two surrogates."""
    if text.isascii() or max(text) < _FIRST_ASTRAL:
        return text
    return "".join(char if char < _FIRST_ASTRAL else _surrogates(ord(char) - 0x10000) for char in text)


def _surrogates(offset: int) -> str:
    return chr(0xD800 + (offset >> 10)) + chr(0xDC00 + (offset & 0x3FF))


@dataclass(frozen=True)
class UnitSet:
    """A set of code units, as sorted ranges with both ends included that neither touch nor overlap."""

    ranges: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, ranges: Iterable[tuple[int, int]]) -> UnitSet:
        """Build a set from ranges in any order."""
        merged: list[tuple[int, int]] = []
        for low, high in sorted(ranges):
            if merged and low <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            else:
                merged.append((low, high))
        return cls(tuple(merged))

    @classmethod
    def from_text(cls, text: str) -> UnitSet:
        """Build the set of the units of a text."""
        return cls.of((ord(unit), ord(unit)) for unit in text)

    def inverted(self) -> UnitSet:
        """Return every unit that is not in this set."""
        gaps: list[tuple[int, int]] = []
        start = 0
        for low, high in self.ranges:
            if start < low:
                gaps.append((start, low - 1))
            start = high + 1
        if start <= LAST_UNIT:
            gaps.append((start, LAST_UNIT))
        return UnitSet(tuple(gaps))

    def __or__(self, other: UnitSet) -> UnitSet:
        return UnitSet.of((*self.ranges, *other.ranges))

    @cached_property
    def _lows(self) -> tuple[int, ...]:
        return tuple(low for low, _ in self.ranges)

    def __contains__(self, unit: object) -> bool:
        if not isinstance(unit, str):
            return False
        index = bisect_right(self._lows, ord(unit)) - 1
        return index >= 0 and ord(unit) <= self.ranges[index][1]

    @cached_property
    def size(self) -> int:
        """How many units it holds."""
        return sum(high - low + 1 for low, high in self.ranges)

    def members(self) -> list[str]:
        """Return the units in order; only for small sets."""
        return [chr(unit) for low, high in self.ranges for unit in range(low, high + 1)]


DIGITS = UnitSet.of([(0x30, 0x39)])
WORD = UnitSet.of([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
# White space and line ends of ECMA-262, which are more than ASCII's.
_SINGLE_SPACES = "\u0020\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff"
SPACE = UnitSet.of([(0x09, 0x0D), (0x2000, 0x200A)]) | UnitSet.from_text(_SINGLE_SPACES)
LINE_BREAKS = UnitSet.from_text("\n\r\u2028\u2029")
NOT_LINE_BREAK = LINE_BREAKS.inverted()
EVERY_UNIT = UnitSet(((0, LAST_UNIT),))
NO_UNIT = UnitSet(())
