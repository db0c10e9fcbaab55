"""Build what has to be built: one bake a wave, each image checked against the checkout before it counts as its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cispeed_tasks.errors import ToolError, WorkFailed
from cispeed_tasks.model import Target
from cispeed_tasks.plan.bake import BAKE_FILE, RUN_FILE, BakeFile, run_definition
from cispeed_tasks.plan.build import BuildPlan, BuildStep
from cispeed_tasks.plan.cache import CachePlan, is_own_error, with_caches
from cispeed_tasks.plan.fingerprint import Fingerprint
from cispeed_tasks.run import cache
from cispeed_tasks.run.build_files import write_files
from cispeed_tasks.run.contexts import Contexts
from cispeed_tasks.run.fingerprint_records import remember
from cispeed_tasks.run.fingerprints import fingerprint, look_around
from cispeed_tasks.run.look import View
from cispeed_tasks.tools import buildx, buildx_history, checkout, engine, engine_http, terminal

METADATA = "build-metadata.json"
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
    for wave in plan.waves() if sees_images else [list(plan.of("build"))]:
        done, caches = _built(view, definition, wave, steps, caches, sees_images=sees_images, no_cache=no_cache)
        for step in done:
            steps[step.target.name] = step
            built.append(step)
        records |= _records(view)
    _say_outcomes(built, records)
    _say_exports(caches, records)
    return BuildPlan(tuple(steps.values()))


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
        caches = _bake(view, definition, todo, own, caches, no_cache=no_cache)
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


def _bake(
    view: View,
    definition: BakeFile,
    steps: Sequence[BuildStep],
    own: Mapping[str, Any],
    caches: CachePlan,
    *,
    no_cache: bool,
) -> CachePlan:
    """Bake some targets, `own` being what this run says of them besides; returns the caches that still serve."""
    targets = [step.target.name for step in steps]
    began = datetime.now(UTC)
    code = _run_bake(view, definition, targets, own, caches, no_cache=no_cache)
    if code and caches and engine.version() and not _is_own_fault(began):
        terminal.warn("the build failed, and no step of it did: building again without the build cache")
        caches = CachePlan()
        code = _run_bake(view, definition, targets, own, caches, no_cache=no_cache)
    if code:
        if engine.version() is None:
            raise ToolError("the Docker Engine stopped answering while it was building; start it and run this again")
        raise WorkFailed(f"the build failed (exit code {code}); the step that failed is shown above")
    names = [step.target.tag for step in steps]
    if absent := [name for name, tags in engine_http.names_of(names).items() if tags is None]:
        # A build that left no image behind is no success, whatever its exit code was.
        raise WorkFailed(
            f"bake ended well, and yet the engine has no image {', '.join(absent)}; `docker buildx ls` shows the builder in use"
        )
    cache.settle(view, caches, targets)
    return caches


def _run_bake(
    view: View,
    definition: BakeFile,
    targets: Sequence[str],
    own: Mapping[str, Any],
    caches: CachePlan,
    *,
    no_cache: bool,
) -> int:
    checkout.write_json(view.root, RUN_FILE.removeprefix(f"{checkout.STATE}/"), with_caches(own, caches))
    metadata = checkout.write_state(view.root, METADATA, "{}\n")
    cache.begin(view, caches, targets)
    return buildx.bake(
        (BAKE_FILE, RUN_FILE),
        targets,
        cwd=view.root,
        metadata=metadata.relative_to(view.root),
        env=definition.environment,
        outside=definition.outside,
        allowed=(*definition.allowed, *cache.outside(view, caches)),
        no_cache=no_cache,
    )


def _is_own_fault(since: datetime) -> bool:
    """Whether BuildKit says that a build failed since then by something else than a cache."""
    return any(map(is_own_error, buildx_history.errors(since)))


def _records(view: View) -> dict[str, buildx.BuildRecord]:
    return {record.target: record for record in buildx.records(view.root / checkout.STATE / METADATA)}


def _say_exports(caches: CachePlan, records: Mapping[str, buildx.BuildRecord]) -> None:
    """What the writing of the caches took, and whether it went well."""
    written = {name: record.reference for name, record in records.items() if caches.exports(name)}
    found = buildx_history.cache_exports(list(written.values()))
    exports = {name: found[reference] for name, reference in written.items() if reference in found}
    whole = [one.seconds for one in exports.values() if not one.error]
    if whole:
        longest = f", the longest {terminal.seconds(max(whole))}" if len(whole) > 1 else ""
        count = "1 image" if len(whole) == 1 else f"{len(whole)} images"
        terminal.note(f"the build cache of {count} was written in {terminal.seconds(sum(whole))} in all{longest}")
    if failed := {name: one.error for name, one in exports.items() if one.error}:
        name, words = next(iter(failed.items()))
        terminal.warn(
            f"the build cache of {', '.join(failed)} could not be written ({name}: {words}); the images are whole"
        )


def _say_outcomes(steps: Sequence[BuildStep], records: Mapping[str, buildx.BuildRecord]) -> None:
    """A line for each image: its time by BuildKit's own records, its size, its digest."""
    seconds = buildx.durations(limit=4 * len(steps) + 20)
    images = engine_http.inspect_images([step.target.tag for step in steps])
    rows = []
    for step in steps:
        record, image = records.get(step.target.name), images[step.target.tag] or {}
        took = seconds.get(record.reference.rsplit("/", 1)[-1]) if record else None
        size = terminal.size(int(image.get("Size") or 0))
        shown = "-" if took is None else terminal.seconds(took)
        rows.append((step.target.tag, shown, size, str(image.get("Id"))[:19]))
    terminal.table(("image", "time", "size", "digest"), rows)
