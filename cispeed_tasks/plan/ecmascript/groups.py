"""The numbered and named groups of a regular expression, found before it is read: references may come before them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SKIPPED = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]?|[^\\\[(]+|\\", re.DOTALL)
_CAPTURE = re.compile(r"\((?!\?)|\((?P<named>\?<(?![=!])(?P<name>[^>]*)>)|\((?P<bad>\?<(?![=!]))")


@dataclass(slots=True)
class Groups:
    """How many groups capture, the number of each name, and where the names' ends are (by their `?`'s index)."""

    count: int = 0
    names: dict[str, int] = field(default_factory=dict)
    name_ends: dict[int, int] = field(default_factory=dict)
    has_bad_name: bool = False


def find_groups(source: str) -> Groups:
    """Count the groups of a regular expression and read their names."""
    groups = Groups()
    index = 0
    while index < len(source):
        if skipped := _SKIPPED.match(source, index):
            index = skipped.end()
            continue
        if capture := _CAPTURE.match(source, index):
            _count(groups, capture)
        index += 1
    return groups


def _count(groups: Groups, capture: re.Match[str]) -> None:
    groups.count += 1
    name = capture["name"]
    if capture["bad"] or (name is not None and (name in groups.names or not _is_name(name))):
        groups.has_bad_name = True
    elif name is not None:
        groups.names[name] = groups.count
        groups.name_ends[capture.start("named")] = capture.end("named")


def _is_name(name: str) -> bool:
    """Tell whether JavaScript would accept the name: an identifier, where `$` counts as a letter."""
    try:
        characters = name.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return False
    return characters.replace("$", "_").replace("\u200c", "_").replace("\u200d", "_").isidentifier()
