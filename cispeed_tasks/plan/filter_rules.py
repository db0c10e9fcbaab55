"""The data of a filters document becomes filters, as paths-filter v4.0.3 reads it, with every fault at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.ecmascript.units import SPACE
from cispeed_tasks.plan.filters import Filter, Rule
from cispeed_tasks.plan.globs.matcher import compile_glob
from cispeed_tasks.plan.globs.shapes import find_shape

# Where a value is in the document: the keys and list positions that lead to it.
Place = tuple[str | int, ...]

_MOST_VALUES = 100_000
_WHITE_SPACE = "".join(SPACE.members())
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_LARGEST_INDEX = 2**32 - 2
# JavaScript keeps this name for an object's prototype, so that paths-filter never sees such a filter.
_LOST_NAME = "__proto__"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a value, and where it is."""

    place: Place
    message: str


def read_filters(data: object) -> tuple[tuple[Filter, ...], tuple[Fault, ...]]:
    """Return the filters of a document's data, in paths-filter's order, and all that is wrong with it.

    The data is a mapping of names to patterns (text), to `{status: patterns}`, or to lists of these of any depth.
    """
    if isinstance(data, datetime):
        return (), ()
    if isinstance(data, list):
        data = {str(index): item for index, item in enumerate(data)}
    if not isinstance(data, Mapping):
        return (), (Fault((), f"filters are a mapping of names to patterns, not {_described(data)}"),)
    filters: list[Filter] = []
    faults: list[Fault] = []
    for name in sorted(data, key=_javascript_order):
        rules = list(_rules(data[name], (name,), count()))
        filters.append(Filter(name, tuple(rule for rule in rules if isinstance(rule, Rule))))
        faults.extend(rule for rule in rules if isinstance(rule, Fault))
    return tuple(each for each in filters if each.name != _LOST_NAME), tuple(faults)


def _javascript_order(name: str) -> tuple[bool, int]:
    """Sort names that look like list positions first, by number; the others stay as they are."""
    is_index = bool(_INDEX.fullmatch(name)) and int(name) <= _LARGEST_INDEX
    return not is_index, int(name) if is_index else 0


def _rules(item: object, place: Place, values: Iterator[int]) -> Iterator[Rule | Fault]:
    """Read what a filter holds, however deep its lists are; `values` counts what was looked at."""
    if next(values) > _MOST_VALUES:
        raise ConfigError(
            f"filter {place[0]!r}: aliases of lists make more than {_MOST_VALUES} patterns of it; name fewer"
        )
    if isinstance(item, list):
        for index, each in enumerate(item):
            yield from _rules(each, (*place, index), values)
    elif isinstance(item, Mapping):
        for status, patterns in item.items():
            yield from _status_rule(status, patterns, (*place, status))
    elif isinstance(item, datetime):
        # To JavaScript this is an object without properties: no rules.
        return
    else:
        faults = list(_pattern_faults(item, place))
        yield from faults
        if not faults:
            yield Rule((str(item),))


def _status_rule(status: str, patterns: object, place: Place) -> Iterator[Rule | Fault]:
    """Read a rule for some statuses: its patterns count as one, and no status is unknown."""
    if not isinstance(patterns, str | list):
        yield Fault(place, f"a status has a pattern or a list of patterns, not {_described(patterns)}")
        return
    several = [patterns] if isinstance(patterns, str) else patterns
    faults = [fault for index, each in enumerate(several) for fault in _pattern_faults(each, (*place, index))]
    words = (word.strip(_WHITE_SPACE).lower() for word in status.split("|"))
    yield from faults
    if not faults:
        yield Rule(tuple(several), frozenset(word for word in words if word))


def _pattern_faults(pattern: object, place: Place) -> Iterator[Fault]:
    if not isinstance(pattern, str):
        yield Fault(place, f"a pattern is text, not {_described(pattern)}")
    elif find_shape(pattern) is None:
        try:
            compile_glob(pattern)
        except ConfigError as error:
            yield Fault(place, str(error))


def _described(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return f"{str(value).lower()}; put quotes around it if it is a name"
        case int() | float():
            return f"the number {value}; put quotes around it if it is a name"
        case list():
            return "a list"
        case Mapping():
            return "a mapping"
        case bytes():
            return "binary data"
        case _:
            return f"the text {value!r}" if isinstance(value, str) else "a date"
