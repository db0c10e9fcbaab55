"""Turn what was seen into a mode: write its overlay and build its images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cispeed_tasks.model import Port, Stack
from cispeed_tasks.plan.build import plan_hollow, plan_targets
from cispeed_tasks.plan.full import FullMode, full_overlay, plan_full_mode
from cispeed_tasks.plan.hollow import hollow_overlay
from cispeed_tasks.plan.services import in_checkout
from cispeed_tasks.plan.stack import read_stack
from cispeed_tasks.plan.targets import Project
from cispeed_tasks.run import build
from cispeed_tasks.run.hollow import dependency_volumes, make_hollow_places, say_hollow
from cispeed_tasks.run.look import Place, View, raw_model
from cispeed_tasks.tools import checkout, compose, compose_yaml, containers, ports, terminal

MODES = ("full", "hollow")


def prepare(
    view: View, mode: str, services: Sequence[str], *, no_build: bool, suffix: str | None = None, publish: bool = True
) -> tuple[View, compose.Invocation, Stack]:
    """Write the mode's overlay and build its images.

    Args:
        view: what was seen.
        mode: hollow or full.
        services: those to bring up.
        no_build: use the images that are there.
        suffix: the end of the project's name; the mode's by default.
        publish: publish ports; where one is taken, a free one instead.

    Returns:
        The view with the mode's targets, how Compose is called for the stack, and the stack as it resolves there.
    """
    project = project_name(view, suffix or mode)
    stack = read_stack(compose.resolve(replace(view.compose, project=project)))
    published = free_ports(stack, project) if publish else dict.fromkeys(stack.services, ())
    if mode == "full":
        view, name = write_full(view, stack, published)
    else:
        name = _write_hollow(view, stack, published)
    if not no_build:
        build.build(view, plan_targets(view.project, build_names(view.project, mode, services)))
    invocation = replace(view.compose, project=project, files=(*view.compose.files, name))
    return view, invocation, stack


def project_name(place: Place, suffix: str) -> str:
    """The Compose project of a transformed stack: beside the user's own, never over it."""
    return f"{place.stack.project}-{suffix}"


def build_names(project: Project, mode: str, services: Sequence[str]) -> list[str]:
    """The targets that a mode needs for some services: of full mode the topmost of each, its layer of mounts first."""
    if mode == "hollow":
        return [step.target.name for step in plan_hollow(project, services).steps if step.asked]
    names = []
    for service in services:
        target = project.target_of("mounts", service) or project.full_target(service)
        names += [target.name] if target else []
    return names


def write_full(view: View, stack: Stack, published: Mapping[str, tuple[Port, ...]]) -> tuple[View, str]:
    """Write the overlay of full mode; returns the view with its targets, and the file's name."""
    mode = full_mode(view)
    raw = raw_model(view)
    text = compose_yaml.dump(full_overlay(mode, stack, raw, published), _header(view, "full"))
    checkout.write_state(view.root, "compose.full.yml", text)
    for decision in mode.decisions:
        terminal.note(f"  {decision}")
    return replace(view, project=mode.project), ".cispeed/compose.full.yml"


def full_mode(view: View) -> FullMode:
    """Every mount's treatment, from what lies in the checkout now."""
    binds = {m.source for s in view.project.stack.services.values() for m in s.mounts if m.type == "bind" and m.source}
    paths = [Path(source) for source in binds if in_checkout(source, view.root)]
    existing = frozenset(str(path) for path in paths if checkout.is_filled(path))
    directories = frozenset(str(path) for path in paths if path.is_dir())
    return plan_full_mode(view.project, existing, directories)


def _write_hollow(view: View, stack: Stack, published: Mapping[str, tuple[Port, ...]]) -> str:
    dependencies = dependency_volumes(view)
    for shape in view.project.shapes.values():
        make_hollow_places(view.project.name, shape, dependencies.get(shape.service.name, ()))
    say_hollow(view.project)
    overlay = hollow_overlay(view.project, stack, raw_model(view), dependencies, published)
    checkout.write_state(view.root, "compose.hollow.yml", compose_yaml.dump(overlay, _header(view, "hollow")))
    return ".cispeed/compose.hollow.yml"


def free_ports(stack: Stack, project: str) -> dict[str, tuple[Port, ...]]:
    """Other ports for those services whose fixed ones are taken by something that is not this stack itself."""
    own = containers.published_ports(project)
    found: dict[str, tuple[Port, ...]] = {}
    for name, service in stack.services.items():
        changed = tuple(_free(port, own.get((name, port.target))) for port in service.ports)
        if changed != service.ports:
            found[name] = changed
    return found


def _free(port: Port, current: str | None) -> Port:
    """The port that the stack has already, the user's own where it is free, else any that is."""
    if port.published is not None and current is not None:
        return port if current == port.published else replace(port, published=current)
    if port.published is None or not port.published.isdigit() or ports.is_free(int(port.published), port.protocol):
        return port
    return replace(port, published=str(ports.free()))


def _header(view: View, mode: str) -> str:
    files = " ".join(f"-f {name}" for name in view.compose.files)
    return (
        f"Made by cispeed: the {mode} mode of {view.project.name}, an overlay over the Compose files.\n"
        f"By hand: docker compose -p {project_name(view, mode)} {files} -f .cispeed/compose.{mode}.yml up --no-build"
    )
