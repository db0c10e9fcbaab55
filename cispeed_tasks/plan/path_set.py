"""Sets of paths as integers: bit i stands for the path of rank i, so that sets are joined and cut a word at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import compress
from typing import TypeVar

PathSet = int

T = TypeVar("T")

_FEW = 64
# With more than a run in 64 ranks, looking at every rank is faster than looking for the runs.
_SHORT_RUNS = 6
_AS_FLAGS = bytes.maketrans(b"01", b"\0\1")


def from_range(ranks: range) -> PathSet:
    """Return the set of consecutive ranks."""
    return ((1 << len(ranks)) - 1) << ranks.start if ranks else 0


def from_ranks(ranks: Collection[int]) -> PathSet:
    """Return the set of some ranks."""
    if isinstance(ranks, range):
        return from_range(ranks)
    if len(ranks) <= _FEW:
        return sum(1 << rank for rank in set(ranks))
    flags = bytearray((max(ranks) >> 3) + 1)
    for rank in ranks:
        flags[rank >> 3] |= 1 << (rank & 7)
    return int.from_bytes(flags, "little")


def from_flags(flags: Sequence[object]) -> PathSet:
    """Return the set of the ranks whose flag is true, counted from 0."""
    return int("".join(["1" if flag else "0" for flag in reversed(flags)]) or "0", 2)


def pick(paths: PathSet, items: Sequence[T]) -> list[T]:
    """Return the items, one for every rank, that belong to the ranks in a set."""
    digits = bin(paths)[:1:-1]
    runs = (paths & ~(paths << 1)).bit_count()
    if runs > len(digits) >> _SHORT_RUNS:
        return list(compress(items, digits.encode().translate(_AS_FLAGS)))
    return [item for ranks in _runs(digits) for item in items[ranks.start : ranks.stop]]


def _runs(digits: str) -> Iterator[range]:
    """Yield the runs of ones: sorted paths of a folder are next to each other."""
    start = digits.find("1")
    while start >= 0:
        stop = digits.find("0", start)
        stop = len(digits) if stop < 0 else stop
        yield range(start, stop)
        start = digits.find("1", stop)
