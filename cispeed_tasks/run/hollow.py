"""What hollow mode needs of the machine: the names of its volumes, the places they are mounted on, and what is said."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from cispeed_tasks.plan.hollow import Dependencies, plan_dependencies
from cispeed_tasks.plan.hollow_installs import Install
from cispeed_tasks.plan.places import relative
from cispeed_tasks.plan.services import ServiceShape
from cispeed_tasks.plan.targets import Project
from cispeed_tasks.run.look import View
from cispeed_tasks.tools import checkout, terminal, volumes


def dependency_volumes(view: View) -> dict[str, tuple[Dependencies, ...]]:
    """The dependency volumes of every service that can be hollow, named by what their lock files are now."""
    found = {}
    for name, shape in view.project.shapes.items():
        if shape.hollow is not None:
            digests = {i.packages.manager: _digest(i, _image(view.project, name)) for i in shape.hollow.installs}
            found[name] = plan_dependencies(shape, view.project.name, digests)
    return found


def _image(project: Project, service: str) -> str:
    """What the packages are installed on: services of one Dockerfile share it, whatever their images are called."""
    target = project.hollow_target(service)
    if target is None:
        return str(project.stack.services[service].image)
    if target.kind != "hollow":
        return target.tag
    args = sorted(f"{key}={value}" for key, value in target.args.items())
    return "\0".join([target.dockerfile_text, relative(target.context, project.root), *args])


def _digest(install: Install, image: str) -> str:
    """The hash of what decides the packages: the lock file, or for pip every requirements file; and the image."""
    digest = hashlib.sha256(f"{install.packages.manager}\0{image}\0".encode())
    if install.members:
        # Members are linked to where they are mounted, and what is installed depends on which ones are there.
        digest.update("\0".join([install.directory, install.package, *install.members, ""]).encode())
    for name, path in install.decisive:
        digest.update(name.encode() + b"\0" + Path(path).read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def make_hollow_places(project: str, shape: ServiceShape, dependencies: Sequence[Dependencies]) -> None:
    """Make the volumes of a hollow service, and in the checkout the directories that something is mounted on."""
    hollow = shape.hollow
    if hollow is None or hollow.mounted is None:
        return
    targets = [bind.target for bind in hollow.binds if bind.is_directory]
    targets += [place for dependency in dependencies for _, place in dependency.volumes]
    for target in targets:
        if place := hollow.mounted.mount_point(target):
            checkout.make_mount_point(Path(place))
    for dependency in dependencies:
        for name, _ in dependency.volumes:
            volumes.create(name, {"cispeed.project": project, "cispeed.kind": "dependencies"})


def say_hollow(project: Project) -> None:
    """Say what is mounted that the Compose files do not mount, and which services run from their full image, and why."""
    for name, shape in project.shapes.items():
        mounted = {(mount.source, mount.target) for mount in shape.service.mounts}
        binds = shape.hollow.binds if shape.hollow else ()
        for bind in binds:
            if (bind.source, bind.target) not in mounted:
                cause = f"copied there by line {bind.line} of its Dockerfile" if bind.line else "its source"
                terminal.note(f"  mount {name}: {relative(bind.source, project.root)} → {bind.target}: {cause}")
        for assumption in shape.assumptions:
            if "hollow mode" in assumption.text:
                terminal.warn(str(assumption))
