"""A build divided among runners: which one builds which image, the same for all that divide the same with the same times."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.build import BuildPlan

SHARD = re.compile(r"(?P<number>[1-9]\d{0,3})/(?P<count>[1-9]\d{0,3})$")
MOST_RUNNERS = 20
"""How many are proposed at most; GitHub runs that many jobs of an ordinary account at once."""
NEAR_ENOUGH = 1.25
"""A further runner that makes the whole shorter by less than this is not worth what it costs to start."""


@dataclass(frozen=True)
class Shard:
    """One runner's part, counted from 1."""

    number: int
    count: int

    def __str__(self) -> str:
        """The shard as --shard takes it."""
        return f"{self.number}/{self.count}"


def read_shard(text: str) -> Shard:
    """The shard that a user typed, such as 2/6; raises UsageError."""
    match = SHARD.match(text)
    if match is None or int(match["number"]) > int(match["count"]):
        raise UsageError(f"--shard {text}: write the number of this runner and how many there are, such as 2/6")
    return Shard(int(match["number"]), int(match["count"]))


@dataclass(frozen=True)
class Division:
    """Images divided among runners: each has one owner, which stands on what it needs of the others."""

    owned: tuple[tuple[str, ...], ...]
    """For each runner the targets that it builds whatever the others do."""
    needed: tuple[frozenset[str], ...]
    """For each runner what it owns, and all that this stands on."""
    is_recorded: bool = False
    """Whether earlier builds said how long the images take; else each counts the same."""

    def own(self, shard: Shard) -> tuple[str, ...]:
        """What a runner builds whatever the others do."""
        return self.owned[shard.number - 1]

    def shared(self, shard: Shard) -> tuple[str, ...]:
        """What a runner owns that others need, too."""
        others = set().union(*self.needed[: shard.number - 1], *self.needed[shard.number :])
        return tuple(name for name in self.own(shard) if name in others)

    def foreign(self, shard: Shard) -> dict[str, Shard]:
        """What a runner needs and another one owns, which is always one before it; with that one."""
        needed = self.needed[shard.number - 1] - set(self.own(shard))
        return {
            name: Shard(number, shard.count)
            for number, names in enumerate(self.owned, start=1)
            for name in names
            if name in needed
        }

    @cached_property
    def digest(self) -> str:
        """A few letters that differ where two runners have divided otherwise."""
        return hashlib.sha256(repr(self.owned).encode()).hexdigest()[:8]

    @property
    def cause(self) -> str:
        """By what it was divided."""
        return "balanced by the times of earlier builds" if self.is_recorded else "each image counting the same"


def divide(plan: BuildPlan, count: int, seconds: Mapping[str, float]) -> Division:
    """Divide what was asked of a plan among `count` runners, the longest first to whoever is done first.

    What nothing else stands on is divided. A target below is owned by the first runner that needs it, so that whoever
    waits for another one waits for an earlier one.

    Args:
        plan: what is built, parents first.
        count: how many runners there are.
        seconds: how long targets took to build, by name; what is not in it counts as the median of those that are.
    """
    parents = {step.target.name: step.target.dependency_names for step in plan.steps}
    weights, is_recorded = _weights(parents, seconds)
    below = _closures(parents)
    needed: list[set[str]] = [set() for _ in range(count)]
    loads = [0.0] * count
    for name in _heaviest_first(parents, below, weights):
        then = [load + _sum(weights, below[name] - names) for load, names in zip(loads, needed, strict=True)]
        chosen = then.index(min(then))
        loads[chosen] = then[chosen]
        needed[chosen] |= below[name]
    owned, taken = [], set[str]()
    for names in needed:
        owned.append(tuple(name for name in parents if name in names - taken))
        taken |= names
    return Division(tuple(owned), tuple(map(frozenset, needed)), is_recorded)


def useful_count(plan: BuildPlan, seconds: Mapping[str, float]) -> int:
    """How many runners are worth having: the fewest that take no more than a quarter longer than as many as can be."""
    parents = {step.target.name: step.target.dependency_names for step in plan.steps}
    weights, _ = _weights(parents, seconds)
    most = max(1, min(MOST_RUNNERS, len(_leaves(parents))))

    def longest(count: int) -> float:
        return max(_sum(weights, names) for names in divide(plan, count, seconds).needed)

    limit = NEAR_ENOUGH * longest(most)
    return next(count for count in range(1, most + 1) if longest(count) <= limit)


def matrix(plan: BuildPlan, division: Division) -> list[dict[str, str]]:
    """The rows of a CI matrix: for each runner that has anything to do the services whose images it builds."""
    subjects = {step.target.name: step.target.subject for step in plan.steps if step.asked}
    found = [[subjects[name] for name in names if name in subjects] for names in division.owned]
    rows = [names for names in found if names]
    return [
        {"shard": str(Shard(number, len(rows))), "services": " ".join(names)} for number, names in enumerate(rows, 1)
    ]


def _weights(names: Iterable[str], seconds: Mapping[str, float]) -> tuple[dict[str, float], bool]:
    known = {name: max(seconds[name], 0.1) for name in names if name in seconds}
    usual = median(known.values()) if known else 1.0
    return {name: known.get(name, usual) for name in names}, bool(known)


def _leaves(parents: Mapping[str, Sequence[str]]) -> list[str]:
    stood_on = {name for names in parents.values() for name in names}
    return [name for name in parents if name not in stood_on]


def _closures(parents: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """Each target with all that it stands on; parents come first in `parents`."""
    found: dict[str, set[str]] = {}
    for name, above in parents.items():
        found[name] = {name}.union(*(found[parent] for parent in above if parent in found))
    return found


def _heaviest_first(
    parents: Mapping[str, Sequence[str]], below: Mapping[str, set[str]], weights: Mapping[str, float]
) -> list[str]:
    """What is divided; names settle what weights leave open, so that the order of the services does not matter."""
    whole = {name: _sum(weights, below[name]) for name in _leaves(parents)}
    return sorted(whole, key=lambda name: (-whole[name], name))


def _sum(weights: Mapping[str, float], names: Iterable[str]) -> float:
    return sum(weights[name] for name in sorted(names))  # sorted, since the order decides how it is rounded
