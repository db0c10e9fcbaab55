"""Whether two patterns may match the same path, found by trying each on paths that the other one matches."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product

from cispeed_tasks.plan.ignore_patterns import IgnoreFile, ignore_patterns

_WILD = re.compile(r"\*\*/?|\*|\?|\[[^\]]*\]")
_FILLINGS = ("", "x")
MOST_WILDCARDS = 6


def may_overlap(one: str, other: str) -> bool:
    """Whether a path, or one above it, may match both patterns; with very many wildcards it always may."""
    if max(len(_WILD.findall(one)), len(_WILD.findall(other))) > MOST_WILDCARDS:
        return True
    return _matches(one, other) or _matches(other, one)


def _matches(pattern: str, other: str) -> bool:
    ignore = _ignore(pattern)
    return any(ignore.excludes(path) for path in _samples(other))


@lru_cache(maxsize=4096)
def _ignore(pattern: str) -> IgnoreFile:
    return ignore_patterns([pattern])


@lru_cache(maxsize=4096)
def _samples(pattern: str) -> tuple[str, ...]:
    parts = _WILD.split(pattern)
    found = []
    for filling in product(_FILLINGS, repeat=len(parts) - 1):
        path = "".join(part + more for part, more in zip(parts, (*filling, ""), strict=True))
        found.append(re.sub(r"/+", "/", path.replace("\\", "")).strip("/"))
    return tuple(path for path in found if path)
