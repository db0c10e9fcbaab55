"""The charts of whole runs: pushes, what needed no work, how soon stacks are ready, tests, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from cispeed_tasks.plan.amounts import amount
from cispeed_tasks.plan.history_records import Record
from cispeed_tasks.plan.report_chart import BARS, Chart, Series, Table, first, mean, over_time, rest, time_table
from cispeed_tasks.plan.report_facts import PUSH_SECONDS, Facts
from cispeed_tasks.plan.report_series import epoch, line, percentile


def pushes(facts: Facts) -> Chart:
    """What a push takes from its first work to its last."""
    what = "CI run" if facts.is_ci else "command"
    points = line(facts.pushes, facts.span)
    under = facts.pushes_under / len(facts.pushes) * 100 if facts.pushes else 0
    says = f"Time from the first to the last work of each {what}; {under:.0f} % took less than 3 minutes."
    title = "Time of each push" if facts.is_ci else "Time of each command"
    table = time_table({"median": points}, "s", facts)
    series = (Series(f"{what}s", points),)
    return Chart("pushes", title, says, "time", "s", series, table, (), PUSH_SECONDS, "3 minutes")


def hit_rate(facts: Facts) -> Chart:
    """How much needed no work, over time."""
    steps = [(epoch(one.at), one.steps_cached / one.steps_all * 100) for one in facts.builds if one.steps_all]
    built: dict[str, int] = {}
    for one in facts.builds:
        built[one.run] = built.get(one.run, 0) + 1
    images = [
        (epoch(one.at), len(one.reused) / asked * 100)
        for one in facts.runs
        if (asked := len(one.reused) + (built.get(one.run, 0) if one.result != "reused" else 0))
    ]
    pairs = {"images that needed no build": images, "steps from the cache": steps}
    says = "Percent of the images that were asked for, and of the instructions of those that were built."
    return over_time("cache", "Cache hit rate", says, "time", "%", pairs, facts, mean)


def time_saved(facts: Facts) -> Chart:
    """The time of what was not needed."""
    pairs = {"builds not needed": facts.skipped, "test runs not needed": facts.reused_tests}
    says = (
        "Seconds that were saved: the usual time of each build, and the time of each green test run, that was reused."
    )
    return over_time("saved", "Time saved", says, "stacked time", "s", pairs, facts, sum)


def before_and_after(facts: Facts) -> Chart:
    """The bars of the last comparison."""
    last = next((one for one in reversed(facts.everything) if one.kind == "compare" and one.bars), None)
    times = [one for one in last.bars if one.unit == "s"] if last else []
    bars = times[:BARS]
    labels = tuple(f"{one.subject}, {one.scenario}" for one in bars)
    series = (
        Series("before", values=tuple(one.before for one in bars)),
        Series("after", values=tuple(one.after for one in bars)),
    )
    rows = tuple(
        (f"{one.subject}, {one.scenario}", amount(one.before, one.unit), amount(one.after, one.unit))
        for one in (last.bars if last else ())
    )
    more = f"; drawn are {BARS}, the table has {len(times) - BARS} more" if len(times) > BARS else ""
    says = f"Seconds before and after, measured on {last.at[:10] if last else ''} by inv compare{more}."
    table = Table(("service, scenario", "before", "after"), rows)
    return Chart("compare", "Before and after", says, "bars", "s", series if bars else (), table, labels)


def build_cache(facts: Facts) -> Chart:
    """How large the build cache was after builds."""
    pairs = [(epoch(one.at), float(one.cache_bytes)) for one in facts.runs if one.cache_bytes]
    says = "Bytes of the engine's build cache after each build, that of all projects."
    return over_time("disk", "Build cache", says, "time", "B", {"build cache": pairs}, facts, median)


def ready_time(facts: Facts) -> Chart:
    """How soon stacks are ready."""
    return _by_name(
        "ready", "Time until ready", "Seconds until every service of a stack is ready", facts, "up", "ready"
    )


def test_time(facts: Facts) -> Chart:
    """What test runs take that pass."""
    return _by_name("tests", "Test runs", "Seconds of test runs that passed", facts, "test", "passed")


def _by_name(id_: str, title: str, says: str, facts: Facts, kind: str, result: str) -> Chart:
    found: dict[str, list[Record]] = {}
    for one in facts.records:
        if (one.kind, one.result) == (kind, result):
            found.setdefault(one.name, []).append(one)
    series = tuple(
        Series(name, line([(epoch(one.at), one.seconds) for one in kept], facts.span)) for name, kept in first(found)
    )
    rows = tuple((name, *_cells([one.seconds for one in kept])) for name, kept in found.items())
    table = Table(("what", "runs", "median", "90 % within", "last"), rows)
    return Chart(id_, title, f"{says}{rest(found)}.", "time", "s", series, table)


def _cells(seconds: Sequence[float]) -> tuple[str, ...]:
    values = (median(seconds), percentile(seconds, 90), seconds[-1])
    return (str(len(seconds)), *(amount(one, "s") for one in values))
