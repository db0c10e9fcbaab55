"""Mounts in the words of the user's files, for overlays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cispeed_tasks.model import Mount


def data_volume(mount: Mount) -> dict[str, Any]:
    """The empty volume that stands in a transformed stack where the development stack has its data."""
    return {"type": "volume", "target": mount.target}


def written_mounts(raw: Mapping[str, Any], mounts: tuple[Mount, ...]) -> list[Mapping[str, Any] | None]:
    """For each mount of the resolved model its entry as the user's files write it; None where that is not known.

    Args:
        raw: the service of the model without variables filled in.
        mounts: those of the resolved model.
    """
    entries = [entry for entry in raw.get("volumes") or () if isinstance(entry, dict)]
    if len(entries) == len(mounts):
        return list(entries)
    by_target = {str(entry.get("target")): entry for entry in entries}
    return [by_target.get(mount.target) for mount in mounts]


def as_written(mount: Mount, written: Mapping[str, Any] | None, place: Path | None = None) -> dict[str, Any]:
    """A mount for an overlay, its source as the user's files write it, so that no value is copied.

    Its type is that of the resolved model: without variables Compose takes `${HOME}/x` for a volume's name. A source
    below `place`, where paths in the Compose files start, is relative to it.
    """
    entry = _entry(mount) if written is None else _as_written(mount, written)
    start = f"{place}/"
    if place is not None and mount.type == "bind" and str(entry.get("source")).startswith(start):
        entry["source"] = f"./{str(entry['source']).removeprefix(start)}"
    return entry


def _as_written(mount: Mount, written: Mapping[str, Any]) -> dict[str, Any]:
    entry = {key: value for key, value in written.items() if key in {"source", "target", "read_only", mount.type}}
    if mount.type == "bind" and written.get("type") != "bind":
        entry["bind"] = {"create_host_path": True}  # what the short form means, which alone can be taken for another
    return {"type": mount.type, **entry, **({"read_only": True} if mount.read_only else {})}


def _entry(mount: Mount) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": mount.type, "target": mount.target}
    if mount.source is not None:
        entry["source"] = mount.source
    if mount.read_only:
        entry["read_only"] = True
    return entry
