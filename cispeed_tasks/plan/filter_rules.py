"""The data of a filters document becomes filters, as paths-filter v4.0.3 reads it, with every fault at its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Where a value is in the document: the keys and list positions that lead to it.
Place = tuple[str | int, ...]

# The white space that JavaScript trims.
_WHITE_SPACE = "\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_ARRAY_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_LARGEST_INDEX = 2**32 - 2


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a value, and where it is."""

    place: Place
    message: str
