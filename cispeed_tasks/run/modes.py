"""Turn what was seen into a mode: write its overlay and build its images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.model import Port, Stack
from cispeed_tasks.plan.build import plan_hollow, plan_targets
from cispeed_tasks.plan.full import (
    FullMode,
    full_overlay,
    literal_mode,
    plan_full_mode,
    wants_words,
    what_breaks,
)
from cispeed_tasks.plan.hollow import SCRIPT_FILE, hollow_overlay, start_script
from cispeed_tasks.plan.mounts import decide_mounts
from cispeed_tasks.plan.stack import read_stack
from cispeed_tasks.plan.targets import Project
from cispeed_tasks.run import build
from cispeed_tasks.run.hollow import dependency_volumes, make_hollow_places, say_hollow
from cispeed_tasks.run.look import Place, View, raw_model
from cispeed_tasks.run.mount_sources import see_checkout
from cispeed_tasks.tools import checkout, compose, compose_yaml, containers, ports, terminal, volumes

MODES = ("full", "hollow")


def prepare(
    view: View,
    mode: str,
    services: Sequence[str],
    *,
    no_build: bool,
    suffix: str | None = None,
    publish: bool = True,
    keep_ports: bool = False,
    strip_all: bool = False,
) -> tuple[View, compose.Invocation, Stack]:
    """Write the mode's overlay and build its images.

    Args:
        view: what was seen.
        mode: hollow or full.
        services: those to bring up.
        no_build: use the images that are there.
        suffix: the end of the project's name; the mode's by default.
        publish: publish ports; where one is taken, a free one instead.
        keep_ports: publish the ports that the Compose files name, or fail.
        strip_all: of full mode, remove every mount.

    Returns:
        The view with the mode's targets, how Compose is called for the stack, and the stack as it resolves there.
    """
    project = project_name(view, suffix or mode)
    stack = read_stack(compose.resolve(replace(view.compose, project=project)))
    published = _published(stack, project, keep_ports=keep_ports) if publish else dict.fromkeys(stack.services, ())
    filled: Mapping[str, tuple[str, ...]] = {}
    if mode == "full":
        view, name, plan = write_full(view, stack, published, strip_all=strip_all)
        filled = {} if strip_all else plan.filled_volumes
    else:
        name = _write_hollow(view, stack, published)
    if not no_build:
        needed = dict.fromkeys([*services, *(name for names in filled.values() for name in names)])
        build.build(view, plan_targets(view.project, build_names(view.project, mode, list(needed))))
    invocation = replace(view.compose, project=project, files=(*view.compose.files, name))
    _begin_anew(invocation, filled)
    return view, invocation, stack


def _begin_anew(invocation: compose.Invocation, filled: Mapping[str, tuple[str, ...]]) -> None:
    """Take away the volumes that images fill, which the engine does only while a volume is empty, and who has them."""
    for key, services in filled.items():
        volume = f"{invocation.project}_{key}"
        if not volumes.remove(volume):
            compose.ask(invocation, "rm", "--stop", "--force", *services)
            volumes.remove(volume)
        # The first one is the one whose image fills it, whoever else is started.
        compose.ask(invocation, "up", "--no-start", "--no-build", "--no-deps", services[0])


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


def write_full(
    view: View, stack: Stack, published: Mapping[str, tuple[Port, ...]] | None, *, strip_all: bool = False
) -> tuple[View, str, FullMode]:
    """Write the overlay of full mode; returns the view with its targets, the file's name, and the plan."""
    raw = raw_model(view)
    mode = full_mode(view, raw, strip_all=strip_all)
    text = compose_yaml.dump(full_overlay(mode, stack, raw, published), _header(view, "full"))
    checkout.write_state(view.root, "compose.full.yml", text)
    say_mounts(mode)
    return replace(view, project=mode.project), ".cispeed/compose.full.yml", mode


def say_mounts(mode: FullMode) -> None:
    """What is done with every mount, or what breaks where all are removed."""
    if mode.is_literal:
        terminal.note("  every `volumes` section is removed")
        for line in what_breaks(mode):
            terminal.warn(line)
    for decision in () if mode.is_literal else mode.all_decisions:
        (terminal.warn if decision.is_warning else terminal.note)(f"  {decision}")


def full_mode(
    view: View, raw: Mapping[str, Any] | None = None, *, strip_all: bool = False, without_ignored: bool = False
) -> FullMode:
    """Every mount's treatment, from what lies in the checkout now.

    Args:
        view: what was seen.
        raw: the model without variables filled in, where it is known; it is asked for where it is needed.
        strip_all: remove every mount instead.
        without_ignored: overlook what git ignores, to compare checkouts.
    """
    seen = see_checkout(view.project, without_ignored=without_ignored)
    decisions = decide_mounts(view.project, seen)
    if strip_all:
        return literal_mode(view.project, seen, decisions)
    words = raw if raw is not None else raw_model(view) if wants_words(decisions) else {}
    return plan_full_mode(view.project, seen, words, decisions)


def _write_hollow(view: View, stack: Stack, published: Mapping[str, tuple[Port, ...]]) -> str:
    dependencies = dependency_volumes(view)
    for shape in view.project.shapes.values():
        make_hollow_places(view.project.name, shape, dependencies.get(shape.service.name, ()))
    say_hollow(view.project)
    overlay = hollow_overlay(view.project, stack, raw_model(view), dependencies, published, see_checkout(view.project))
    checkout.write_state(view.root, SCRIPT_FILE.removeprefix(f"{checkout.STATE}/"), start_script())
    checkout.write_state(view.root, "compose.hollow.yml", compose_yaml.dump(overlay, _header(view, "hollow")))
    return ".cispeed/compose.hollow.yml"


def _published(stack: Stack, project: str, *, keep_ports: bool) -> dict[str, tuple[Port, ...]]:
    """The ports that differ from the Compose files', by service; it is said which."""
    found = free_ports(stack, project)
    changes = [
        f"{name}: {new.published} for {old.published}, which is taken"
        for name, changed in found.items()
        for old, new in zip(stack.services[name].ports, changed, strict=True)
        if old.published != new.published
    ]
    if changes and keep_ports:
        raise WorkFailed(
            "ports are taken by something else: "
            + ", ".join(
                f"{name} {port.published}" for name in found for port in stack.services[name].ports if port.published
            )
            + "; end what has them (`docker ps` shows containers), or leave out --keep-ports"
        )
    for change in changes:
        terminal.note(f"  port of {change}")
    return found


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
