"""Amounts as people read and write them: seconds, bytes, percent."""

from __future__ import annotations

import re

FACTORS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?) ?(?P<unit>(?:[kMGT]i?)?)B")


def read_size(text: str) -> int:
    """Return the bytes of a size such as 500MB; the config's schema has checked it."""
    found = SIZE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return round(float(found["number"]) * FACTORS[found["unit"]])


def amount(value: float | None, unit: str) -> str:
    """Return an amount in a unit: s (seconds), B (bytes), % or anything else; `-` where there is none."""
    if value is None:
        return "-"
    if unit == "s":
        return _seconds(value)
    if unit == "B":
        return _size(value)
    return f"{value:.0f} %" if unit == "%" else f"{value:.0f}"


def difference(value: float, unit: str) -> str:
    """Return an amount with its sign."""
    return f"{'-' if value < 0 else '+'}{amount(abs(value), unit)}"


def growth(before: float | None, after: float | None) -> float | None:
    """Return by how many percent something grew; None where there was nothing before."""
    return (after - before) / before * 100 if before and after is not None else None


def _seconds(value: float) -> str:
    if value < 10:  # noqa: PLR2004
        return f"{value:.1f} s"
    if value < 90:  # noqa: PLR2004
        return f"{value:.0f} s"
    minutes = round(value / 60)
    return f"{int(value) // 60} min {int(value) % 60:02d} s" if minutes < 90 else f"{value / 3600:.1f} h"  # noqa: PLR2004


def _size(value: float) -> str:
    for unit in ("B", "kB", "MB"):
        if abs(value) < 1000:  # noqa: PLR2004
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.2f} GB"
