"""kind: clusters of Kubernetes in containers (kind.sigs.k8s.io)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cispeed_tasks.tools import process

ANSWER_SECONDS = 60.0
DELETE_SECONDS = 300.0
NETWORK = "kind"
"""The network of all clusters of kind, which it makes with the first."""
API = ("kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf")
"""How the API is asked in a server node."""


def version() -> str | None:
    """What it prints of its version, or None where it is not installed."""
    if process.on_path("kind") is None:
        return None
    return process.ask(["kind", "version"], timeout=ANSWER_SECONDS).stdout


def creation(name: str, config: Path, kubeconfig: Path, *, wait: float, image: str | None) -> list[str]:
    """The command that creates a cluster and returns when it is ready, or after `wait` seconds."""
    argv = ["kind", "create", "cluster", "--name", name, "--config", str(config), "--kubeconfig", str(kubeconfig)]
    return [*argv, "--wait", f"{wait:.0f}s", *(["--image", image] if image else [])]


def delete(name: str, kubeconfig: Path) -> None:
    """Remove a cluster, whole or not; one that is not there is fine. Raises WorkFailed."""
    process.ask(["kind", "delete", "cluster", "--name", name, "--kubeconfig", str(kubeconfig)], timeout=DELETE_SECONDS)


def start(name: str, nodes: Sequence[str]) -> None:  # noqa: ARG001  # k3d starts by the name
    """Start the nodes of a cluster that was stopped; raises WorkFailed."""
    process.ask(["docker", "start", *nodes], timeout=DELETE_SECONDS)


def kubeconfig(name: str) -> str:
    """The text of the file by which kubectl reaches a cluster; raises WorkFailed where there is none."""
    return process.ask(["kind", "get", "kubeconfig", "--name", name], timeout=ANSWER_SECONDS).stdout


def load(archive: Path, name: str, nodes: Sequence[str]) -> int:
    """Load an archive of images into some nodes, showing the command; returns its exit code."""
    return process.show(["kind", "load", "image-archive", str(archive), "--name", name, "--nodes", ",".join(nodes)])
