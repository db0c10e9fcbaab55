"""Sets of paths as integers: bit i stands for the path of rank i, so that sets are joined and cut a word at a time."""

from __future__ import annotations

from collections.abc import Collection
from itertools import compress

PathSet = int

_FEW = 64
_AS_FLAGS = bytes.maketrans(b"01", b"\0\1")


def from_range(ranks: range) -> PathSet:
    """Return the set of consecutive ranks."""
    return ((1 << len(ranks)) - 1) << ranks.start if ranks else 0


def from_ranks(ranks: Collection[int]) -> PathSet:
    """Return the set of some ranks."""
    if len(ranks) <= _FEW:
        return sum(1 << rank for rank in set(ranks))
    flags = bytearray((max(ranks) >> 3) + 1)
    for rank in ranks:
        flags[rank >> 3] |= 1 << (rank & 7)
    return int.from_bytes(flags, "little")


def to_ranks(paths: PathSet) -> list[int]:
    """Return the ranks in a set, in order."""
    digits = bin(paths)[:1:-1]
    if paths.bit_count() > len(digits) >> 3:
        return list(compress(range(len(digits)), digits.encode().translate(_AS_FLAGS)))
    ranks: list[int] = []
    rank = digits.find("1")
    while rank >= 0:
        ranks.append(rank)
        rank = digits.find("1", rank + 1)
    return ranks
