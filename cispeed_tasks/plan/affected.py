"""What a change reaches: the images that it makes others, the services that run them or are configured otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cispeed_tasks.plan.fingerprint import Fingerprint, differences, recorded, summary
from cispeed_tasks.plan.services import image_owner
from cispeed_tasks.plan.targets import Project

BUILD_KEYS = frozenset({"build", "image"})
"""What of a service's section its image stands for."""


@dataclass(frozen=True)
class Affected:
    """What a change reaches, each with its cause in the user's words."""

    targets: Mapping[str, str]
    """Targets by name, parents first."""
    services: Mapping[str, str]
    """Compose services whose image, mounts or settings are others."""
    changed: tuple[str, ...]
    """The changed paths, relative to the project's directory, with slashes."""
    compared: str
    """A sentence that names the two states."""
    is_everything: bool = False
    """It cannot be told what changed, so that everything counts as affected."""
    dependents: Mapping[str, str] = field(default_factory=dict)
    """Services that are the same, and depend on one that is not."""


@dataclass(frozen=True)
class Side:
    """A project at one of the two states; the fingerprints tell files apart only by whether they changed."""

    project: Project
    fingerprints: Mapping[str, Fingerprint]
    models: Mapping[str, Mapping[str, Any]]
    """Each service's section of the resolved model, paths made alike on both sides."""


def find_affected(before: Side, after: Side, changed: Sequence[str], compared: str) -> Affected:
    """Compare two states of a project.

    Args:
        before: the state that is compared with.
        after: the state as it is now.
        changed: the paths that differ, relative to the project's directory.
        compared: a sentence that names the two states.
    """
    targets = dict(_targets(before, after))
    services = dict(_services(before, after, targets, changed))
    return Affected(targets, services, tuple(changed), compared, dependents=_dependents(after.project, services))


def everything(project: Project, changed: Sequence[str], cause: str) -> Affected:
    """All that a project has, for one cause."""
    targets = dict.fromkeys(project.targets, cause)
    return Affected(targets, dict.fromkeys(project.stack.services, cause), tuple(changed), cause, is_everything=True)


def _targets(before: Side, after: Side) -> Iterator[tuple[str, str]]:
    causes: dict[str, str] = {}
    for name, now in after.fingerprints.items():
        old = before.fingerprints.get(name)
        found = ["it is new"] if old is None else differences(recorded(old), now)
        if found:
            tag = found[0].removeprefix("base ").removesuffix(" changed")
            below = f": {causes[tag]}" if found[0].startswith("base ") and tag in causes else ""
            causes[after.project.targets[name].tag] = cause = summary([found[0] + below, *found[1:]])
            yield name, cause


def _services(
    before: Side, after: Side, targets: Mapping[str, str], changed: Sequence[str]
) -> Iterator[tuple[str, str]]:
    for name in after.project.stack.services:
        cause = (
            _image_cause(after.project, name, targets)
            or _mount_cause(after.project, name, changed)
            or _model_cause(before, after, name)
        )
        if cause:
            yield name, cause


def _image_cause(project: Project, service: str, targets: Mapping[str, str]) -> str | None:
    """Why an image that the service has in one of the modes is another one."""
    layer = project.target_of("mounts", service)
    found = (project.full_target(service), project.hollow_target(service), layer)
    return next((targets[target.name] for target in found if target and target.name in targets), None)


def _mount_cause(project: Project, service: str, changed: Sequence[str]) -> str | None:
    for mount in project.stack.services[service].mounts:
        if mount.type != "bind" or not mount.source:
            continue
        root = f"{project.root}/"
        place = f"{mount.source}/".removeprefix(root) if f"{mount.source}/".startswith(root) else None
        if place is None:
            continue
        hit = next((path for path in changed if f"{path}/".startswith(place) or not place), None)
        if hit:
            return f"{hit} changed, which is mounted"
    return None


def _model_cause(before: Side, after: Side, service: str) -> str | None:
    old, new = before.models.get(service), after.models[service]
    if old is None:
        return "it is new"
    keys = sorted(key for key in {*old, *new} - BUILD_KEYS if old.get(key) != new.get(key))
    if keys:
        return f"its {' and '.join(keys)} in the Compose files changed"
    if image_owner(after.project.stack, service) == service and old.get("image") != new.get("image"):
        return "its image in the Compose files changed"
    own, other = (side.project.config.services.get(service) for side in (before, after))
    return "its section of cispeed.yaml changed" if own != other else None


def _dependents(project: Project, services: Mapping[str, str]) -> dict[str, str]:
    """Who waits for an affected service, directly or through others."""
    found: dict[str, str] = {}
    todo = list(services)
    while todo:
        name = todo.pop(0)
        for other, service in project.stack.services.items():
            if name in service.depends_on and other not in services and other not in found:
                found[other] = f"depends on {name}"
                todo.append(other)
    return found
