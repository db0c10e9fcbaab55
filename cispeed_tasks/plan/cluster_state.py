"""How a cluster is, from its containers and from what its API says of its nodes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CLUSTER_LABELS = {"k3d": "k3d.cluster", "kind": "io.x-k8s.kind.cluster"}
ROLE_LABELS = {"k3d": "k3d.role", "kind": "io.x-k8s.kind.role"}
SERVERS = {"server", "control-plane"}
NODE_ROLES = SERVERS | {"agent", "worker"}
REGISTRY_LABEL = "cispeed.cluster"
"""The label of the registry that the tasks run beside a cluster of kind; its value is the cluster's name."""


@dataclass(frozen=True)
class SeenContainer:
    """A container of a cluster: a node, or what stands beside the nodes."""

    name: str
    provider: str
    role: str
    """server, agent, loadbalancer or registry of k3d; control-plane, worker or external-load-balancer of kind."""
    state: str
    """created, running, exited …, as the engine says."""
    image: str
    """The image as it was named when the container was made."""
    image_id: str = ""
    ports: tuple[tuple[int, int], ...] = ()
    """Ports in the container with those of this machine that lead to them."""

    @property
    def is_node(self) -> bool:
        """Whether it runs pods."""
        return self.role in NODE_ROLES

    @property
    def is_running(self) -> bool:
        """Whether it runs now."""
        return self.state == "running"


@dataclass(frozen=True)
class ClusterState:
    """How a cluster is; `word` is absent, half-created, stopped or ready, and `cause` says why."""

    word: str
    cause: str
    containers: tuple[SeenContainer, ...] = ()

    @property
    def nodes(self) -> tuple[SeenContainer, ...]:
        """The containers that run pods, servers first."""
        return tuple(sorted((one for one in self.containers if one.is_node), key=_order))

    @property
    def registry_port(self) -> int | None:
        """The port of this machine that the registry beside it has."""
        found = [one for one in self.containers if one.role == "registry" and one.ports]
        return found[0].ports[0][1] if found else None


def _order(node: SeenContainer) -> tuple[bool, str]:
    return node.role not in SERVERS, node.name


def seen_containers(rows: Sequence[Mapping[str, Any]], name: str) -> tuple[SeenContainer, ...]:
    """The containers of the cluster `name` among those that the engine lists (`GET /containers/json`)."""
    found = [one for row in rows if (one := _seen(row, name)) is not None]
    return tuple(sorted(found, key=lambda one: one.name))


def _seen(row: Mapping[str, Any], name: str) -> SeenContainer | None:
    labels = row.get("Labels") or {}
    provider = next((one for one, label in CLUSTER_LABELS.items() if labels.get(label) == name), None)
    is_registry = labels.get(REGISTRY_LABEL) == name
    if provider is None and not is_registry:
        return None
    role = "registry" if is_registry else str(labels.get(ROLE_LABELS[str(provider)], ""))
    ports = {
        (int(port["PrivatePort"]), int(port["PublicPort"])) for port in row.get("Ports") or () if "PublicPort" in port
    }
    return SeenContainer(
        name=str(row["Names"][0]).lstrip("/"),
        provider=provider or "kind",
        role=role,
        state=str(row["State"]),
        image=str(row["Image"]),
        image_id=str(row.get("ImageID", "")),
        ports=tuple(sorted(ports)),
    )


def ready_nodes(answer: str) -> dict[str, bool]:
    """The nodes that the cluster knows, each with whether it is Ready, from `kubectl get nodes -o json`; none for other text."""
    try:
        items = json.loads(answer)["items"]
    except (ValueError, KeyError, TypeError):
        return {}
    return {str(item["metadata"]["name"]): _is_ready(item) for item in items}


def _is_ready(item: Mapping[str, Any]) -> bool:
    conditions = (item.get("status") or {}).get("conditions") or ()
    return any(one.get("type") == "Ready" and one.get("status") == "True" for one in conditions)


def judge(containers: Sequence[SeenContainer], known: Mapping[str, bool]) -> ClusterState:
    """How a cluster is.

    Args:
        containers: what the engine has of it.
        known: the nodes that its API knows, each with whether it is Ready; empty where the API does not answer.
    """
    word, cause = _judged([one for one in containers if one.is_node], known, beside=len(containers))
    return ClusterState(word, cause, tuple(containers))


def _judged(nodes: list[SeenContainer], known: Mapping[str, bool], *, beside: int) -> tuple[str, str]:
    if not nodes:
        return ("half-created", "it has no node, and other containers of it are there") if beside else ("absent", "")
    if not any(node.is_running for node in nodes):
        return ("stopped", "none of its nodes runs")
    still = [node for node in nodes if not node.is_running]
    if still:
        return ("half-created", f"{still[0].name} is {still[0].state}")
    if not any(node.role in SERVERS for node in nodes):
        return ("half-created", "it has no server node")
    if not known:
        return ("half-created", "its API does not answer")
    missing = [node.name for node in nodes if node.name not in known]
    if missing:
        return ("half-created", f"{missing[0]} has not joined it")
    waiting = [name for name, ready in known.items() if not ready]
    if waiting:
        return ("half-created", f"its node {waiting[0]} is not ready")
    return ("ready", f"{len(nodes)} of {len(nodes)} nodes are ready")
