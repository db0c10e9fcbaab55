"""The images that a cluster itself is made of, kept between runs in a folder that a CI cache can carry."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cispeed_tasks.plan.cluster import STATE, Cluster
from cispeed_tasks.plan.cluster_state import SeenContainer

FOLDER = f"{STATE}/images"
"""The folder in .cispeed/; within it each version has one of its own."""
ENGINE_ARCHIVE = "engine.tar"
NODE_ARCHIVE = "node/system.tar"
"""What k3s imports when a node starts: the images that it would pull."""
LIST_FILE = "images.json"


@dataclass(frozen=True)
class Kept:
    """What a folder of kept images has: the names of the engine's, and which of them the nodes are made from."""

    images: tuple[str, ...] = ()
    node: str | None = None


def kept_key(cluster: Cluster, version: str) -> str:
    """The name of the folder for what makes the cluster, its version, and the image of the nodes where that is said."""
    words = "-".join(word for word in (cluster.provider, version, cluster.image) if word)
    return re.sub(r"[^A-Za-z0-9.]+", "-", words).strip("-")


def own_images(containers: Iterable[SeenContainer]) -> dict[str, str]:
    """The images that the containers of a cluster are made from, by names without digests, each with its id."""
    found = {one.image.partition("@")[0]: one.image_id for one in containers}
    return {name: id_ for name, id_ in sorted(found.items()) if not name.startswith("sha256:")}


def tools_images(images: Iterable[str]) -> list[str]:
    """The images of helpers that k3d runs for moments only, beside those of the containers that stay."""
    return [name.replace("/k3d-proxy:", "/k3d-tools:") for name in images if "/k3d-proxy:" in name]


def node_image(containers: Iterable[SeenContainer]) -> str | None:
    """The image that the nodes are made from, without its digest."""
    return next((one.image.partition("@")[0] for one in containers if one.is_node), None)


def read_kept(data: Mapping[str, Any] | None) -> Kept:
    """What the list of a folder says; nothing where there is none."""
    if not data:
        return Kept()
    return Kept(tuple(str(name) for name in data.get("images") or ()), data.get("node"))


def missing_images(kept: Kept, there: Mapping[str, object]) -> list[str]:
    """Those kept images that the engine, which says None for what it lacks, does not have."""
    return [name for name in kept.images if there.get(name) is None]


def system_images(names: Iterable[str], own: Collection[str]) -> list[str]:
    """The images of a node that the cluster pulled itself: by name, without those that were loaded (`own`, whole names)."""
    return sorted(
        name for name in names if ":" in name and "@" not in name and not name.startswith("sha256:") and name not in own
    )


def outdated(folders: Sequence[str], key: str) -> list[str]:
    """The folders of other versions, which a cache would carry for ever."""
    return [name for name in folders if name != key]
