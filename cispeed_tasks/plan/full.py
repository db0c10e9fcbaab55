"""Full mode: the overlay that takes everything of the checkout out of a stack, and the layers that replace it."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cispeed_tasks.model import Override, Port, Reset, Stack, Target
from cispeed_tasks.plan.mounts import MountDecision, decide_mounts, kept_volumes
from cispeed_tasks.plan.overlay import own_names, service_overlay
from cispeed_tasks.plan.service_targets import bake_name, full_tag
from cispeed_tasks.plan.services import command_words
from cispeed_tasks.plan.shield import GENERATED
from cispeed_tasks.plan.targets import Project

SHIELDED = ("**/node_modules", "**/.venv", "**/__pycache__", "**/.git", ".cispeed")
"""Never baked: what the image installs itself, and what belongs to the checkout only."""


@dataclass(frozen=True)
class FullMode:
    """The project with the layers that full mode adds, every mount's treatment, and the image of each service."""

    project: Project
    decisions: tuple[MountDecision, ...]
    images: Mapping[str, str]

    def __str__(self) -> str:
        """The treatment of every mount, a line each."""
        return "\n".join(str(decision) for decision in self.decisions)


def plan_full_mode(project: Project, existing: frozenset[str], directories: frozenset[str]) -> FullMode:
    """Decide every mount and add the targets that bake what images do not hold.

    Args:
        project: the project as it was planned.
        existing: sources of bind mounts that exist and are no empty directories.
        directories: those of them that are directories.
    """
    decisions: list[MountDecision] = []
    targets = dict(project.targets)
    images: dict[str, str] = {}
    for name, shape in project.shapes.items():
        target = project.full_target(name)
        found = decide_mounts(shape, target, project.root, existing)
        decisions += found
        image = target.tag if target else None
        baked = [d for d in found if d.action == "bake"]
        if baked:
            layer = _layer(project, name, baked, target, directories)
            targets[layer.name] = layer
            image = layer.tag
        if image:
            images[name] = image
    return FullMode(replace(project, targets=targets), tuple(decisions), images)


def full_overlay(
    mode: FullMode, stack: Stack, raw: Mapping[str, Any], ports: Mapping[str, tuple[Port, ...]] | None
) -> dict[str, Any]:
    """The overlay's model over the user's own Compose files; `stack` is resolved under the overlay's project name."""
    services: dict[str, Any] = {}
    for name, service in stack.services.items():
        overlay = service_overlay(service, mode.project.name, "full", ports)
        if name in mode.images:
            overlay |= {"image": mode.images[name], "pull_policy": "never"}
        if service.build is not None:
            overlay["build"] = Reset()
        shape = mode.project.shapes[name]
        if shape.config.command:
            overlay["command"] = Override([word.replace("$", "$$") for word in command_words(shape.config.command)])
        if service.mounts:
            found = tuple(d for d in mode.decisions if d.service == name)
            overlay["volumes"] = Override(kept_volumes(found, (raw.get("services") or {}).get(name) or {}))
        if service.raw.get("develop"):
            overlay["develop"] = Reset()
        services[name] = overlay
    return {"services": services, **own_names(stack)}


def _layer(
    project: Project, name: str, baked: list[MountDecision], target: Target | None, directories: frozenset[str]
) -> Target:
    """The target that puts what was mounted onto the service's image, shallow paths first."""
    parent = target.tag if target else str(project.stack.services[name].image)
    ordered = sorted(baked, key=lambda d: d.mount.target.count("/"))
    lines = [
        f"# Made by cispeed: what {name} has mounted in development and its image does not hold.",
        f"FROM {parent}",
    ]
    lines += [_copy(decision, project.root, directories) for decision in ordered]
    return Target(
        name=bake_name("mounts", name),
        kind="mounts",
        subject=name,
        tag=full_tag(project.name, name).replace(":full", ":full-mounts"),
        context=str(project.root),
        dockerfile=project.root / GENERATED / f"{bake_name(name)}.mounts.Dockerfile",
        dockerfile_text="\n".join(lines) + "\n",
        stage=None,
        args={},
        contexts={parent: f"target:{target.name}"} if target else {},
        cause=f"{len(baked)} mounts that its image does not hold",
        generated=True,
        ignore_text="# Made by cispeed; it stands in place of the checkout's own, which would drop what is mounted.\n"
        + "\n".join(SHIELDED)
        + "\n",
        dependency_names=(target.name,) if target else (),
    )


def _copy(decision: MountDecision, root: Path, directories: frozenset[str]) -> str:
    source = Path(str(decision.mount.source)).relative_to(root).as_posix()
    is_directory = decision.mount.source in directories
    left = f"{source}/" if is_directory else source
    right = posixpath.normpath(decision.mount.target) + ("/" if is_directory else "")
    return f'COPY ["{left}", "{right}"]'
