"""What decides the tests of a service besides the files of its directory: its settings, its images, its mounts."""

from __future__ import annotations

import json
import os.path
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.plan.fingerprint import FILE, Fingerprint, Input
from cispeed_tasks.plan.targets import Project


@dataclass(frozen=True)
class ServiceFacts:
    """What is known of a service besides the files of its directory."""

    section: str = ""
    """What the config and the Compose files say of it and of its images, as canonical text."""
    places: tuple[str, ...] = ()
    """Files and directories that its images take or that are mounted, relative to the top directory."""


def image_names(project: Project, service: str) -> tuple[str, ...]:
    """Return the targets of the images that a service has in any mode."""
    found = (
        project.target_of("mounts", service),
        project.full_target(service),
        project.hollow_target(service),
    )
    return tuple(dict.fromkeys(target.name for target in found if target))


def service_facts(project: Project, service: str, images: Iterable[Fingerprint], top: Path) -> ServiceFacts:
    """Collect what is known of a service.

    Args:
        project: the project in full mode.
        service: the service's name.
        images: the fingerprints of its images and of all that these stand on, with every file an input of its own.
        top: the directory that the places are relative to.
    """
    inputs = [one for image in images for one in image.inputs]
    root, start = str(project.root), str(top)
    taken = {one: place for one in inputs if one.kind == FILE and (place := _inside(f"{root}/{one.name}", start))}
    # What an image stands on is told by the inputs of that.
    others = sorted({one for one in inputs if one not in taken and one.kind != "base"})
    mounts = (mount.source for mount in project.stack.services[service].mounts if mount.type == "bind" and mount.source)
    mounted = (place for source in mounts if (place := _inside(source, start)))
    return ServiceFacts(_section(project, service, others), tuple(dict.fromkeys([*taken.values(), *mounted])))


def _section(project: Project, service: str, others: Iterable[Input]) -> str:
    config = project.config.services.get(service)
    data = {
        "config": config.model_dump(mode="json") if config else None,
        "compose": dict(project.stack.services[service].raw),
        "images": [list(one) for one in others],
    }
    # Checkouts elsewhere agree.
    return json.dumps(data, sort_keys=True, default=str).replace(str(project.root), ".")


def _inside(path: str, top: str) -> str | None:
    found = os.path.normpath(path)
    if found == top:
        return "."
    return found.removeprefix(f"{top}/") if found.startswith(f"{top}/") else None
