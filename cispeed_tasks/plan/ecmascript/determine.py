"""Which repetitions of an expression can end in one place only: an engine need not try others for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from cispeed_tasks.plan.ecmascript.nodes import (
    BackReference,
    Capture,
    Choice,
    Edge,
    Look,
    Node,
    OneOf,
    Repeat,
    Sequence,
    Text,
)
from cispeed_tasks.plan.ecmascript.units import EVERY_UNIT, NO_UNIT, UnitSet


@dataclass(frozen=True, slots=True)
class First:
    """The units that a node can begin with, and whether it may take none: what follows may then come first, too."""

    units: UnitSet
    may_be_empty: bool

    def then(self, following: First) -> First:
        """Return what this and what follows it can begin with."""
        if not self.may_be_empty:
            return self
        return First(self.units | following.units, following.may_be_empty)


_ANYTHING = First(EVERY_UNIT, may_be_empty=True)
_NO_UNITS = First(NO_UNIT, may_be_empty=True)
# Where the text ends, no unit follows.
_TEXT_END = First(NO_UNIT, may_be_empty=False)


def determine(node: Node, following: First = _ANYTHING) -> Node:
    """Return the same expression with its determined repetitions marked; `following` is what comes after it."""
    match node:
        case Sequence(parts):
            return _determine_parts(parts, following)
        case Choice(options):
            return Choice(tuple(determine(option, following) for option in options))
        case Capture(body):
            return replace(node, body=determine(body, following))
        case Look(body):
            return replace(node, body=determine(body))
        case Repeat(body, most=most):
            first = first_of(body)
            inside = following if most == 1 else first.then(following)
            is_determined = has_one_way(body) and not _overlap(first, following)
            return replace(node, body=determine(body, inside), is_determined=is_determined)
        case _:
            return node


def _determine_parts(parts: tuple[Node, ...], following: First) -> Node:
    determined: list[Node] = []
    for part in reversed(parts):
        determined.insert(0, determine(part, following))
        following = first_of(part).then(following)
    return Sequence(tuple(determined))


def _overlap(first: First, following: First) -> bool:
    ranges = sorted((*first.units.ranges, *following.units.ranges))
    return any(high >= low for (_, high), (low, _) in pairwise(ranges))


def first_of(node: Node) -> First:
    """Return what a node can begin with."""
    match node:
        case Text(value):
            return First(UnitSet.from_text(value[0]), may_be_empty=False)
        case OneOf(units):
            return First(units, may_be_empty=False)
        case Edge.END:
            return _TEXT_END
        case Sequence(parts):
            first = _NO_UNITS
            for part in parts:
                first = first.then(first_of(part))
            return first
        case Choice(options):
            firsts = [first_of(option) for option in options]
            units = UnitSet.of(pair for first in firsts for pair in first.units.ranges)
            return First(units, any(first.may_be_empty for first in firsts))
        case Capture(body):
            return first_of(body)
        case Repeat(body, least):
            first = first_of(body)
            return First(first.units, first.may_be_empty or not least)
        case BackReference():
            return _ANYTHING
        case _:
            return _NO_UNITS


def has_one_way(node: Node) -> bool:
    """Tell whether a match that begins at a place takes units and can only end at one other place."""
    match node:
        case Text() | OneOf():
            return True
        case Capture(body):
            return has_one_way(body)
        case Choice(options):
            return are_apart(options) and all(map(has_one_way, options))
        case Sequence(parts):
            takers = [part for part in parts if not isinstance(part, Look | Edge)]
            return bool(takers) and all(map(has_one_way, takers))
        case _:
            return False


def are_apart(options: tuple[Node, ...]) -> bool:
    """Tell whether no text can be begun by two of the options."""
    texts = sorted(option.value for option in options if isinstance(option, Text))
    if len(texts) == len(options):
        return not any(longer.startswith(shorter) for shorter, longer in pairwise(texts))
    firsts = [first_of(option) for option in options]
    ranges = sorted(pair for first in firsts for pair in first.units.ranges)
    ends = sum(not first.units.ranges for first in firsts)
    if ends > 1 or any(first.may_be_empty for first in firsts):
        return False
    return all(high < low for (_, high), (low, _) in pairwise(ranges))
