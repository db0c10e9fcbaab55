"""The single files that a container is handed when it is made: secrets by their place, configs by their content."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cispeed_tasks.plan.mount_decision import MountDecision
from cispeed_tasks.plan.places import relative

if TYPE_CHECKING:
    from cispeed_tasks.plan.full import FullMode

Handed = tuple[list[dict[str, Any]], dict[str, Any]]
"""A section of a service, and what it names at the top level."""


def handed_over(mode: FullMode, service: str, written: Sequence[Mapping[str, Any] | None]) -> dict[str, Handed]:
    """The `secrets` and `configs` of a service, where it has any.

    Args:
        mode: the plan.
        service: its name.
        written: its mounts as the user's files write them, in their order.
    """
    found: dict[str, Handed] = {}
    for decision, entry in zip(mode.of(service), written, strict=True):
        for path in decision.secrets:
            entries, definitions = found.setdefault("secrets", ([], {}))
            name = f"cispeed-{service}-{len(entries) + 1}"
            entries.append({"source": name, "target": _join(_target(decision, entry), path)})
            definitions[name] = {"file": _join(_source(mode, decision, entry), path)}
        if decision.action == "config":
            entries, definitions = found.setdefault("configs", ([], {}))
            name = f"cispeed-{service}-{len(entries) + 1}"
            source = mode.seen.source(decision.mount.source)
            entries.append({"source": name, "target": _target(decision, entry), "mode": f"0{source.entries[0].mode:o}"})
            definitions[name] = {"content": str(source.text).replace("$", "$$")}
    return found


def _target(decision: MountDecision, written: Mapping[str, Any] | None) -> str:
    return str((written or {}).get("target") or decision.mount.target)


def _source(mode: FullMode, decision: MountDecision, written: Mapping[str, Any] | None) -> str:
    """The source as the user's files write it where variables are in it; else relative to the project's directory."""
    words = str((written or {}).get("source") or "")
    if "$" in words:
        return words
    place = relative(str(decision.mount.source), mode.project.place)
    return (place if place.startswith("..") else f"./{place}").replace("$", "$$")


def _join(place: str, path: str) -> str:
    return posixpath.join(place, path.replace("$", "$$")) if path else place
