"""What full mode does with each mount of a service, and why."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.model import Mount, Target
from cispeed_tasks.plan.dockerfile import Instruction, Stage
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile
from cispeed_tasks.plan.dockerfile_variables import expand
from cispeed_tasks.plan.services import ServiceShape, in_checkout, is_dependency_mount

DATA = re.compile(r"/(var/lib/|data(/|$)|bitnami/|usr/share/elasticsearch/data|qdrant/storage|opt/\w+/data)")
"""Where the official images of databases, queues and registries keep their data."""


@dataclass(frozen=True)
class MountDecision:
    """One mount and its treatment: drop, keep, fresh (an empty volume) or bake (a layer on the image holds it)."""

    service: str
    mount: Mount
    kind: str
    action: str
    cause: str

    def __str__(self) -> str:
        """A line of the printed plan."""
        return f"{self.action} {self.service}:{self.mount.target} ({self.kind}): {self.cause}"


def decide_mounts(
    shape: ServiceShape, target: Target | None, root: Path, existing: frozenset[str]
) -> tuple[MountDecision, ...]:
    """Decide for every mount of a service.

    Args:
        shape: the service.
        target: its full image, when it is built here.
        root: the checkout.
        existing: those sources of bind mounts that exist and are no empty directory, as absolute paths.
    """
    return tuple(_decide(shape, target, mount, root, existing) for mount in shape.service.mounts)


def _decide(
    shape: ServiceShape, target: Target | None, mount: Mount, root: Path, existing: frozenset[str]
) -> MountDecision:
    kind, action, cause = _treatment(shape, target, mount, root, existing)
    return MountDecision(shape.service.name, mount, kind, action, cause)


def _treatment(
    shape: ServiceShape, target: Target | None, mount: Mount, root: Path, existing: frozenset[str]
) -> tuple[str, str, str]:
    if mount.type == "volume":
        return _volume(mount)
    if mount.type != "bind":
        return mount.type, "keep", "belongs to the container"
    if is_data(mount):
        return "data directory", "fresh", "an empty volume, since the data is the development stack's"
    if is_dependency_mount(mount):
        return "dependency directory", "drop", "the image holds the packages"
    if not in_checkout(mount.source, root):
        return "host bind", "keep", "lies outside the checkout"
    if mount.source not in existing:
        return "empty directory", "fresh", "an empty volume; it holds nothing in the checkout"
    if target is not None and is_held(shape, target, mount):
        return "source in the image", "drop", "the image holds it"
    return "source not in the image", "bake", "a layer on the image holds it"


def _volume(mount: Mount) -> tuple[str, str, str]:
    if is_dependency_mount(mount):
        return "dependency volume", "drop", "the image holds the packages"
    if mount.source is None:
        return "anonymous volume", "keep", "belongs to the container"
    return "named volume", "keep", "a volume of this stack's own"


def is_held(shape: ServiceShape, target: Target, mount: Mount) -> bool:
    """Whether the target's Dockerfile copies the mount's source to where it is mounted."""
    if shape.image_source == "generated":
        # A directory inside the source may be left out by the ignore file; only the whole is certain.
        return mount.source == shape.source and _maps(str(shape.source), shape.workdir, mount)
    try:
        dockerfile = read_dockerfile(target.dockerfile_text, target.args)
    except ConfigError:
        return False
    instructions: tuple[Instruction, ...] = ()
    stage: Stage | None = dockerfile.stage(target.stage)
    while stage is not None:
        instructions = (*stage.instructions, *instructions)
        stage = dockerfile.find(stage.base, stage.index) if stage.base else None
    return _hold(instructions, target, mount, dockerfile.global_args)


def _hold(
    instructions: tuple[Instruction, ...], target: Target, mount: Mount, values: Mapping[str, str | None]
) -> bool:
    workdir = "/"
    held = False
    for instruction in instructions:
        if instruction.keyword == "WORKDIR":
            workdir = posixpath.join(workdir, expand(instruction.rest, values) or "?")
        if instruction.keyword in {"COPY", "ADD"} and instruction.flag("from") is None:
            held = held or _copy_holds(instruction, workdir, target, mount)
    return held


def _copy_holds(instruction: Instruction, workdir: str, target: Target, mount: Mount) -> bool:
    words = instruction.words()
    if len(words) < 2 or any(sign in word for word in words for sign in "*?[$"):  # noqa: PLR2004
        return False
    *sources, destination = words
    place = posixpath.normpath(posixpath.join(workdir, destination))
    for source in sources:
        path = posixpath.normpath(posixpath.join(target.context, source.lstrip("/") or "."))
        if _maps(path, place, mount):
            return True
        into = posixpath.join(place, posixpath.basename(path))
        if (destination.endswith(("/", ".")) or len(sources) > 1) and _maps(path, into, mount):
            return True
    return False


def _maps(source: str, destination: str, mount: Mount) -> bool:
    """Whether copying `source` to `destination` puts the mount's source where the mount has it."""
    if mount.source is None or not (mount.source == source or mount.source.startswith(source.rstrip("/") + "/")):
        return False
    inside = mount.source[len(source) :].lstrip("/")
    return posixpath.normpath(posixpath.join(destination, inside)) == posixpath.normpath(mount.target)


def is_data(mount: Mount) -> bool:
    """Whether a bind mount is a directory of a service's data, which belongs to the development stack alone.

    A second stack on it would destroy it: two database servers on one data directory.
    """
    return mount.type == "bind" and not mount.read_only and bool(DATA.match(posixpath.normpath(mount.target)))


def data_volume(mount: Mount) -> dict[str, Any]:
    """The empty volume that stands in a transformed stack where the development stack has its data."""
    return {"type": "volume", "target": mount.target}


def written_mounts(raw: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The mounts of a service as the user's files write them, by target."""
    return {str(entry.get("target")): entry for entry in raw.get("volumes") or () if isinstance(entry, dict)}


def as_written(mount: Mount, written: Mapping[str, Any] | None) -> dict[str, Any]:
    """A mount for an overlay, its source as the user's files write it, so that no value is copied.

    Its type is that of the resolved model: without variables Compose takes `${HOME}/x` for a volume's name.
    """
    if written is None:
        return _entry(mount)
    entry = {key: value for key, value in written.items() if key in {"source", "target", "read_only", mount.type}}
    return {"type": mount.type, **entry, **({"read_only": True} if mount.read_only else {})}


def kept_volumes(decisions: tuple[MountDecision, ...], raw: Mapping[str, Any]) -> list[Any]:
    """The mounts that stay, in the words of the user's files (variables not filled in), for an overlay."""
    written = written_mounts(raw)
    kept = [as_written(d.mount, written.get(d.mount.target)) for d in decisions if d.action == "keep"]
    return kept + [data_volume(d.mount) for d in decisions if d.action == "fresh"]


def _entry(mount: Mount) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": mount.type, "target": mount.target}
    if mount.source is not None:
        entry["source"] = mount.source
    if mount.read_only:
        entry["read_only"] = True
    return entry
