"""What a report is made of: records sorted by their kind, and the sums that several parts of the report need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from cispeed_tasks.plan.history_records import Record
from cispeed_tasks.plan.report_series import Pair, Span, epoch

PUSH_SECONDS = 180.0
WEEK_SECONDS = 7 * 86400.0
WORK = frozenset({"images", "up", "test"})
"""The kinds that are work of their own; a build is a part of one."""


@dataclass(frozen=True)
class Facts:
    """Records in the order of time, and what follows from them."""

    records: Sequence[Record]
    """Those of CI where there are any."""
    everything: Sequence[Record]
    is_ci: bool

    @classmethod
    def of(cls, records: Sequence[Record]) -> Facts:
        """Sort records; those of people's machines are left out of times where CI has any of its own."""
        of_ci = [one for one in records if one.is_ci]
        return cls(of_ci or records, records, bool(of_ci))

    @property
    def left_out(self) -> int:
        """How many records are of people's machines while the report is of CI."""
        return len(self.everything) - len(self.records)

    @cached_property
    def span(self) -> Span:
        """The time of all records."""
        times = [epoch(self.everything[0].at), epoch(self.everything[-1].at)] if self.everything else [0.0, 0.0]
        return Span(times[0], max(times))

    @cached_property
    def all_builds(self) -> list[Record]:
        """Every image that was built well, wherever."""
        return [one for one in self.everything if one.kind == "build" and one.result == "built"]

    @cached_property
    def builds(self) -> list[Record]:
        """The images that were built well."""
        return [one for one in self.records if one.kind == "build" and one.result == "built"]

    @cached_property
    def by_target(self) -> dict[str, list[Record]]:
        """The builds of each target, those of the most time first."""
        found: dict[str, list[Record]] = {}
        for one in self.builds:
            found.setdefault(one.name, []).append(one)
        return dict(sorted(found.items(), key=lambda pair: -sum(one.seconds for one in pair[1])))

    @cached_property
    def runs(self) -> list[Record]:
        """The whole builds."""
        return [one for one in self.records if one.kind == "images"]

    @cached_property
    def typical(self) -> Mapping[str, float]:
        """The median of each target's builds in seconds: what is saved where one is not needed."""
        return {name: median(one.seconds for one in kept) for name, kept in self.by_target.items()}

    @cached_property
    def skipped(self) -> list[Pair]:
        """The seconds of builds that each whole build did not need, as far as it is known what they take."""
        saved = ((one, sum(self.typical.get(name, 0.0) for name in one.reused)) for one in self.runs)
        return [(epoch(one.at), seconds) for one, seconds in saved if seconds]

    @cached_property
    def reused_tests(self) -> list[Pair]:
        """The seconds of test runs that were not needed."""
        return [(epoch(one.at), one.saved) for one in self.records if one.kind == "test" and one.saved]

    @property
    def saved_by_skipping(self) -> float:
        """Seconds of builds in all."""
        return sum(seconds for _, seconds in self.skipped)

    @property
    def saved_by_tests(self) -> float:
        """Seconds of test runs in all."""
        return sum(seconds for _, seconds in self.reused_tests)

    @cached_property
    def images_reused(self) -> int:
        """How often an image that was asked for needed no build."""
        return sum(len(one.reused) for one in self.runs)

    @cached_property
    def images_asked(self) -> int:
        """How often an image was asked for."""
        return self.images_reused + len(self.builds)

    @cached_property
    def steps_cached(self) -> int:
        """How many instructions came from the cache."""
        return sum(one.steps_cached for one in self.builds)

    @cached_property
    def steps_all(self) -> int:
        """How many instructions there were."""
        return sum(one.steps_all for one in self.builds)

    @cached_property
    def pushes(self) -> list[Pair]:
        """When each CI run, or each command on a person's machine, began, and how many seconds it was at work."""
        spans: dict[str, tuple[float, float]] = {}
        for one in self.records:
            if one.kind in WORK:
                start = epoch(one.at)
                begin, end = spans.get(one.run or one.id, (start, start))
                spans[one.run or one.id] = (min(begin, start), max(end, start + one.seconds))
        return sorted((begin, end - begin) for begin, end in spans.values())

    @property
    def pushes_under(self) -> int:
        """How many of them took less than three minutes."""
        return sum(seconds < PUSH_SECONDS for _, seconds in self.pushes)

    @cached_property
    def built_in_last_week(self) -> dict[str, int]:
        """How often each target was built in the last seven days of the records."""
        since = self.span.end - WEEK_SECONDS
        return {name: sum(epoch(one.at) >= since for one in kept) for name, kept in self.by_target.items()}
