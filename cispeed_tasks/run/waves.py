"""Build what has to be built: one bake a wave, each image checked against the checkout before it counts as its own.

A builder that is not the engine's gets one bake for all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.model import Target
from cispeed_tasks.plan.bake import BakeFile, run_definition
from cispeed_tasks.plan.bake_elsewhere import Elsewhere, with_elsewhere
from cispeed_tasks.plan.build import BuildPlan, BuildStep
from cispeed_tasks.plan.builder import Place, SeenBuilder, places
from cispeed_tasks.plan.cache import CachePlan
from cispeed_tasks.plan.capacity import batches
from cispeed_tasks.plan.fingerprint import Fingerprint
from cispeed_tasks.plan.places import relative
from cispeed_tasks.plan.services import is_remote
from cispeed_tasks.run.bake import METADATA, bake, say_exports
from cispeed_tasks.run.build_files import write_files
from cispeed_tasks.run.build_history import Logs
from cispeed_tasks.run.build_outcomes import say_outcomes
from cispeed_tasks.run.build_times import build_seconds
from cispeed_tasks.run.builder import handed_images
from cispeed_tasks.run.contexts import Contexts
from cispeed_tasks.run.fingerprint_records import remember
from cispeed_tasks.run.fingerprints import fingerprint, look_around
from cispeed_tasks.run.look import View
from cispeed_tasks.run.preflight import at_once
from cispeed_tasks.run.reuse import registry_reference
from cispeed_tasks.tools import buildx, buildx_builder, buildx_history, checkout, engine_http, terminal
from cispeed_tasks.tools.parallel import Answer

ATTEMPTS = 3
"""How often an image is built whose files change meanwhile."""


@dataclass(frozen=True)
class Job:
    """One build of a plan: on which builder, and where what it makes is wanted."""

    builder: SeenBuilder
    no_cache: bool = False
    push: bool = False
    """The registry shall have what is built."""
    needed: bool = True
    """The engine needs what was asked for."""


def build(view: View, plan: BuildPlan, caches: CachePlan, job: Job) -> BuildPlan:
    """Build the plan's images, parents first, and give each the name of its fingerprint.

    A build that a cache may have spoilt is done again without any cache, and what follows does without them, too.

    Returns the plan with the fingerprints that the images have, and with the references of those that were pushed.

    Raises:
        WorkFailed: bake failed, left no image, a Dockerfile changed meanwhile, or the files did during every attempt.
    """
    definition = write_files(view)
    work = Work(view, definition, job, _elsewhere(view, plan, job))
    steps = {step.target.name: step for step in plan.steps}
    records: dict[str, buildx.BuildRecord] = {}
    built: list[BuildStep] = []
    logs: list[Answer[Logs]] = []
    for wave in _parts(view, plan, sees_images=job.builder.sees_images):
        done, caches, found = _built(work, wave, steps, caches, logs)
        for step in done:
            steps[step.target.name] = step
            built.append(step)
        records |= found
    say_outcomes(view, steps, built, records, work.elsewhere, logs)
    say_exports(caches, records)
    return BuildPlan(tuple(steps.values()))


@dataclass(frozen=True)
class Work:
    """What all runs of bake of one build have in common."""

    view: View
    definition: BakeFile
    job: Job
    elsewhere: Elsewhere | None
    """None where the engine's own builder builds."""

    def place(self, name: str) -> Place:
        """Where an image goes; the engine's own builder makes it where it is needed."""
        return self.elsewhere.places[name] if self.elsewhere else "load"


def _elsewhere(view: View, plan: BuildPlan, job: Job) -> Elsewhere | None:
    if job.builder.sees_images:
        return None
    found = places(plan, push=job.push, needed=job.needed)
    references = {
        step.target.name: str(registry_reference(view.project.config, step.target, step.target.kind))
        for step in plan.of("build")
        if found[step.target.name] == "push"
    }
    return Elsewhere(found, references, handed_images(view, plan))


def _parts(view: View, plan: BuildPlan, *, sees_images: bool) -> list[list[BuildStep]]:
    """What each run of bake gets: a wave, or what of it is built at once; a builder that sees no images gets all."""
    if not sees_images:
        return [list(plan.of("build"))]
    count = at_once(view, plan).count
    waves = plan.waves()
    seconds = build_seconds(view) if any(len(wave) > count for wave in waves) else {}
    return [part for wave in waves for part in batches(wave, count, seconds)]


def _built(
    work: Work,
    wave: Sequence[BuildStep],
    steps: Mapping[str, BuildStep],
    caches: CachePlan,
    logs: list[Answer[Logs]],
) -> tuple[list[BuildStep], CachePlan, dict[str, buildx.BuildRecord]]:
    """Bake a wave, again where files changed under it; what BuildKit tells of it is asked for in `logs`.

    Returns its steps with the fingerprints that the images have, the caches that still serve, and buildx's records.
    """
    done: dict[str, BuildStep] = {}
    records: dict[str, buildx.BuildRecord] = {}
    todo = list(wave)
    for _ in range(ATTEMPTS):
        caches = _baked(work, todo, {**steps, **done}, caches)
        baked = _records(work.view)
        records |= baked
        # It tells while other work goes on, such as the next wave.
        logs.append(Answer(partial(buildx_history.logs, [record.reference for record in baked.values()])))
        fresh = _fingerprints(work.view, [step.target for step in todo], {**steps, **done})
        edited = [step.target for step in todo if _is_edited(step.target)]
        same = [s for s in todo if s.target not in edited and _is_same(s, fresh[s.target.name])]
        done |= {step.target.name: step for step in _kept(work, same, records)}
        if edited:
            files = ", ".join(dict.fromkeys(relative(str(target.built_from), work.view.root) for target in edited))
            names = ", ".join(target.name for target in edited)
            raise WorkFailed(
                f"{files} changed while {names} was built; run this again, so that what it says now is built"
            )
        todo = [replace(step, fingerprint=fresh[step.target.name]) for step in todo if step not in same]
        if not todo:
            return [done[step.target.name] for step in wave], caches, records
        names = ", ".join(step.target.name for step in todo)
        terminal.warn(f"files changed while they were built into {names}; building again what the checkout is now")
    raise WorkFailed(
        f"the files of {names} change faster than they can be built; end what writes them, and run this again"
    )


def _baked(work: Work, todo: Sequence[BuildStep], steps: Mapping[str, BuildStep], caches: CachePlan) -> CachePlan:
    own = run_definition(todo, steps, sees_images=work.job.builder.sees_images)
    if work.elsewhere is not None:
        own = with_elsewhere(own, todo, steps, work.view.project.targets, work.elsewhere)
    here = [step for step in todo if work.place(step.target.name) == "load"]
    load = work.elsewhere is None
    return bake(work.view, work.definition, todo, own, caches, no_cache=work.job.no_cache, here=here, load=load)


def _is_edited(target: Target) -> bool:
    """Whether BuildKit, which reads a Dockerfile when its wave begins, may have read another one than the plan did."""
    if target.inline or is_remote(target.context):
        return False
    return checkout.text(target.built_from) != target.dockerfile_text


def _is_same(step: BuildStep, now: Fingerprint) -> bool:
    return step.fingerprint is not None and step.fingerprint.value == now.value


def _kept(work: Work, steps: Sequence[BuildStep], records: Mapping[str, buildx.BuildRecord]) -> list[BuildStep]:
    """These images hold what the checkout does: each gets its fingerprint for a name, and its inputs are remembered."""
    here = [step for step in steps if work.place(step.target.name) == "load"]
    engine_http.tag_images([(s.target.tag, s.target.repository, s.fingerprint.tag) for s in here if s.fingerprint])
    return [_keep(work, step, records.get(step.target.name)) for step in steps]


def _keep(work: Work, step: BuildStep, record: buildx.BuildRecord | None) -> BuildStep:
    place, found = work.place(step.target.name), step.fingerprint
    if found is None or place == "keep":
        return step
    if place == "push" and work.elsewhere is not None:
        step = _named_in_registry(step, found, work.elsewhere.references[step.target.name], record)
    remember(work.view.root, found)
    return replace(step, is_named=True)


def _named_in_registry(
    step: BuildStep, found: Fingerprint, reference: str, record: buildx.BuildRecord | None
) -> BuildStep:
    if record is None or buildx_builder.retag(reference, record.digest, found.tag):
        raise WorkFailed(
            f"{reference} was pushed, and could not be given its fingerprint's tag {found.tag}; run this again"
        )
    return replace(step, remote=f"{reference.rsplit(':', 1)[0]}:{found.tag}")


def _fingerprints(view: View, targets: Sequence[Target], steps: Mapping[str, BuildStep]) -> dict[str, Fingerprint]:
    """The fingerprints as the checkout is now, in a walk of its own."""
    around, contexts = look_around(targets), Contexts(view.root, detailed=True)
    found = {name: step.fingerprint for name, step in steps.items() if step.fingerprint is not None}
    for target in targets:  # parents come first
        found[target.name] = fingerprint(view.project, target, around, contexts, found)
    contexts.save()
    return found


def _records(view: View) -> dict[str, buildx.BuildRecord]:
    return {record.target: record for record in buildx.records(view.root / checkout.STATE / METADATA)}
