"""Build what has to be built: one bake a wave, each image checked against the checkout before it counts as its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.model import Target
from cispeed_tasks.plan.bake import BakeFile, run_definition
from cispeed_tasks.plan.build import BuildPlan, BuildStep
from cispeed_tasks.plan.cache import CachePlan
from cispeed_tasks.plan.capacity import batches
from cispeed_tasks.plan.fingerprint import Fingerprint
from cispeed_tasks.run.bake import METADATA, bake, say_exports
from cispeed_tasks.run.build_files import write_files
from cispeed_tasks.run.build_history import Built, remember_builds
from cispeed_tasks.run.build_times import build_seconds
from cispeed_tasks.run.contexts import Contexts
from cispeed_tasks.run.fingerprint_records import remember
from cispeed_tasks.run.fingerprints import fingerprint, look_around
from cispeed_tasks.run.look import View
from cispeed_tasks.run.preflight import at_once
from cispeed_tasks.tools import buildx, checkout, engine_http, terminal

ATTEMPTS = 3
"""How often an image is built whose files change meanwhile."""


def build(view: View, plan: BuildPlan, caches: CachePlan, *, no_cache: bool) -> BuildPlan:
    """Build the plan's images, parents first, and give each the name of its fingerprint.

    A build that a cache may have spoilt is done again without any cache, and what follows does without them, too.

    Returns the plan with the fingerprints that the images have.

    Raises:
        WorkFailed: bake failed, left no image, or the files changed during every attempt.
    """
    definition = write_files(view)
    # A builder of another driver sees no image of the engine's, so that it gets the whole graph at once.
    sees_images = buildx.driver() == "docker"
    steps = {step.target.name: step for step in plan.steps}
    records: dict[str, buildx.BuildRecord] = {}
    built: list[BuildStep] = []
    for wave in _parts(view, plan, sees_images=sees_images):
        done, caches = _built(view, definition, wave, steps, caches, sees_images=sees_images, no_cache=no_cache)
        for step in done:
            steps[step.target.name] = step
            built.append(step)
        records |= _records(view)
    _say_outcomes(view, built, records)
    say_exports(caches, records)
    return BuildPlan(tuple(steps.values()))


def _parts(view: View, plan: BuildPlan, *, sees_images: bool) -> list[list[BuildStep]]:
    """What each run of bake gets: a wave, or what of it is built at once; a builder that sees no images gets all."""
    if not sees_images:
        return [list(plan.of("build"))]
    count = at_once(view, plan).count
    waves = plan.waves()
    seconds = build_seconds(view) if any(len(wave) > count for wave in waves) else {}
    return [part for wave in waves for part in batches(wave, count, seconds)]


def _built(
    view: View,
    definition: BakeFile,
    wave: Sequence[BuildStep],
    steps: Mapping[str, BuildStep],
    caches: CachePlan,
    *,
    sees_images: bool,
    no_cache: bool,
) -> tuple[list[BuildStep], CachePlan]:
    """Bake a wave, again where files changed under it.

    Returns its steps with the fingerprints that the images have, and the caches that still serve.
    """
    done: dict[str, BuildStep] = {}
    todo = list(wave)
    for _ in range(ATTEMPTS):
        own = run_definition(todo, {**steps, **done}, sees_images=sees_images)
        caches = bake(view, definition, todo, own, caches, no_cache=no_cache)
        fresh = _fingerprints(view, [step.target for step in todo], {**steps, **done})
        changed = []
        for step in todo:
            now = replace(step, fingerprint=fresh[step.target.name])
            if step.fingerprint is not None and step.fingerprint.value == fresh[step.target.name].value:
                done[step.target.name] = _keep(view, step)
            else:
                changed.append(now)
        todo = changed
        if not todo:
            return [done[step.target.name] for step in wave], caches
        names = ", ".join(step.target.name for step in todo)
        terminal.warn(f"files changed while they were built into {names}; building again what the checkout is now")
    raise WorkFailed(
        f"the files of {names} change faster than they can be built; end what writes them, and run this again"
    )


def _keep(view: View, step: BuildStep) -> BuildStep:
    """The image holds what the checkout does: it gets its fingerprint for a name, and its inputs are remembered."""
    if step.fingerprint is not None:
        engine_http.tag_image(step.target.tag, step.target.repository, step.fingerprint.tag)
        remember(view.root, step.fingerprint)
    return replace(step, is_named=True)


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


def _say_outcomes(view: View, steps: Sequence[BuildStep], records: Mapping[str, buildx.BuildRecord]) -> None:
    """A line for each image, also in the history: its time by BuildKit's own records, its size, its digest."""
    seconds = buildx.durations(limit=4 * len(steps) + 20)
    images = engine_http.inspect_images([step.target.tag for step in steps])
    done = []
    rows = []
    for step in steps:
        record, image = records.get(step.target.name), images[step.target.tag] or {}
        took = seconds.get(record.reference.rsplit("/", 1)[-1]) if record else None
        size = terminal.size(int(image.get("Size") or 0))
        shown = "-" if took is None else terminal.seconds(took)
        rows.append((step.target.tag, shown, size, str(image.get("Id"))[:19]))
        done.append(Built(step, record.reference if record else "", took, int(image.get("Size") or 0)))
    terminal.table(("image", "time", "size", "digest"), rows)
    remember_builds(view, done)
