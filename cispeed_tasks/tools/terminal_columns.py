"""Lines and tables for a terminal of some width: words stay whole, and no line is wrapped by the terminal if it can be helped."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

LEAST = 24
"""Columns that the last cell of a row has at least; where there are fewer, each row is told as a list of its own."""
GAP = 2
COMMAND = re.compile(r"`[^`]*`|(?<=By hand: ).*")
"""What a person may paste: it stays in one piece, so that the terminal wraps it and the paste has no line break."""
TIED = "\0"


def fitted(text: str, width: int | None, *, first: int = 0, hang: int = 2) -> str:
    """A text whose lines are broken between words.

    Args:
        text: one line or several.
        width: columns; None leaves the text as it is.
        first: columns that the first line has less, since something stands before it.
        hang: columns by which what is broken off is indented, besides the line's own indentation.
    """
    if width is None:
        return text
    lines = []
    for number, line in enumerate(text.splitlines()):
        taken = first if number == 0 else 0
        lines.append(_broken(line, width, taken, hang))
    return "\n".join(lines)


def _broken(line: str, width: int, taken: int, hang: int) -> str:
    if len(line) + taken <= width:
        return line
    own = len(line) - len(line.lstrip())
    # What stands before the first line counts for textwrap as its indentation, and is none.
    return "\n".join(_wrapped(line.strip(), width, " " * (own + taken), " " * (own + hang)))[taken:]


def _wrapped(text: str, width: int, first: str, others: str) -> list[str]:
    tied = COMMAND.sub(lambda match: match[0].replace(" ", TIED), text)
    lines = textwrap.wrap(
        tied,
        max(width, LEAST),
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(TIED, " ") for line in lines]


def columns(rows: Sequence[Sequence[str]], width: int | None, indent: str) -> list[str]:
    """Rows as left-aligned columns; the last is broken between words where it does not fit."""
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(len(rows[0]) if rows else 0)]
    lines = []
    for row in rows:
        start = indent + "".join(cell.ljust(size + GAP) for cell, size in zip(row[:-1], widths, strict=False))
        line = f"{start}{row[-1]}".rstrip()
        is_whole = width is None or len(line) <= width
        lines.append(line if is_whole else "\n".join(_last_broken(start, row[-1], width or 0)))
    return lines


def _last_broken(start: str, cell: str, width: int) -> list[str]:
    first, *others = _wrapped(cell, width - len(start), "", "") or [""]
    return [f"{start}{first}".rstrip(), *(" " * len(start) + line for line in others)]


def fits(rows: Sequence[Sequence[str]], width: int | None, indent: str) -> bool:
    """Whether rows can stand as columns in a width, the last one broken where need be."""
    if width is None:
        return True
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    start = len(indent) + sum(size + GAP for size in widths[:-1])
    return start + min(widths[-1], LEAST) <= width


def records(headers: Sequence[str], rows: Sequence[Sequence[str]], width: int, indent: str) -> list[str]:
    """Each row as a list of its own: its first cell, and below it the others with their headers."""
    size = max(len(header) for header in headers[1:])
    hang = size + GAP if size else 0
    lines = []
    for row in rows:
        lines.append(fitted(f"{indent}{row[0]}", width))
        for header, cell in zip(headers[1:], row[1:], strict=True):
            longest = max(map(len, cell.split()), default=0)
            # A word that is longer than the place for it begins a line of its own, further left.
            is_long = longest > width - len(indent) - GAP - hang
            start = f"{header}\n{indent}{' ' * 2 * GAP}" if is_long and header else header.ljust(hang)
            text = f"{indent}{' ' * GAP}{start}{cell}"
            lines += [fitted(text, width, hang=GAP if is_long else hang if header else 0)] if cell else []
    return lines
