"""How much a backtracking engine can be made to do by an expression, as an upper bound."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from cispeed_tasks.plan.ecmascript.nodes import Capture, Choice, Edge, Look, Node, OneOf, Repeat, Sequence, Text
from cispeed_tasks.plan.ecmascript.simplify import single_units
from cispeed_tasks.plan.ecmascript.units import NO_UNIT, UnitSet

_MOST_STEPS = 10_000_000
_UNBOUNDED_LENGTH = 1 << 30


@dataclass(frozen=True, slots=True)
class Cost:
    """A text of n units takes at most 2^`doublings` · n^`repeats` tries."""

    doublings: float = 0
    repeats: float = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.doublings + other.doublings, self.repeats + other.repeats)


EXPLODES = Cost(math.inf, math.inf)


def longest_text(node: Node) -> int:
    """Return the length of the longest text that an anchored expression may be given to a backtracking engine with."""
    cost = cost_of(node)
    if cost.doublings > math.log2(_MOST_STEPS):
        return -1
    if not cost.repeats:
        return _UNBOUNDED_LENGTH
    # n + r - 1 over r: the ways to place r ends in a text.
    ways = _MOST_STEPS / 2**cost.doublings * math.factorial(int(cost.repeats))
    return min(int(ways ** (1 / cost.repeats)) - int(cost.repeats), _UNBOUNDED_LENGTH)


def cost_of(node: Node) -> Cost:
    """Return a bound of the tries that an expression can cost."""
    match node:
        case Sequence(parts):
            return sum(map(cost_of, parts), Cost())
        case Choice(options):
            return _cost_of_choice(options)
        case Repeat():
            return _cost_of_repeat(node)
        case Look(body) | Capture(body):
            return cost_of(body)
        case _:
            return Cost()


def _cost_of_choice(options: tuple[Node, ...]) -> Cost:
    costs = [cost_of(option) for option in options]
    doublings = 0 if _begin_apart(options) else math.log2(len(options))
    return Cost(max(cost.doublings for cost in costs) + doublings, max(cost.repeats for cost in costs))


def _cost_of_repeat(repeat: Repeat) -> Cost:
    if repeat.most == 1:
        return cost_of(repeat.body) + Cost(doublings=1)
    if _takes_one_unit(repeat.body):
        return cost_of(repeat.body) + Cost(repeats=1)
    return EXPLODES


def _takes_one_unit(node: Node) -> bool:
    """Whether each round takes exactly one unit, so that there is one way to take a text."""
    if isinstance(node, Sequence):
        takers = [part for part in node.parts if not isinstance(part, Look | Edge)]
        return len(takers) == 1 and _takes_one_unit(takers[0])
    return single_units(node) is not None


def _begin_apart(options: Iterable[Node]) -> bool:
    """Whether the first unit tells which option it is; one that is at the text's end begins with none."""
    seen: list[tuple[int, int]] = []
    ends = 0
    for option in options:
        first = _first(option)
        if first is None:
            return False
        ends += not first.ranges
        seen.extend(first.ranges)
    seen.sort()
    return ends <= 1 and all(high < low for (_, high), (low, _) in zip(seen, seen[1:], strict=False))


def _first(node: Node) -> UnitSet | None:
    """Return the units that a node can begin with, none for a text's end, or None where it may begin with nothing."""
    match node:
        case Text(value):
            return UnitSet.from_text(value[0])
        case OneOf(units):
            return units
        case Edge.END:
            return NO_UNIT
        case Sequence(parts):
            return next((_first(part) for part in parts if not isinstance(part, Look)), None)
        case Capture(body):
            return _first(body)
        case Repeat(body, least) if least > 0:
            return _first(body)
        case Choice(options):
            firsts = [_first(option) for option in options]
            return UnitSet.of(pair for first in firsts for pair in first.ranges) if all(firsts) else None
        case _:
            return None
