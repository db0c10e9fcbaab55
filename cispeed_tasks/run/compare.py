"""Compare the state before with the state after on real engines: look, plan, measure in turn, print the tables."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.compare import FRESH, LOCAL, ComparePlan, chosen_scenarios
from cispeed_tasks.plan.compare_history import compare_record
from cispeed_tasks.plan.compare_results import Measured, Results, Size
from cispeed_tasks.plan.compare_text import data, markdown, seconds
from cispeed_tasks.run import history, side_engines
from cispeed_tasks.run.compare_copies import Copies, check_contexts
from cispeed_tasks.run.compare_look import before_invocation, look_before, make_plan
from cispeed_tasks.run.compare_sides import After, Before, make_sides
from cispeed_tasks.run.compare_sizes import context_sizes, image_sizes
from cispeed_tasks.run.look import View, look
from cispeed_tasks.run.roots import provide_roots
from cispeed_tasks.run.side_engines import Surroundings
from cispeed_tasks.tools import checkout, engine, host, terminal

Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What the user asked of a comparison."""

    before: tuple[str, ...] = ()
    scenarios: str = ""
    runs: str = "1"
    service: str | None = None
    markdown: str | None = None
    json: bool = False
    dry_run: bool = False


def compare(options: Options) -> None:
    """Measure what the tasks change, and print it.

    Raises:
        UsageError: a scenario or a number that there is not.
        ToolError: no second engine can be started here.
        WorkFailed: a build of one of the sides failed.
    """
    scenarios, runs = chosen_scenarios(options.scenarios), _runs(options.runs)
    view = look()
    check_contexts(view)
    before = look_before(view, options.before)
    plan = make_plan(view, before, scenarios, runs, options.service)
    say: Say = terminal.aside if options.json else terminal.say
    say(str(plan))
    if options.dry_run:
        return
    engine.require()
    side_engines.require()
    found = _Findings(view, before, plan, say)
    try:
        with terminal.output_aside(options.json):
            _measure(found)
    finally:
        # Where a build fails or somebody has waited enough, what was measured until then is worth showing.
        if found.measured:
            _show(found.results(), options)
            history.record(view.root, [compare_record(found.results())])


def _show(results: Results, options: Options) -> None:
    text = markdown(results)
    if options.markdown:
        checkout.write_whole(Path(options.markdown), text)
    terminal.say(json.dumps(data(results), indent=2) if options.json else f"\n{text}")
    terminal.step_summary(text)


def _measure(found: _Findings) -> None:
    plan = found.plan
    provide_roots(plan.roots, found.view.project.config)
    with (
        tempfile.TemporaryDirectory(prefix="cispeed-compare-") as place,
        side_engines.side_engines(2, with_registry=plan.needs_registry) as around,
    ):
        roots = _rooted(plan, around)
        copies = Copies(found.view, Path(place))
        registry = f"{around.registry}/compared" if around.registry else ""
        sides = make_sides(plan, around.engines, roots, copies, registry, before_invocation(found.before))
        for run in range(1, plan.runs + 1):
            found.run(run, sides)


def _rooted(plan: ComparePlan, around: Surroundings) -> str:
    """Keep an engine that has the root images and nothing else; returns its directory."""
    first, place = around.engines[0], f"{around.room}/roots"
    if plan.roots:
        side_engines.load(plan.roots, first)
    first.keep(place)
    return place


class _Findings:
    """What has been measured so far."""

    def __init__(self, view: View, before: View, plan: ComparePlan, say: Say) -> None:
        self.view, self.before, self.plan, self.say = view, before, plan, say
        self.measured: list[Measured] = []
        self.export_seconds: list[float] = []
        self.images: dict[str, Size] = {}
        self.contexts: dict[str, Size] = {}

    def results(self) -> Results:
        """All that was found."""
        exports = tuple(self.export_seconds)
        return Results(self.plan, host.machine(), tuple(self.measured), self.images, self.contexts, exports)

    def run(self, number: int, sides: tuple[Before, After]) -> None:
        """Make every measurement once, both sides in turn."""
        for side in sides:
            side.begin()
        for name in LOCAL:
            self._in_turn(name, number, sides)
            if name == "cold" and number == 1:
                self.images = image_sizes(self.view, self.before, sides)
                self.contexts = context_sizes(self.view, self.before, sides)
        if self.plan.needs_registry and not self.export_seconds:
            self.export_seconds.append(sides[1].publish())
            self.say(f"· after, pushed with its build cache: {seconds(self.export_seconds[-1])}")
        for name in FRESH:
            self._in_turn(name, number, sides)

    def _in_turn(self, name: str, number: int, sides: tuple[Before, After]) -> None:
        for side in sides:
            if name in self.plan.measurements(side.name):
                found = side.measure(name, number)
                self.measured.append(found)
                count = f", run {number} of {self.plan.runs}" if self.plan.runs > 1 else ""
                self.say(f"· {found.side}, {name}{count}: {seconds(found.seconds)}")


def _runs(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise UsageError(f"--runs {text}: not a number of runs; write for example --runs 3")
    return int(text)
