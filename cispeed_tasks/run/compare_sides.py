"""The two sides of a comparison: what is run for each measurement, on an engine of its own."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.plan.compare import AFTER, BEFORE, ComparePlan
from cispeed_tasks.plan.compare_results import Measured, Step
from cispeed_tasks.run.compare_copies import Copies, make_edit
from cispeed_tasks.tools import buildx_history, process
from cispeed_tasks.tools.buildx_history import Build
from cispeed_tasks.tools.compose import Invocation
from cispeed_tasks.tools.side_engine import SideEngine

TASKS = (sys.executable, "-m", "cispeed_tasks")
SERVICE_LABELS = ("com.docker.compose.service", "cispeed.target")
CI = {
    "CI": "true",
    "GITHUB_ACTIONS": "true",
    "GITHUB_EVENT_PATH": "/dev/null",
    "GITHUB_STEP_SUMMARY": "",
}
MAIN = {**CI, "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main"}
PULL = {
    **CI,
    "GITHUB_EVENT_NAME": "pull_request",
    "GITHUB_REF": "refs/pull/1/merge",
    "GITHUB_HEAD_REF": "change",
}
PERSON = dict.fromkeys(("CI", "GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_STEP_SUMMARY"), "")
UP = ("ready", "fresh-up")
"""What leaves a stack running."""
TAIL = 40
LONGEST_SECONDS = 7200.0


@dataclass
class Side:
    """One side: its engine, where that begins, and the copy that is worked in."""

    name: str
    engine: SideEngine
    roots: str
    """The directory of an engine that has the root images and nothing else."""
    copies: Copies
    plan: ComparePlan
    registry: str = ""
    root: Path = field(default_factory=Path)

    def begin(self) -> None:
        """An empty engine and a fresh copy."""
        self.engine.empty(self.roots)
        self.root = self.copies.make(self.name, {})

    def measure(self, name: str, run: int) -> Measured:
        """Make one measurement; raises WorkFailed with the last lines where a command fails."""
        commands, env = self._prepared(name)
        since, started = datetime.now(UTC), time.monotonic()
        for argv in commands:
            run_quietly(argv, self.root, {**env, **self.engine.env})
        took = time.monotonic() - started
        builds = buildx_history.builds(since, self.engine.env)
        if name in UP:
            self._take_down()
        return Measured(self.name, name, run, took, _services(builds), _steps(builds))

    def _take_down(self) -> None:
        """Remove all containers: a stack that runs on would take the other side's time."""
        found = process.ask(["docker", "ps", "--all", "--quiet"], env=self.engine.env).stdout.split()
        if found:
            process.ask(["docker", "rm", "--force", "--volumes", *found], env=self.engine.env, timeout=300)

    def _prepared(self, name: str) -> tuple[list[Sequence[str]], Mapping[str, str]]:
        """The commands of a measurement and their variables; what goes before it is done."""
        edit = self.plan.edits.get(name.partition("-")[2])
        if name.startswith("fresh"):
            self.engine.empty(self.roots)
            config = {"registry": self.registry, "cache": {"ci": {"type": "registry"}}}
            self.root = self.copies.make(self.name, config, edit)
        elif edit is not None:
            make_edit(self.root, edit)
        return self._commands(name), (PULL if name.startswith("fresh") else PERSON)

    def _commands(self, name: str) -> list[Sequence[str]]:
        raise NotImplementedError


class Before(Side):
    """The before state: Compose's own commands on the user's own files."""

    invocation: Invocation = Invocation(Path())

    def _commands(self, name: str) -> list[Sequence[str]]:
        if name == "ready":
            return [self.invocation.argv("up", "--detach", "--no-build", "--wait")]
        bases = [
            ["docker", "build", "--quiet", "--tag", image, context] for image, context in self.plan.before_bases.items()
        ]
        return [*bases, self.invocation.argv("build")]


class After(Side):
    """The after state: the tasks."""

    def _commands(self, name: str) -> list[Sequence[str]]:
        words = {"ready": ("full-up", "--no-build"), "fresh-up": ("full-up",)}.get(name, ("build-optimized",))
        return [[*TASKS, *words]]

    def publish(self) -> float:
        """Put images and build cache into the registry, as CI does on the main branch; returns the seconds."""
        config = {"registry": self.registry, "cache": {"ci": {"type": "registry"}}}
        self.root = self.copies.make(self.name, config)
        started = time.monotonic()
        run_quietly([*TASKS, "build-optimized", "--force", "--push"], self.root, {**MAIN, **self.engine.env})
        return time.monotonic() - started


def run_quietly(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> None:
    """Run a command whose output nobody sees unless it fails; raises WorkFailed with its last lines."""
    done = process.ask(argv, cwd=cwd, env=env, timeout=LONGEST_SECONDS, check=False)
    if done.exit_code:
        lines = (done.stdout + done.stderr).strip().splitlines()[-TAIL:]
        shown = "\n".join(f"    {line}" for line in lines)
        raise WorkFailed(f"exit code {done.exit_code} from: {process.command_line(argv)}, in {cwd}\n{shown}")


def make_sides(
    plan: ComparePlan, engines: Sequence[SideEngine], roots: str, copies: Copies, registry: str, before: Invocation
) -> tuple[Before, After]:
    """Both sides of a plan."""
    first = Before(BEFORE, engines[0], roots, copies, plan)
    first.invocation = before
    return first, After(AFTER, engines[1], roots, copies, plan, registry)


def _services(builds: Sequence[Build]) -> dict[str, float]:
    found: dict[str, float] = {}
    for build in builds:
        name = next((build.labels[label] for label in SERVICE_LABELS if label in build.labels), None)
        if name is not None:
            found[name] = max(build.seconds, found.get(name, 0.0))
    return found


def _steps(builds: Sequence[Build]) -> tuple[Step, ...]:
    """The longest steps; one that several builds share is one."""
    steps = {(name, round(seconds, 3)): Step(name, seconds) for build in builds for name, seconds in build.steps}
    return tuple(sorted(steps.values(), key=lambda step: -step.seconds)[:5])
