"""Hollow mode: the overlay that gives a container its base image, the mounted source and a volume for its packages."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cispeed_tasks.model import Mount, Override, Port, Reset, Stack
from cispeed_tasks.plan.bake import relative
from cispeed_tasks.plan.hollow_installs import Install
from cispeed_tasks.plan.hollow_process import hollow_process
from cispeed_tasks.plan.hollow_source import HollowSource
from cispeed_tasks.plan.mount_sources import Checkout
from cispeed_tasks.plan.overlay import START_INTERVAL, own_names, service_overlay
from cispeed_tasks.plan.packages import Packages
from cispeed_tasks.plan.service_targets import bake_name
from cispeed_tasks.plan.services import ServiceShape, is_dependency_mount
from cispeed_tasks.plan.targets import Project
from cispeed_tasks.plan.templates import render
from cispeed_tasks.plan.watch import is_rebuilt, watch_rules
from cispeed_tasks.plan.written_mounts import as_written, data_volume, written_mounts

SCRIPT = "/cispeed/start.sh"
SCRIPT_FILE = ".cispeed/start.sh"
CONFIG = "cispeed-start"
PYTHON_PLACE = "/cispeed/python"
STARTED = "/tmp/.cispeed-started"  # noqa: S108  # in the container, where every user may write


@dataclass(frozen=True)
class Dependencies:
    """The volumes with the packages of one manager of one service."""

    service: str
    install: Install
    volume: str
    place: str
    """Where the volume is mounted in the container."""
    members: tuple[tuple[str, str], ...] = ()
    """Of a workspace of Node packages: the volume of each member's node_modules, and where it is mounted."""

    @property
    def packages(self) -> Packages:
        """The manager and its files."""
        return self.install.packages

    @property
    def volumes(self) -> tuple[tuple[str, str], ...]:
        """Every volume, and where it is mounted."""
        return ((self.volume, self.place), *self.members)

    @property
    def words(self) -> tuple[str, str, str]:
        """What the start-up script is told: the manager, the directory with the lock file, and the volumes' places."""
        package = f":{self.install.package}" if self.install.package else ""
        places = ":".join(place for _, place in self.volumes)
        return f"{self.packages.manager}{package}", self.install.directory, places


def plan_dependencies(shape: ServiceShape, project: str, digests: Mapping[str, str]) -> tuple[Dependencies, ...]:
    """The dependency volumes of a service; `digests` has the hash of each manager's lock files and image."""
    installs = shape.hollow.installs if shape.hollow else ()
    return tuple(_dependencies(shape.service.name, install, project, digests) for install in installs)


def _dependencies(service: str, install: Install, project: str, digests: Mapping[str, str]) -> Dependencies:
    manager = install.packages.manager
    volume = f"{project}-{manager}-{digests[manager]}"
    if install.packages.is_python:
        return Dependencies(service, install, volume, PYTHON_PLACE)
    members = tuple(
        (f"{volume}-{bake_name(name)}", posixpath.join(install.directory, name, "node_modules"))
        for name in install.members
    )
    return Dependencies(service, install, volume, posixpath.join(install.directory, "node_modules"), members)


def hollow_images(project: Project) -> dict[str, str]:
    """The image that each service runs from in hollow mode, where it is not the Compose file's."""
    found = {name: project.hollow_target(name) for name in project.shapes}
    return {name: target.tag for name, target in found.items() if target}


def hollow_overlay(
    project: Project,
    stack: Stack,
    raw: Mapping[str, Any],
    dependencies: Mapping[str, tuple[Dependencies, ...]],
    ports: Mapping[str, tuple[Port, ...]] | None,
    seen: Checkout,
) -> dict[str, Any]:
    """The overlay's model; `stack` is resolved under the overlay's project name, `raw` without variables filled in."""
    images = hollow_images(project)
    services: dict[str, Any] = {}
    for name, service in stack.services.items():
        installing = project.config.timeouts.ready if name in dependencies else 0.0
        is_generated = project.shapes[name].image_source == "generated"
        overlay = service_overlay(service, project.name, "hollow", ports, installing, is_generated=is_generated)
        if name in images:
            overlay |= {"image": images[name], "pull_policy": "never"}
        if service.build is not None and not is_rebuilt(project, name):
            overlay["build"] = Reset()
        if develop := _develop(project, name):
            overlay["develop"] = develop
        if any(seen.is_data(mount) for mount in service.mounts):
            overlay["volumes"] = Override(
                _without_data(project, seen, name, (raw.get("services") or {}).get(name) or {})
            )
        hollow = project.shapes[name].hollow
        if hollow is not None and name in dependencies:
            overlay |= _hollow(
                project, seen, name, hollow, dependencies[name], (raw.get("services") or {}).get(name) or {}
            )
        services[name] = overlay
    names = [name for found in dependencies.values() for d in found for name, _ in d.volumes]
    volumes = {name: {"external": True} for name in names}
    top = own_names(stack)
    if volumes:
        top["volumes"] = {**top.get("volumes", {}), **volumes}
    # A file, and no content: that would be copied into the container, which a read-only one refuses.
    script = relative(str(project.root / SCRIPT_FILE), project.place)
    return {"services": services, "configs": {CONFIG: {"file": script}}, **top}


def start_script() -> str:
    """The text of the script that hollow containers start with."""
    return render("start.sh.j2")


def _develop(project: Project, name: str) -> Any:  # noqa: ANN401  # a part of the overlay
    """What `docker compose watch` is told: rules of the user's own stay where the service runs from its image."""
    is_the_users = bool(project.stack.services[name].raw.get("develop"))
    rules = watch_rules(project, name)
    if is_the_users and project.shapes[name].hollow is None:
        return None
    if not rules:
        return Reset() if is_the_users else None
    return Override({"watch": rules}) if is_the_users else {"watch": rules}


def _hollow(
    project: Project,
    seen: Checkout,
    name: str,
    hollow: HollowSource,
    dependencies: tuple[Dependencies, ...],
    raw: Mapping[str, Any],
) -> dict[str, Any]:
    shape = project.shapes[name]
    arguments = [word for d in dependencies for word in d.words]
    entrypoint, command = hollow_process(project, shape, raw)
    overlay: dict[str, Any] = {
        "entrypoint": Override(["/bin/sh", SCRIPT, *_user(shape), *arguments, "--", *entrypoint]),
        "user": "0:0",
        "working_dir": hollow.workdir,
        "configs": [{"source": CONFIG, "target": SCRIPT}],
        **_started_check(shape),
        "environment": {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"},
        "volumes": Override(_volumes(project, seen, shape, hollow, dependencies, raw)),
    }
    if command is not None:
        overlay["command"] = Override(command)
    return overlay


def _user(shape: ServiceShape) -> list[str]:
    """Whom the service runs as after its packages are installed, where the Compose files say it."""
    user = str(shape.service.raw.get("user") or "")
    return ["--user", user.replace("$", "$$")] if user and user not in {"0", "0:0", "root"} else []


def _started_check(shape: ServiceShape) -> dict[str, Any]:
    """A health check for a service that has none: it is not running before its packages are installed."""
    if shape.service.healthcheck:
        return {}
    # Not before it has run for a second: what ends at once was never ready.
    age = f"$$(( $$(date +%s) - $$(stat -c %Y {STARTED}) ))"
    test = ["CMD-SHELL", f'test -e {STARTED} && test "{age}" -ge 2']
    return {"healthcheck": {"test": test, "interval": "5s", "start_interval": START_INTERVAL, "start_period": "600s"}}


def _volumes(
    project: Project,
    seen: Checkout,
    shape: ServiceShape,
    hollow: HollowSource,
    dependencies: tuple[Dependencies, ...],
    raw: Mapping[str, Any],
) -> list[Any]:
    """The source first, then what else the service mounts, then its packages over both."""
    sources = {bind.target for bind in hollow.binds}
    places = {place for d in dependencies for _, place in d.volumes}
    written = written_mounts(raw, shape.service.mounts)
    others = [
        _other(mount, entry, project.place, is_data=seen.is_data(mount))
        for mount, entry in zip(shape.service.mounts, written, strict=True)
        if posixpath.normpath(mount.target) not in {*sources, *places}
    ]
    binds = [
        {"type": "bind", "source": relative(bind.source, project.place), "target": bind.target} for bind in hollow.binds
    ]
    packages = [
        {"type": "volume", "source": name, "target": place, "volume": {"nocopy": True}}
        for d in dependencies
        for name, place in d.volumes
    ]
    # Memory, and not a volume: it stays empty, and nothing of it is left.
    shields = [{"type": "tmpfs", "target": place} for place in hollow.shields]
    if shape.service.raw.get("read_only") and "/tmp" not in {m.target for m in shape.service.mounts}:  # noqa: S108
        shields.append({"type": "tmpfs", "target": "/tmp"})  # noqa: S108  # of the container; its start is marked there
    return [*binds, *others, *packages, *shields]


def _other(mount: Mount, written: Mapping[str, Any] | None, place: Path, *, is_data: bool) -> dict[str, Any]:
    """A mount that is not ours: as it is, but neither data of the development stack's nor packages of the host's."""
    if is_data or (mount.type == "bind" and is_dependency_mount(mount)):
        return data_volume(mount)
    return as_written(mount, written, place)


def _without_data(project: Project, seen: Checkout, name: str, raw: Mapping[str, Any]) -> list[Any]:
    """The mounts as they are, but a directory of data of the development stack's is replaced by an empty volume."""
    mounts = project.shapes[name].service.mounts
    written = zip(mounts, written_mounts(raw, mounts), strict=True)
    return [
        data_volume(mount) if seen.is_data(mount) else as_written(mount, entry, project.place)
        for mount, entry in written
    ]
