"""Which images have to be loaded into the nodes of a cluster, from what the nodes and the engine have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
Images = Mapping[str, frozenset[str]]
"""Whole names of images, each with the digests by which that image may be known: of its manifest, of its configuration."""


@dataclass(frozen=True)
class Load:
    """What is done about one image, and why; `nodes` are those that it is loaded into."""

    image: str
    nodes: tuple[str, ...]
    cause: str

    def __str__(self) -> str:
        """A line of the printed plan."""
        if not self.nodes:
            return f"leave {self.image}: {self.cause}"
        return f"load {self.image} into {', '.join(self.nodes)}: {self.cause}"


@dataclass(frozen=True)
class LoadPlan:
    """What is done about each image."""

    steps: tuple[Load, ...]

    @property
    def loads(self) -> tuple[Load, ...]:
        """The steps that do something."""
        return tuple(step for step in self.steps if step.nodes)

    def groups(self) -> dict[tuple[str, ...], list[str]]:
        """Images that go into the same nodes, by those nodes: each group is one archive, which holds shared layers once."""
        groups: dict[tuple[str, ...], list[str]] = {}
        for step in self.loads:
            groups.setdefault(step.nodes, []).append(step.image)
        return groups

    def __str__(self) -> str:
        """The plan as it is shown: what is loaded, a line an image, and how many are left."""
        left = len(self.steps) - len(self.loads)
        lines = [str(step) for step in self.loads]
        if left:
            lines.append(f"leave {left} {'image' if left == 1 else 'images'}: the nodes have the same")
        return "\n".join(lines) or "no images to load"


def whole_name(reference: str) -> str:
    """The name by which containerd knows what Docker calls `reference`: with its registry and its tag or digest."""
    name, _, digest = reference.partition("@")
    first, slash, _ = name.partition("/")
    if not slash or not (any(sign in first for sign in ".:") or first == "localhost"):
        name = f"docker.io/{name}" if slash else f"docker.io/library/{name}"
    if digest:
        return f"{name}@{digest}"
    return name if ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"


def read_crictl(text: str) -> dict[str, frozenset[str]]:
    """What a node has, from `crictl images -o json`: an image's id there is the digest of its configuration."""
    found: dict[str, frozenset[str]] = {}
    for image in json.loads(text).get("images") or ():
        digests = {
            str(image["id"]),
            *(digest for name in image.get("repoDigests") or () for digest in DIGEST.findall(name)),
        }
        for name in image.get("repoTags") or ():
            found[name] = frozenset(digests)
    return found


def read_ctr(text: str) -> dict[str, frozenset[str]]:
    """What a node has, from `ctr -n k8s.io images ls`: a table of names and the digests of their manifests.

    The digest of an image's configuration is a name there as well, which leads to the same manifest.
    """
    rows = [row for line in text.splitlines()[1:] if len(row := line.split()) > 2]  # noqa: PLR2004
    manifests = {row[0]: row[2] for row in rows if DIGEST.fullmatch(row[2])}
    known: dict[str, set[str]] = {}
    for name, digest in manifests.items():
        known.setdefault(digest, {digest}).update([name] if DIGEST.fullmatch(name) else [])
    return {name: frozenset(known[digest]) for name, digest in manifests.items()}


def merged(answers: Iterable[Images]) -> dict[str, frozenset[str]]:
    """What several answers of one node say together."""
    found: dict[str, frozenset[str]] = {}
    for answer in answers:
        for name, digests in answer.items():
            found[name] = found.get(name, frozenset()) | digests
    return found


def engine_digests(image: Mapping[str, Any], platform: str) -> frozenset[str]:
    """The digests by which a node may know an image of the engine, from what the engine says of it.

    Args:
        image: the answer to `GET /images/NAME/json?manifests=true`.
        platform: what the nodes run, such as linux/amd64.
    """
    descriptors = [image.get("Descriptor") or {}]
    descriptors += [
        one.get("Descriptor") or {}
        for one in image.get("Manifests") or ()
        if one.get("Kind") == "image" and one.get("Available") and _platform(one).startswith(platform)
    ]
    texts = [str(image["Id"])]
    for descriptor in descriptors:
        texts += [
            str(descriptor.get("digest", "")),
            str((descriptor.get("annotations") or {}).get("config.digest", "")),
        ]
    return frozenset(text for text in texts if DIGEST.fullmatch(text))


def _platform(manifest: Mapping[str, Any]) -> str:
    platform = (manifest.get("ImageData") or {}).get("Platform") or {}
    return f"{platform.get('os', '')}/{platform.get('architecture', '')}"


def plan_load(images: Images, nodes: Mapping[str, Images]) -> LoadPlan:
    """Plan what is loaded.

    Args:
        images: those that are wanted, by Docker's names, with the engine's digests.
        nodes: what each node has.
    """
    return LoadPlan(tuple(_load(name, digests, nodes) for name, digests in images.items()))


def _load(image: str, digests: frozenset[str], nodes: Mapping[str, Images]) -> Load:
    name = whole_name(image)
    without = tuple(node for node, has in nodes.items() if not digests & has.get(name, frozenset()))
    if not without:
        return Load(image, (), "every node has the same")
    other = [node for node in without if name in nodes[node]]
    cause = f"{other[0]} has another image of that name" if other else "not there"
    return Load(image, without, cause)


def absent_images(wanted: Images, nodes: Mapping[str, Images], loads: Sequence[Load]) -> list[str]:
    """What is still not in its nodes after loading, a line each; `wanted` has the digests of the engine and the archive."""
    return [
        f"{step.image} in {node}"
        for step in loads
        for node in step.nodes
        if not wanted[step.image] & nodes[node].get(whole_name(step.image), frozenset())
    ]


@dataclass(frozen=True)
class Archive:
    """What an archive of images holds: whole names with digests, and what would keep a node from taking it."""

    images: Images = field(default_factory=dict)
    faults: tuple[str, ...] = ()


def read_archive(index: Mapping[str, Any], inner: Mapping[str, Mapping[str, Any]]) -> Archive:
    """Read the index of an archive that `docker save` wrote.

    A node imports an image whole or, in silence, not at all: each name has to lead to one manifest of one platform, and
    none to an attestation.

    Args:
        index: the data of index.json.
        inner: the manifests and indexes that it leads to, by their digests.
    """
    images: dict[str, frozenset[str]] = {}
    faults: list[str] = []
    for descriptor in index.get("manifests") or ():
        name = str((descriptor.get("annotations") or {}).get("io.containerd.image.name", ""))
        digest = str(descriptor["digest"])
        manifest = inner.get(digest, {})
        faults += _archive_faults(name or digest, descriptor, manifest)
        config = str((manifest.get("config") or {}).get("digest", ""))
        if name:
            images[name] = frozenset({digest, config} - {""})
    return Archive(images, tuple(faults))


def _archive_faults(name: str, descriptor: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[str]:
    parts = manifest.get("manifests")
    if parts is None:
        return [f"{name} is an attestation, no image"] if _is_attestation(descriptor) else []
    attestations = [part for part in parts if _is_attestation(part)]
    said = [f"{name} has {len(attestations)} attestation{'s' if len(attestations) > 1 else ''}"] if attestations else []
    platforms = [_written(part.get("platform") or {}) for part in parts if not _is_attestation(part)]
    return said + ([f"{name} is for several platforms: {', '.join(platforms)}"] if len(platforms) > 1 else [])


def _is_attestation(descriptor: Mapping[str, Any]) -> bool:
    platform = descriptor.get("platform") or {}
    kind = (descriptor.get("annotations") or {}).get("vnd.docker.reference.type")
    return kind == "attestation-manifest" or platform.get("os") == "unknown"


def _written(platform: Mapping[str, Any]) -> str:
    return "/".join(str(platform[key]) for key in ("os", "architecture", "variant") if platform.get(key))
