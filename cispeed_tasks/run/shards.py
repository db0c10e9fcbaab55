"""One runner's part of a build: what others need of it goes to the registry first, what it needs of others comes from there."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from cispeed_tasks.plan.build import BuildPlan, BuildStep, plan_targets
from cispeed_tasks.plan.shards import Division, Shard, divide
from cispeed_tasks.run import reuse
from cispeed_tasks.run.build import Options, build
from cispeed_tasks.run.build_times import build_seconds
from cispeed_tasks.run.look import View
from cispeed_tasks.tools import terminal

POLL_SECONDS = 2.0


def build_shard(view: View, plan: BuildPlan, shard: Shard, options: Options) -> None:
    """Build what is this runner's of a plan, by the same division as every runner makes that looks at the same checkout.

    What is there already is divided, too: whether it is there may change while the runners work.

    Raises:
        WorkFailed: a build, a pull or a push failed.
        ToolError: no engine answers.
    """
    seconds = build_seconds(view)
    division = divide(plan, shard.count, seconds)
    why_alone = _why_alone(view, options)
    _say(plan, division, shard, why_alone=why_alone)
    own = division.own(shard)
    if not own:
        terminal.outcome("ok", f"shard {shard} has nothing to build: there are fewer images than runners")
        return
    if why_alone is None and not options.dry_run:
        _exchange(view, division, shard, options, seconds)
    build(view, plan_targets(view.project, own), replace(options, shard=None))


def _say(plan: BuildPlan, division: Division, shard: Shard, *, why_alone: str | None) -> None:
    own, shared, foreign = division.own(shard), division.shared(shard), division.foreign(shard)
    names = f": {', '.join(own)}" if own else ""
    terminal.say(f"shard {shard} has {len(own)} of {len(plan.steps)} images{names}")
    terminal.note(f"divided {division.cause}; every runner has to say the same word: {division.digest}")
    for name in shared if why_alone is None else ():
        terminal.say(f"{name}: built and pushed first, since other shards stand on it")
    for name, other in foreign.items():
        if why_alone is None:
            terminal.say(f"{name}: shard {other} builds it; it is taken from the registry once it is there")
        else:
            terminal.say(f"{name}: built by every shard that needs it, since {why_alone}")


def _why_alone(view: View, options: Options) -> str | None:
    """Why shards cannot give each other images; None where they can."""
    if not view.project.config.registry or not options.push:
        return "without `registry:` and --push they share none"
    return "what --force and --no-cache build is built from nothing of others" if options.wish.force else None


def _exchange(view: View, division: Division, shard: Shard, options: Options, seconds: Mapping[str, float]) -> None:
    """Give the others what they wait for, then wait for what they give; each image after what it stands on."""
    foreign = division.foreign(shard)
    for name in division.shared(shard):
        step = plan_targets(view.project, [name])
        _await(
            view,
            {one.target.name: foreign[one.target.name] for one in step.steps if one.target.name in foreign},
            seconds,
        )
        build(view, step, replace(options, shard=None))
    _await(view, foreign, seconds)


def _await(view: View, foreign: Mapping[str, Shard], seconds: Mapping[str, float]) -> None:
    """Wait until the registry has what other shards build, for no longer than building it here is worth."""
    missing = _missing(view, foreign)
    if not missing:
        return
    limit = _limit(view, list(missing), seconds)
    waits = ", ".join(f"{name} of shard {foreign[name]}" for name in missing)
    terminal.say(f"waiting up to {terminal.seconds(limit)} for {waits}")
    began = time.monotonic()
    while missing and time.monotonic() - began < limit:
        time.sleep(POLL_SECONDS)
        there = reuse.in_registry(view.project.config, list(missing.values()))
        missing = {name: reference for name, reference in missing.items() if reference not in there}
    took = terminal.seconds(time.monotonic() - began)
    if missing:
        terminal.warn(
            f"{', '.join(missing)} did not come within {took}; building here what other shards have not pushed"
        )
    else:
        terminal.outcome("ok", f"all there after {took}")


def _missing(view: View, foreign: Mapping[str, Shard]) -> dict[str, str]:
    """The references under which the registry will have what it has not yet; what nobody can name is built here."""
    if not foreign:
        return {}
    decided = reuse.decide(view, plan_targets(view.project, foreign), Options(push=True).wish).plan
    steps = [step for step in decided.of("build") if step.target.name in foreign]
    return {step.target.name: reference for step in steps if (reference := _reference(view, step))}


def _reference(view: View, step: BuildStep) -> str | None:
    if step.fingerprint is None or step.fingerprint.unknown:
        return None
    return reuse.registry_reference(view.project.config, step.target, step.fingerprint.tag)


def _limit(view: View, names: list[str], seconds: Mapping[str, float]) -> float:
    """Seconds to wait: what the longest of them took before, and as much again for a runner that starts later."""
    most = view.project.config.timeouts.shard
    known = [seconds[name] for name in names if name in seconds]
    return min(most, 30 + 2 * max(known)) if len(known) == len(names) else most
