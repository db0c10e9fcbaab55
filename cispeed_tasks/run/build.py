"""Build images: find out what is there already, print the plan, build the rest in waves, say what came of it."""

from __future__ import annotations

import shlex
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cispeed_tasks.config import did_you_mean
from cispeed_tasks.errors import ToolError, UsageError
from cispeed_tasks.plan.build import BuildPlan, plan_bases, plan_bases_below, plan_full
from cispeed_tasks.plan.cache import CachePlan
from cispeed_tasks.plan.reuse import Wish, once_built
from cispeed_tasks.plan.shards import Shard
from cispeed_tasks.run import build_history, cache, history, reuse
from cispeed_tasks.run.look import View, chosen_services, look
from cispeed_tasks.tools import compose, engine_http, terminal

if TYPE_CHECKING:
    from cispeed_tasks.run.waves import Job


@dataclass(frozen=True)
class Options:
    """What the user asked of a build."""

    dry_run: bool = False
    no_cache: bool = False
    force: bool = False
    explain: bool = False
    pull: bool = False
    push: bool = False
    cache: str | None = None
    """The build cache by its word; None leaves it to the config."""
    shard: Shard | None = None
    """The part of the images that this runner builds; None builds all."""

    @property
    def wish(self) -> Wish:
        """What it means for images that are there already."""
        return Wish(force=self.force or self.no_cache, pull=self.pull, push=self.push)


def build_base(names: list[str], services: list[str] | None, options: Options) -> None:
    """Build the base images `names`, or those below some services, or all."""
    view = look()
    cache.check_word(view, options.cache)
    known = list(view.project.config.bases)
    for name in names:
        if name not in known:
            raise UsageError(f"there is no base '{name}'{did_you_mean(name, known) or '; cispeed.yaml names none'}")
    if not known:
        terminal.tell("cispeed.yaml names no `bases:`; nothing to build.")
        return
    if names and services is not None:
        raise UsageError("name base images, or by --services what stands on them, not both")
    if services is None:
        plan = plan_bases(view.project, names)
    else:
        plan = plan_bases_below(view.project, chosen_services(view, services) if services else ())
    if not plan.steps:
        terminal.tell("None of these services stands on an image of `bases:`; nothing to build.")
        return
    build(view, plan, options)


def build_optimized(services: list[str], options: Options) -> None:
    """Build the full images of some services, or all, bases first; what is there already is left as it is."""
    view = look()
    cache.check_word(view, options.cache)
    if options.push and not view.project.config.registry:
        raise UsageError(
            "--push needs to know where to: write `registry: ghcr.io/ORGANISATION/REPOSITORY` into cispeed.yaml"
        )
    plan = plan_full(view.project, chosen_services(view, services))
    if options.shard is not None:
        from cispeed_tasks.run import shards

        shards.build_shard(view, plan, options.shard, options)
        return
    decision = build(view, plan, options)
    if decision is not None and options == Options():
        from cispeed_tasks.run import unchanged

        unchanged.remember(view, decision, services)


def build(view: View, plan: BuildPlan, options: Options | None = None) -> reuse.Decision | None:
    """Carry out a build plan; images that are needed here and lie in the registry are pulled unless options say else.

    Returns what would be decided next, were nothing to change, and from what; None where nothing was seen of the engine.

    Raises:
        WorkFailed: a build, a pull or a push failed.
        ToolError: no engine answers.
    """
    options = options or Options(pull=True)
    started = time.monotonic()
    decision = _decided(view, plan, options)
    plan = done = decision.plan if decision else plan
    terminal.plan(plan.text(every=options.explain or options.dry_run))
    if options.explain:
        _explain(plan)
    if plan.of("build"):
        # The bake file wants it, once the builder has been asked for.
        compose.resolve_ahead(view.compose, interpolate=False)
    job = _job(view, plan, options) if decision is not None and plan.of("build") else None
    caches = cache.choose(
        view, [step.target for step in plan.of("build")], options.cache, job.builder.driver if job else ""
    )
    cache.say(caches)
    if options.dry_run:
        _say_by_hand(view, plan)
    elif plan.steps:
        with history.remembered(view.root, build_history.whole(plan), started) as watch:
            done = _carry_out(view, plan, options, caches, job)
            watch.cache_bytes = build_history.cache_bytes(time.monotonic() - started) if job else None
        terminal.outcome("ok", f"{_outcome(plan)} in {terminal.seconds(time.monotonic() - started)}")
    return replace(decision, plan=once_built(done)) if decision and not options.dry_run else None


def _job(view: View, plan: BuildPlan, options: Options) -> Job:
    """See to what a build needs: a builder that answers, and room for what it makes."""
    from cispeed_tasks.run import builder, preflight
    from cispeed_tasks.run.waves import Job

    found = builder.prepare(view, dry_run=options.dry_run)
    if found.sees_images:
        preflight.check_disk(view, plan)
    return Job(found, options.no_cache, options.push, needed=options.pull or not options.push)


def _decided(view: View, plan: BuildPlan, options: Options) -> reuse.Decision | None:
    if not plan.steps:
        return None
    try:
        decided = reuse.decide(view, plan, options.wish)
    except ToolError as error:
        if not options.dry_run:
            raise
        terminal.warn(f"this is the plan as if no image were there: {str(error).partition(': ')[0]}")
        return None
    if options.dry_run or not decided.plan.roots:
        return decided
    from cispeed_tasks.run import roots

    provided = roots.provide_roots(decided.plan.roots, view.project.config)
    return reuse.decide(view, plan, options.wish) if provided else decided


def _carry_out(view: View, plan: BuildPlan, options: Options, caches: CachePlan, job: Job | None) -> BuildPlan:
    """Do it; returns the plan with the fingerprints that the images have."""
    if plan.of("pull"):
        from cispeed_tasks.run import images

        images.pull(plan.of("pull"))
    unnamed = [step for step in plan.of("reuse") if not step.is_named]
    engine_http.tag_images([(s.reference, s.target.repository, s.target.tag.rsplit(":", 1)[1]) for s in unnamed])
    if job is not None:
        from cispeed_tasks.run import waves

        plan = waves.build(view, plan, caches, job)
    if options.push:
        from cispeed_tasks.run import images

        images.push(view, [step for step in plan.of("build", "reuse") if step.remote is None])
    return plan


def _explain(plan: BuildPlan) -> None:
    """What a step's line leaves out: why a whole context counts."""
    for step in plan.steps:
        if step.fingerprint and step.fingerprint.whole:
            terminal.note(f"  {step.target.name}: the whole context counts: {step.fingerprint.whole}")


def _say_by_hand(view: View, plan: BuildPlan) -> None:
    from cispeed_tasks.plan.bake import BAKE_FILE
    from cispeed_tasks.run.build_files import write_files

    definition = write_files(view)
    names = " ".join(step.target.name for step in plan.of("build"))
    by_hand = (
        f" By hand: cd {shlex.quote(str(view.root))} && docker buildx bake -f {BAKE_FILE} {names}" if names else ""
    )
    terminal.note(f"dry run: nothing was built.{by_hand}")
    if names and definition.environment:
        terminal.note(f"with these variables set as Compose has them: {', '.join(sorted(definition.environment))}")


def _outcome(plan: BuildPlan) -> str:
    words = {"build": "built", "reuse": "reused", "pull": "pulled", "leave": "left in the registry"}
    parts = [f"{len(steps)} {word}" for action, word in words.items() if (steps := plan.of(action))]
    total = len(plan.steps)
    return f"{'1 image' if total == 1 else f'{total} images'}: {', '.join(parts)}"
