"""The development override: the package managers' caches as volumes, so that nothing is downloaded twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from cispeed_tasks.plan.package_caches import cache_variables, has_cache
from cispeed_tasks.plan.service_image import ServiceImage, service_image
from cispeed_tasks.plan.services import ServiceShape
from cispeed_tasks.plan.targets import Project

VOLUME = "cispeed-cache"
ROOT_PLACE = "/var/cache/packages"
ANY_PLACE = "/var/tmp"  # noqa: S108  # in the container
"""A new volume takes the rights of the directory that it is mounted on: here, unlike in a new one, every user may write."""
KIND = "cache"


@dataclass(frozen=True)
class DevOverride:
    """The override's model, and for each service that it leaves alone in whole or in part why."""

    model: Mapping[str, Any]
    notes: tuple[str, ...]


def dev_override(project: Project, raw: Mapping[str, Any]) -> DevOverride:
    """Mount a cache into every service that installs packages; only volumes and variables are added.

    Services that run as root share one volume; any other has its own, since what one user wrote another may not read.

    Args:
        project: the project.
        raw: the Compose model with its variables as they are written; empty where Compose cannot say it.
    """
    services: dict[str, Any] = {}
    notes: list[str] = []
    for name, shape in project.shapes.items():
        if not shape.packages or shape.serves_only:
            continue
        image = service_image(project, name, (raw.get("services") or {}).get(name) or {})
        entry, found = _service(shape, image)
        notes += [f"{name}: {note}" for note in found]
        if entry:
            services[name] = entry
    used = sorted({entry["volumes"][0]["source"] for entry in services.values()})
    labels = {"cispeed.project": project.config.project or "${COMPOSE_PROJECT_NAME}", "cispeed.kind": KIND}
    volumes = {volume: {"labels": labels} for volume in used}
    return DevOverride({"services": services, "volumes": volumes} if services else {}, tuple(notes))


def file_name(first: str) -> str:
    """The name of the override's file, after that of the first Compose file; Compose takes none of these by itself."""
    path = PurePosixPath(first)
    return path.with_name(f"{path.stem}.cache{path.suffix}").as_posix()


def header(files: tuple[str, ...], name: str) -> str:
    """What stands at the top of the file: what made it, and how it is used."""
    options = " ".join(f"-f {file}" for file in (*files, name))
    return (
        "Made by cispeed (`inv override --write`): the package managers' caches as volumes, so that an install in a\n"
        "container downloads nothing that one before it did. It adds these volumes and variables and changes nothing else.\n"
        f"  docker compose {options} up\n"
        "`inv prune --all` removes the volumes."
    )


def _service(shape: ServiceShape, image: ServiceImage) -> tuple[dict[str, Any], list[str]]:
    """The entry of a service, empty where there is nothing to add, and what is left alone."""
    place = ROOT_PLACE if image.runs_as_root else ANY_PLACE
    taken = {mount.target.rstrip("/") for mount in shape.service.mounts} | _tmpfs(shape)
    if place in taken:
        return {}, [f"something of its own is mounted on {place}, so it gets no cache"]
    variables: dict[str, str] = {}
    notes = []
    for packages in shape.packages:
        own = has_cache(packages.manager, taken)
        found = {} if own else cache_variables(packages, place, image.variables)
        if not found:
            cause = f"{own} is mounted already" if own else "its image or Compose settles its place already"
            notes.append(f"the cache of {packages.manager} is left alone, since {cause}")
        elif packages.manager == "pnpm":
            notes.append("what pnpm installed before is bound to another store: remove node_modules once")
        variables |= found
    if not variables:
        return {}, notes
    source = VOLUME if image.runs_as_root else f"{VOLUME}-{shape.service.name}"
    mount = {"type": "volume", "source": source, "target": place}
    return {"environment": dict(sorted(variables.items())), "volumes": [mount]}, notes


def _tmpfs(shape: ServiceShape) -> set[str]:
    words = shape.service.raw.get("tmpfs") or ()
    return {str(word).split(":")[0].rstrip("/") for word in ([words] if isinstance(words, str) else words)}
