"""Full mode: the overlay that takes everything of the checkout out of a stack, and the layers that replace it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.model import Mount, Override, Port, Reset, Stack
from cispeed_tasks.plan.mount_decision import MountDecision
from cispeed_tasks.plan.mount_files import handed_over
from cispeed_tasks.plan.mount_layers import mount_layer
from cispeed_tasks.plan.mount_sharing import Sharing
from cispeed_tasks.plan.mount_sources import Checkout
from cispeed_tasks.plan.mounts import decide_mounts
from cispeed_tasks.plan.overlay import own_names, service_overlay, start_interval
from cispeed_tasks.plan.services import command_words
from cispeed_tasks.plan.targets import Project
from cispeed_tasks.plan.written_mounts import as_written, data_volume, written_mounts

ASKED = frozenset({"bake", "secret", "config", "fresh"})
"""The actions for which the user's own words are wanted, variables not filled in."""


@dataclass(frozen=True)
class FullMode:
    """The project with the layers that full mode adds, every mount's treatment, and the image of each service."""

    project: Project
    decisions: tuple[MountDecision, ...]
    images: Mapping[str, str]
    seen: Checkout = field(default_factory=lambda: Checkout({}), repr=False)
    is_literal: bool = False
    """Every `volumes` section is removed, whatever that breaks."""

    def of(self, service: str) -> tuple[MountDecision, ...]:
        """The treatment of a service's mounts, in their order."""
        return tuple(decision for decision in self.decisions if decision.service == service)

    @property
    def filled_volumes(self) -> dict[str, tuple[str, ...]]:
        """The volumes that images fill, by their keys, which begin anew with every up.

        Each with the services that mount it, the one first whose image fills it.
        """
        keys = {str(d.volume) for d in self.decisions if d.fills}
        users = sorted(self.decisions, key=lambda decision: not decision.fills)
        return {key: tuple(dict.fromkeys(d.service for d in users if d.volume == key)) for key in sorted(keys)}

    def below(self, service: str) -> tuple[MountDecision, ...]:
        """The volumes that a service gets below directories that it mounted, since others read what it makes there."""
        inner = () if self.is_literal else Sharing(self.project.stack, self.seen).inner(service)
        cause = "a volume that is shared with those who read it"
        return tuple(
            MountDecision(service, Mount("volume", None, place), "output below a source", "fresh", cause, volume=key)
            for place, key in inner
        )

    @property
    def all_decisions(self) -> tuple[MountDecision, ...]:
        """The treatment of every mount, and what is mounted besides, by service."""
        names = dict.fromkeys([*self.project.shapes, *(decision.service for decision in self.decisions)])
        return tuple(decision for name in names for decision in (*self.of(name), *self.below(name)))

    def __str__(self) -> str:
        """The treatment of every mount, a line each."""
        return "\n".join(str(decision) for decision in self.all_decisions)


def wants_words(decisions: tuple[MountDecision, ...]) -> bool:
    """Whether a plan of these decisions needs the model as the user's files write it."""
    return any(decision.action in ASKED or decision.secrets for decision in decisions)


def plan_full_mode(
    project: Project, seen: Checkout, raw: Mapping[str, Any], decisions: tuple[MountDecision, ...] | None = None
) -> FullMode:
    """Decide every mount and add the targets that bake what images do not hold.

    Args:
        project: the project as it was planned.
        seen: what the checkout has where mounts take it from.
        raw: the model without variables filled in; it may be empty where `wants_words` says so.
        decisions: the mounts' treatment, where it was decided already.
    """
    decisions = decide_mounts(project, seen) if decisions is None else decisions
    targets = dict(project.targets)
    images: dict[str, str] = {}
    for name in project.shapes:
        target = project.full_target(name)
        baked = [d for d in decisions if d.service == name and d.is_baked(seen)]
        if baked:
            target = mount_layer(project, seen, name, baked, (raw.get("services") or {}).get(name) or {})
            if target.name in targets:
                raise ConfigError(f"two images would be called '{target.name}' in bake: rename the service {name}")
            targets[target.name] = target
        if target:
            images[name] = target.tag
    return FullMode(replace(project, targets=targets), decisions, images, seen)


def literal_mode(project: Project, seen: Checkout, decisions: tuple[MountDecision, ...]) -> FullMode:
    """The mode in which every `volumes` section is removed, as the plan of requirements.md's A5 says it."""
    full = {name: target.tag for name in project.shapes if (target := project.full_target(name))}
    return FullMode(project, decisions, full, seen, is_literal=True)


def what_breaks(mode: FullMode) -> tuple[str, ...]:
    """What services lose when every mount is removed, a line each."""
    words = {
        "bake": "its image does not hold it",
        "secret": "its image does not hold it",
        "config": "its image does not hold it",
        "fresh": "it may not exist there, and is shared with nobody",
        "keep": "what was written there is lost with the container, and shared with nobody",
    }
    lost = [d for d in mode.decisions if d.action in words or d.volume]
    return tuple(f"{d.service}:{d.mount.target} ({d.kind}): {words.get(d.action, words['fresh'])}" for d in lost)


def full_overlay(
    mode: FullMode, stack: Stack, raw: Mapping[str, Any], ports: Mapping[str, tuple[Port, ...]] | None
) -> dict[str, Any]:
    """The overlay's model over the user's own Compose files; `stack` is resolved under the overlay's project name."""
    services: dict[str, Any] = {}
    top, interval = own_names(stack), start_interval(stack)
    for name, service in stack.services.items():
        shape = mode.project.shapes[name]
        is_generated = shape.image_source == "generated"
        overlay = service_overlay(
            service, mode.project.name, "full", ports, interval=interval, is_generated=is_generated
        )
        if name in mode.images:
            overlay |= {"image": mode.images[name], "pull_policy": "never"}
        if service.build is not None:
            overlay["build"] = Reset()
        if shape.config.command:
            overlay["command"] = Override([word.replace("$", "$$") for word in command_words(shape.config.command)])
        if service.mounts:
            _mounts(mode, name, overlay, top, (raw.get("services") or {}).get(name) or {})
        if service.raw.get("develop"):
            overlay["develop"] = Reset()
        services[name] = overlay
    return {"services": services, **{section: entries for section, entries in top.items() if entries}}


def _mounts(mode: FullMode, name: str, overlay: dict[str, Any], top: dict[str, Any], raw: Mapping[str, Any]) -> None:
    """Add what a service mounts, is handed over, and shares."""
    decisions = mode.of(name)
    if mode.is_literal:
        overlay["volumes"] = Override([])
        return
    written = written_mounts(raw, tuple(d.mount for d in decisions))
    volumes = [_volume(mode, d, entry) for d, entry in zip(decisions, written, strict=True)]
    volumes += [{"type": "volume", "source": d.volume, "target": d.mount.target} for d in mode.below(name)]
    overlay["volumes"] = Override([entry for entry in volumes if entry])
    keys = {str(entry["source"]) for entry in volumes if entry and str(entry.get("source")).startswith("cispeed-")}
    if keys:
        top["volumes"] = {**top.get("volumes", {}), **{key: {} for key in sorted(keys)}}
    for section, (entries, definitions) in handed_over(mode, name, written).items():
        overlay[section] = entries
        top[section] = {**top.get(section, {}), **definitions}


def _volume(mode: FullMode, decision: MountDecision, written: Mapping[str, Any] | None) -> dict[str, Any] | None:
    target = str((written or {}).get("target") or decision.mount.target)
    if decision.volume:
        is_filled = decision.volume in mode.filled_volumes
        options = {"volume": {"nocopy": True}} if is_filled and not decision.fills else {}
        read_only = {"read_only": True} if decision.mount.read_only else {}
        return {"type": "volume", "source": decision.volume, "target": target, **read_only, **options}
    if decision.action == "keep":
        return as_written(decision.mount, written, mode.project.place)
    return {**data_volume(decision.mount), "target": target} if decision.action == "fresh" else None
