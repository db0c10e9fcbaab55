"""The inputs of a target that are images, addresses and other contexts: what it stands on and copies from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cispeed_tasks.model import Target
from cispeed_tasks.plan.fingerprint import Fingerprint, Input, digest
from cispeed_tasks.plan.inputs import Inputs, RemoteSource
from cispeed_tasks.plan.service_targets import REMOTE_TEXT, read_target
from cispeed_tasks.plan.services import is_remote
from cispeed_tasks.plan.target_settings import is_pinned

IMAGE = "docker-image://"


@dataclass(frozen=True)
class OutsideImage:
    """An image that is not the project's: its digest, where it can be known, and whether it brings ONBUILD triggers."""

    digest: str | None = None
    has_triggers: bool = False
    is_here: bool = False
    """The engine has it."""
    made_by: str | None = None
    """The digest of the recipe by which it was made as a root image; None where it was not."""


@dataclass(frozen=True)
class Found:
    """Some inputs, and why what they name may have changed without them; None where it cannot."""

    inputs: tuple[Input, ...] = ()
    unknown: str | None = None


def outside_names(targets: Iterable[Target]) -> tuple[str, ...]:
    """The images outside of the project that some targets name, each once, in order."""
    names: dict[str, None] = {}
    for target in targets:
        names |= dict.fromkeys(
            value.removeprefix(IMAGE) for value in target.contexts.values() if value.startswith(IMAGE)
        )
        if target.dockerfile_text != REMOTE_TEXT:
            found = read_target(target).outside_images(target.stage)
            names |= dict.fromkeys(name for name in found if name not in target.contexts)
    return tuple(names)


def has_triggers(target: Target, targets: Mapping[str, Target], images: Mapping[str, OutsideImage]) -> bool:
    """Whether something that a target stands on brings ONBUILD instructions, or may."""
    own = [name for name in outside_names([target]) if images.get(name, OutsideImage()).has_triggers]
    return bool(own) or any(_says_onbuild(targets[name]) for name in target.dependency_names)


def image_inputs(
    target: Target,
    derived: Inputs,
    parents: Mapping[str, Fingerprint],
    targets: Mapping[str, Target],
    images: Mapping[str, OutsideImage],
) -> Found:
    """What a target takes of images, of addresses, and of contexts that are neither a directory nor the project's.

    Args:
        target: the target.
        derived: what its Dockerfile names.
        parents: the fingerprints of the targets that it stands on.
        targets: all targets.
        images: the images of others.
    """
    found = [_context(name, value, parents, targets, images) for name, value in target.contexts.items()]
    found += [_image(name, images) for name in derived.named if name not in target.contexts]
    found += [_remote(remote) for remote in derived.remotes]
    if is_remote(target.context):
        found.append(_remote(RemoteSource(target.context)))
    unknown = next((one.unknown for one in found if one.unknown), None)
    return Found(tuple(dict.fromkeys(one for part in found for one in part.inputs)), unknown)


def _context(
    name: str,
    value: str,
    parents: Mapping[str, Fingerprint],
    targets: Mapping[str, Target],
    images: Mapping[str, OutsideImage],
) -> Found:
    if value.startswith("target:"):
        parent = parents[value.removeprefix("target:")]
        own = targets[parent.target]
        why = f"{own.tag} is always built: {parent.unknown}" if parent.unknown else None
        return Found((Input("base", own.tag, f"{name} {parent.value}"),), why)
    if value.startswith(IMAGE):
        return _image(value.removeprefix(IMAGE), images)
    # The files of a directory are inputs of their own.
    return Found((Input("setting", f"context {name}", ""),)) if value.startswith("/") else _remote(RemoteSource(value))


def _image(name: str, images: Mapping[str, OutsideImage]) -> Found:
    known = name.rpartition("@")[2] if "@" in name else images.get(name, OutsideImage()).digest
    if known is None:
        return Found((Input("image", name, "unknown"),), f"the digest of {name} is not known here")
    return Found((Input("image", name, known),))


def _remote(remote: RemoteSource) -> Found:
    what = Input("remote", remote.address, digest(remote.checksum))
    if is_pinned(remote.address, remote.checksum):
        return Found((what,))
    return Found((what,), f"what {remote.address} gives may change; a checksum or a whole commit id pins it")


def _says_onbuild(target: Target) -> bool:
    if target.dockerfile_text == REMOTE_TEXT:
        return True
    stages = read_target(target).reachable(target.stage)
    return any(instruction.keyword == "ONBUILD" for stage in stages for instruction in stage.instructions)
