"""How much a backtracking engine can be made to do by an expression, as an upper bound."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cispeed_tasks.plan.ecmascript.determine import are_apart, has_one_way
from cispeed_tasks.plan.ecmascript.nodes import Capture, Choice, Look, Node, Repeat, Sequence

# Some ten million steps: about a second.
_MOST_DOUBLINGS = 23
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
    """Return the length of the longest text that an anchored expression may be given to a backtracking engine with.

    Its repetitions were determined.
    """
    cost = cost_of(node)
    if cost.doublings > _MOST_DOUBLINGS:
        return -1
    if not cost.repeats:
        return _UNBOUNDED_LENGTH
    # There are about n^r / r! ways to place the ends of r repetitions in a text of n units.
    doublings = _MOST_DOUBLINGS - cost.doublings + math.lgamma(cost.repeats + 1) / math.log(2)
    return int(2 ** min(doublings / cost.repeats, 30))


def cost_of(node: Node) -> Cost:
    """Return a bound of the tries that an expression can cost whose repetitions were determined."""
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
    doublings = 0 if are_apart(options) else math.log2(len(options))
    return Cost(max(cost.doublings for cost in costs) + doublings, max(cost.repeats for cost in costs))


def _cost_of_repeat(repeat: Repeat) -> Cost:
    if repeat.is_determined:
        return cost_of(repeat.body)
    if repeat.most == 1:
        return cost_of(repeat.body) + Cost(doublings=1)
    if not has_one_way(repeat.body):
        return EXPLODES
    rounds = repeat.most and repeat.most - repeat.least + 1
    return cost_of(repeat.body) + (Cost(doublings=math.log2(rounds)) if rounds else Cost(repeats=1))
