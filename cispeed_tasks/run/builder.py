"""The builder of a run: looked for, created and started before the build, and given what it cannot see."""

from __future__ import annotations

import re
from pathlib import Path

from cispeed_tasks.config_builder import builder_of
from cispeed_tasks.errors import ToolError
from cispeed_tasks.plan.build import BuildPlan
from cispeed_tasks.plan.builder import OWN, SeenBuilder, plan_builder
from cispeed_tasks.plan.roots import made_by
from cispeed_tasks.plan.targets import root_images, with_dependencies
from cispeed_tasks.run.look import View
from cispeed_tasks.tools import buildx_builder, checkout, engine_http, image_layout, terminal

ROOTS = "builder-roots"
"""The directory in .cispeed/ of images that a builder is handed."""


def prepare(view: View, *, dry_run: bool) -> SeenBuilder:
    """The builder of a run, which answers when this returns; with `dry_run` nothing is created or started.

    Raises:
        ToolError: there is no such builder, it cannot be created, or it does not answer.
    """
    config, chosen = builder_of(view.project.config), buildx_builder.chosen()
    name = chosen or (config.name if config else None)
    if name is None and buildx_builder.is_own_in_use():
        return SeenBuilder("default", "docker")
    plan = plan_builder(config, chosen, _seen(name), engine_http.platform())
    if plan.builder.sees_images:
        return _used(plan.builder, is_named=name is not None)
    terminal.say(str(plan))
    if dry_run:
        return plan.builder
    if plan.create and buildx_builder.create(plan.create, view.root):
        raise ToolError(f"the builder {plan.builder} cannot be created; buildx's own words are above. {OWN}")
    if not plan.builder.is_running and buildx_builder.boot(plan.builder.name):
        raise ToolError(f"the builder {plan.builder} does not answer; buildx's own words are above. {OWN}")
    return _used(plan.builder, is_named=name is not None)


def handed_images(view: View, plan: BuildPlan) -> dict[str, str]:
    """The root images that were made on this engine and no registry has, as named contexts: by name, where they lie."""
    targets = with_dependencies(view.project.targets, [step.target.name for step in plan.of("build")])
    images = engine_http.inspect_images(root_images(targets))
    made = {name: image for name, image in images.items() if image and _is_made(image)}
    places = {name: f"{_slug(name)}-{str(image['Id']).rpartition(':')[2][:16]}" for name, image in made.items()}
    directory = view.root / checkout.STATE / ROOTS
    image_layout.keep_only(directory, set(places.values()))
    return {name: _handed(name, directory / place, view.root) for name, place in places.items()}


def _handed(name: str, directory: Path, root: Path) -> str:
    if not directory.exists():
        terminal.note(f"{name} was made on this engine: it is handed to the builder")
    digest = image_layout.write(name, directory)
    return f"oci-layout://{directory.relative_to(root).as_posix()}@{digest}"


def _is_made(image: object) -> bool:
    config = image.get("Config") if isinstance(image, dict) else None
    return made_by((config or {}).get("Labels") or {}) is not None


def _seen(name: str | None) -> SeenBuilder | None:
    found = buildx_builder.inspect(name)
    return (
        None
        if found is None
        else SeenBuilder(found.name, found.driver, found.endpoint, found.is_running, found.platforms)
    )


def _used(builder: SeenBuilder, *, is_named: bool) -> SeenBuilder:
    if is_named:
        buildx_builder.use(builder.name)
    return builder


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", name)
