"""k3d: clusters of k3s in containers (k3d.io)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cispeed_tasks.tools import process

ANSWER_SECONDS = 60.0
DELETE_SECONDS = 300.0
API = ("kubectl",)
"""How the API is asked in a server node."""


def version() -> str | None:
    """What it prints of its version, or None where it is not installed."""
    if process.on_path("k3d") is None:
        return None
    return process.ask(["k3d", "version"], timeout=ANSWER_SECONDS).stdout


def creation(name: str, config: Path, kubeconfig: Path, *, wait: float, image: str | None) -> list[str]:  # noqa: ARG001
    """The command that creates a cluster and returns when it is ready, or fails after `wait` seconds.

    The file for kubectl is written by `kubeconfig`: this command knows only ~/.kube/config.
    """
    argv = ["k3d", "cluster", "create", name, "--config", str(config), "--wait", "--timeout", f"{wait:.0f}s"]
    argv += ["--kubeconfig-update-default=false", "--kubeconfig-switch-context=false"]
    return [*argv, *(["--image", image] if image else [])]


def delete(name: str, kubeconfig: Path) -> None:  # noqa: ARG001  # the caller removes that file
    """Remove a cluster with its registry, whole or not; one that is not there is fine. Raises WorkFailed."""
    process.ask(["k3d", "cluster", "delete", name], timeout=DELETE_SECONDS)


def start(name: str, nodes: Sequence[str]) -> None:  # noqa: ARG001  # it knows its nodes
    """Start the nodes of a cluster that was stopped; raises WorkFailed."""
    process.ask(["k3d", "cluster", "start", name], timeout=DELETE_SECONDS)


def kubeconfig(name: str) -> str:
    """The text of the file by which kubectl reaches a cluster; raises WorkFailed where there is none."""
    return process.ask(["k3d", "kubeconfig", "get", name], timeout=ANSWER_SECONDS).stdout


def load(archive: Path, name: str, nodes: Sequence[str]) -> int:  # noqa: ARG001  # it loads into every node
    """Load an archive of images into every node, showing the command; returns its exit code."""
    return process.show(["k3d", "image", "import", str(archive), "--cluster", name, "--mode", "direct"])
