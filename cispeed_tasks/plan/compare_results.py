"""What a comparison found: figures by scenario, service and side, with medians and spread."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cispeed_tasks.plan.compare import AFTER, BEFORE, ComparePlan, Scenario

LONGEST = 3


@dataclass(frozen=True)
class Step:
    """A step of a build that was run, not taken from a cache; seconds."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Measured:
    """One measurement: seconds from the command's start to its end, and what BuildKit recorded of it."""

    side: str
    name: str
    run: int
    seconds: float
    services: Mapping[str, float] = field(default_factory=dict)
    """Seconds of each service's own build; builds of one command run beside each other."""
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Figure:
    """Some measurements of the same in one number: seconds."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median."""
        return statistics.median(self.values)

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the greatest."""
        return min(self.values), max(self.values)


@dataclass(frozen=True)
class Size:
    """The bytes of something on both sides; `files` where it consists of some. None where a side does not have it."""

    before: int | None
    after: int | None
    files_before: int | None = None
    files_after: int | None = None


@dataclass(frozen=True)
class Row:
    """One scenario's figures; a side's are None where it was not measured."""

    scenario: Scenario
    before: Figure | None
    after: Figure | None
    services: Mapping[str, tuple[float | None, float | None]]
    """For each service its median seconds, before and after; None where nothing was built for it."""
    bound: tuple[Step, ...]
    """The longest steps of the after side."""

    @property
    def ratio(self) -> float | None:
        """How many times as long the before side takes; None where a side is missing."""
        return self.before.median / self.after.median if self.before and self.after and self.after.median else None


@dataclass(frozen=True)
class Results:
    """All of a comparison."""

    plan: ComparePlan
    machine: str
    measured: tuple[Measured, ...]
    images: Mapping[str, Size] = field(default_factory=dict)
    contexts: Mapping[str, Size] = field(default_factory=dict)
    export_seconds: tuple[float, ...] = ()
    """What the push of images and cache took that the fresh runners live on, for each run."""

    def rows(self) -> tuple[Row, ...]:
        """A row for each scenario."""
        return tuple(self._row(one) for one in self.plan.scenarios)

    def _row(self, scenario: Scenario) -> Row:
        before, after = self._figure(BEFORE, scenario.before_of), self._figure(AFTER, scenario.after_of)
        seconds = [
            self._services(side, of[0]) for side, of in ((BEFORE, scenario.before_of), (AFTER, scenario.after_of))
        ]
        names = list(dict.fromkeys([*seconds[0], *seconds[1]]))
        services = {name: (seconds[0].get(name), seconds[1].get(name)) for name in names}
        return Row(scenario, before, after, services, self._longest(scenario.after_of))

    def _of(self, side: str, name: str) -> list[Measured]:
        return [one for one in self.measured if one.side == side and one.name == name]

    def _figure(self, side: str, names: Sequence[str]) -> Figure | None:
        """The sums of some measurements, run by run."""
        found = [{one.run: one.seconds for one in self._of(side, name)} for name in names]
        runs = sorted(set.intersection(*(set(one) for one in found)))
        return Figure(tuple(sum(one[run] for one in found) for run in runs)) if runs else None

    def _services(self, side: str, name: str) -> dict[str, float]:
        found = self._of(side, name)
        names = dict.fromkeys(service for one in found for service in one.services)
        return {service: statistics.median(_values(found, service)) for service in names}

    def _longest(self, names: Sequence[str]) -> tuple[Step, ...]:
        steps = [step for name in names for one in self._of(AFTER, name)[-1:] for step in one.steps]
        return tuple(sorted(steps, key=lambda step: -step.seconds)[:LONGEST])


def _values(found: Iterable[Measured], service: str) -> list[float]:
    return [one.services[service] for one in found if service in one.services]
