"""Build images: print the plan, provide the root images, run one bake, say what came of it."""

from __future__ import annotations

import shlex
import time

from cispeed_tasks.config import did_you_mean
from cispeed_tasks.errors import ToolError, UsageError, WorkFailed
from cispeed_tasks.plan.bake import BAKE_FILE, BakeFile, bake_file
from cispeed_tasks.plan.build import BuildPlan, plan_bases, plan_full
from cispeed_tasks.plan.optimized import OPTIMIZED_FILE, optimized_overlay
from cispeed_tasks.run import roots
from cispeed_tasks.run.look import View, chosen_services, look, raw_arguments, raw_inline, raw_model
from cispeed_tasks.tools import buildx, checkout, compose_yaml, engine, terminal

METADATA = "build-metadata.json"


def build_base(names: list[str], *, dry_run: bool, no_cache: bool) -> None:
    """Build the base images `names`, or all."""
    view = look()
    known = list(view.project.config.bases)
    for name in names:
        if name not in known:
            raise UsageError(f"there is no base '{name}'{did_you_mean(name, known)}")
    if not known:
        terminal.say("cispeed.yaml names no `bases:`; nothing to build.")
        return
    build(view, plan_bases(view.project, names), dry_run=dry_run, no_cache=no_cache)


def build_optimized(services: list[str], *, dry_run: bool, no_cache: bool, push: bool) -> None:
    """Build the full images of some services, or all, bases first, in one bake."""
    view = look()
    if push and not view.project.config.registry:
        raise UsageError(
            "--push needs to know where to: write `registry: ghcr.io/ORGANISATION/REPOSITORY` into cispeed.yaml"
        )
    plan = plan_full(view.project, chosen_services(view, services))
    build(view, plan, dry_run=dry_run, no_cache=no_cache, push=push)


def build(view: View, plan: BuildPlan, *, dry_run: bool = False, no_cache: bool = False, push: bool = False) -> None:
    """Carry out a build plan; raises WorkFailed when bake fails."""
    terminal.say(str(plan))
    if not plan.steps:
        return
    definition = write_files(view)
    if dry_run:
        terminal.note(
            f"dry run: nothing was built. By hand: cd {shlex.quote(str(view.root))} && docker buildx bake -f {BAKE_FILE} {_names(plan)}"
            + (
                f"\nwith these variables set as Compose has them: {', '.join(sorted(definition.environment))}"
                if definition.environment
                else ""
            )
        )
        return
    engine.require()
    roots.provide_roots(plan.roots, view.project.config)
    _bake(view, plan, definition, no_cache=no_cache, push=push)


def write_files(view: View) -> BakeFile:
    """Write the bake file, the generated Dockerfiles and the optimised overlay of the whole project into .cispeed/."""
    project, root = view.project, view.root
    raw = raw_model(view)
    definition = bake_file(project.targets.values(), project.name, root, raw_arguments(raw), raw_inline(raw))
    for target in project.targets.values():
        if target.generated:
            name = target.dockerfile.relative_to(root / checkout.STATE)
            checkout.write_state(root, str(name), target.dockerfile_text)
            if target.ignore_text is not None:
                checkout.write_state(root, f"{name}.dockerignore", target.ignore_text)
    checkout.write_json(root, BAKE_FILE.removeprefix(f"{checkout.STATE}/"), definition.definition)
    overlay = compose_yaml.dump(optimized_overlay(project, raw), _header(view))
    checkout.write_state(root, OPTIMIZED_FILE.removeprefix(f"{checkout.STATE}/"), overlay)
    return definition


def _header(view: View) -> str:
    files = " ".join(f"-f {name}" for name in view.compose.files)
    return f"Made by cispeed. By hand: docker compose {files} -f {OPTIMIZED_FILE} build"


def _bake(view: View, plan: BuildPlan, definition: BakeFile, *, no_cache: bool, push: bool) -> None:
    started = time.monotonic()
    metadata = checkout.write_state(view.root, METADATA, "{}\n")
    sets = _push_overrides(view, plan) if push else []
    code = buildx.bake(
        view.root / BAKE_FILE,
        [step.target.name for step in plan.steps],
        cwd=view.root,
        metadata=metadata,
        env=definition.environment,
        outside=definition.outside,
        no_cache=no_cache,
        push=push,
        sets=sets,
    )
    if code:
        if engine.version() is None:
            raise ToolError("the Docker Engine stopped answering while it was building; start it and run this again")
        raise WorkFailed(f"the build failed (exit code {code}); the step that failed is shown above")
    if not push:
        _require_images(plan)
        _say_outcomes(plan, metadata.parent / METADATA)
    terminal.outcome("ok", f"{len(plan.steps)} images ready in {terminal.seconds(time.monotonic() - started)}")


def _require_images(plan: BuildPlan) -> None:
    """A build that left no image behind is no success, whatever its exit code was."""
    absent = [step.target.tag for step in plan.steps if engine.image(step.target.tag) is None]
    if absent:
        raise WorkFailed(
            f"bake ended well, and yet the engine has no image {', '.join(absent)}; `docker buildx ls` shows the builder in use"
        )


def _push_overrides(view: View, plan: BuildPlan) -> list[str]:
    registry = str(view.project.config.registry).rstrip("/")
    return [
        f"{step.target.name}.tags={registry}/{step.target.subject.lower()}:{step.target.kind}" for step in plan.steps
    ]


def _say_outcomes(plan: BuildPlan, metadata: object) -> None:
    from pathlib import Path

    seconds = buildx.durations(limit=4 * len(plan.steps) + 20)
    digests = {record.target: record for record in buildx.records(Path(str(metadata)))}
    rows = []
    for step in plan.steps:
        record = digests.get(step.target.name)
        took = seconds.get(record.reference.rsplit("/", 1)[-1]) if record else None
        details = engine.keep_by_digest(step.target.tag)
        size = terminal.size(int(details["Size"])) if details else "-"
        rows.append(
            (
                step.target.tag,
                "-" if took is None else terminal.seconds(took),
                size,
                record.digest[:19] if record else "-",
            )
        )
    terminal.table(("image", "time", "size", "digest"), rows)


def _names(plan: BuildPlan) -> str:
    return " ".join(step.target.name for step in plan.steps)
