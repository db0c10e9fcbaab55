"""The matrix of a CI workflow: which runner builds the images of which services, without what needs no build."""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import dataclass

from cispeed_tasks.plan.build import BuildPlan, plan_full, plan_targets
from cispeed_tasks.plan.commit_range import Wish as Range
from cispeed_tasks.plan.reuse import Wish
from cispeed_tasks.plan.shards import Division, divide, matrix, useful_count
from cispeed_tasks.run import reuse
from cispeed_tasks.run.affected import find_affected
from cispeed_tasks.run.build_times import build_seconds
from cispeed_tasks.run.look import View, chosen_services, look
from cispeed_tasks.tools import git, terminal


@dataclass(frozen=True)
class Options:
    """What the user asked of the matrix."""

    shards: int | None = None
    base: str | None = None
    everything: bool = False
    as_json: bool = False


def build_matrix(services: list[str], options: Options) -> None:
    """Print the matrix; with `as_json` one line that a workflow reads, and all else to standard error.

    Raises:
        UsageError: a service or a commit that does not exist.
        ToolError: no engine answers.
    """
    with contextlib.redirect_stdout(sys.stderr) if options.as_json else contextlib.nullcontext():
        view = look()
        plan, cause = _wanted(view, plan_full(view.project, chosen_services(view, services)), options)
        seconds = build_seconds(view)
        count = options.shards or useful_count(plan, seconds)
        division = divide(plan, count, seconds)
        rows = matrix(plan, division)
        _say(plan, cause, division)
    if options.as_json:
        terminal.say(json.dumps({"include": rows}))
    elif rows:
        terminal.table(("shard", "services"), [(row["shard"], row["services"]) for row in rows])


def _say(plan: BuildPlan, cause: str, division: Division) -> None:
    count = sum(step.asked for step in plan.steps)
    many = "no image needs" if not count else "1 image needs" if count == 1 else f"{count} images need"
    terminal.note(f"{many} a build ({cause}){f'; divided {division.cause}' if count > 1 else ''}")


def _wanted(view: View, plan: BuildPlan, options: Options) -> tuple[BuildPlan, str]:
    """What of a plan needs a build, and why that and no more."""
    registry = view.project.config.registry
    if options.everything:
        return plan, "--all"
    if options.base is None and registry:
        return _absent(view, plan), f"{registry} does not have them"
    if options.base is None and not git.is_checkout(view.root):
        return plan, "nothing says what changed: there is no `registry:` and no git repository"
    found = find_affected(view, Range(base=options.base))
    names = [step.target.name for step in plan.steps if step.asked and step.target.name in found.targets]
    return plan_targets(view.project, names), found.compared


def _absent(view: View, plan: BuildPlan) -> BuildPlan:
    """What the registry does not have; that an engine has it helps no other runner."""
    decided = reuse.decide(view, plan, Wish()).plan
    here = {
        step.target.name: str(reuse.registry_reference(view.project.config, step.target, step.fingerprint.tag))
        for step in decided.of("reuse")
        if step.fingerprint is not None
    }
    there = reuse.in_registry(view.project.config, list(here.values()))
    names = {step.target.name for step in decided.of("build")}
    return _kept(plan, names | {name for name, reference in here.items() if reference not in there})


def _kept(plan: BuildPlan, names: set[str]) -> BuildPlan:
    """Of a plan what is named, and of what was only needed below what still is."""
    needed: set[str] = set()
    kept = []
    for step in reversed(plan.steps):
        if step.target.name in names and (step.asked or step.target.name in needed):
            kept.append(step)
            needed |= set(step.target.dependency_names)
    return BuildPlan(tuple(reversed(kept)))
