"""How a cluster is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cispeed_tasks.plan.cluster_state import SeenContainer, judge, ready_nodes, seen_containers


def row(name: str, labels: dict[str, str], state: str = "running", **more: Any) -> dict[str, Any]:
    """A container as `GET /containers/json` lists it."""
    return {"Names": [f"/{name}"], "Labels": labels, "State": state, "Image": "image:1", "ImageID": "sha256:1", **more}


def k3d(name: str, role: str, **more: Any) -> dict[str, Any]:
    return row(name, {"app": "k3d", "k3d.cluster": "shop-cluster", "k3d.role": role}, **more)


def kind(name: str, role: str, **more: Any) -> dict[str, Any]:
    return row(name, {"io.x-k8s.kind.cluster": "shop-cluster", "io.x-k8s.kind.role": role}, **more)


def node(role: str, state: str = "running", name: str = "") -> SeenContainer:
    return SeenContainer(name or f"shop-{role}", "kind", role, state, "image:1")


def test_containers_are_known_by_their_labels() -> None:
    ports = [{"IP": "127.0.0.1", "PrivatePort": 5000, "PublicPort": 40001, "Type": "tcp"}, {"PrivatePort": 80}]
    rows = [
        k3d("k3d-shop-cluster-server-0", "server"),
        k3d("k3d-shop-cluster-agent-0", "agent", state="exited"),
        k3d("k3d-shop-cluster-serverlb", "loadbalancer"),
        k3d("shop-cluster-registry", "registry", Ports=ports),
        row("other", {"k3d.cluster": "another", "k3d.role": "server"}),
        row("web", {"com.docker.compose.project": "shop-cluster"}),
    ]
    state = judge(seen_containers(rows, "shop-cluster"), {})
    assert [(one.name, one.role, one.state) for one in state.containers] == [
        ("k3d-shop-cluster-agent-0", "agent", "exited"),
        ("k3d-shop-cluster-server-0", "server", "running"),
        ("k3d-shop-cluster-serverlb", "loadbalancer", "running"),
        ("shop-cluster-registry", "registry", "running"),
    ]
    assert [one.name for one in state.nodes] == ["k3d-shop-cluster-server-0", "k3d-shop-cluster-agent-0"]
    assert state.registry_port == 40001


def test_the_registry_of_a_cluster_of_kind_is_known_by_our_label() -> None:
    rows = [
        kind("shop-cluster-control-plane", "control-plane"),
        row("shop-cluster-registry", {"cispeed.cluster": "shop-cluster"}),
    ]
    assert [(one.provider, one.role) for one in seen_containers(rows, "shop-cluster")] == [
        ("kind", "control-plane"),
        ("kind", "registry"),
    ]


@pytest.mark.parametrize(
    ("containers", "known", "word", "cause"),
    [
        ([], {}, "absent", ""),
        ([node("registry")], {}, "half-created", "it has no node, and other containers of it are there"),
        ([node("control-plane", "exited"), node("worker", "created")], {}, "stopped", "none of its nodes runs"),
        ([node("control-plane"), node("worker", "created")], {}, "half-created", "shop-worker is created"),
        ([node("worker")], {}, "half-created", "it has no server node"),
        ([node("control-plane")], {}, "half-created", "its API does not answer"),
        (
            [node("control-plane"), node("worker")],
            {"shop-control-plane": True},
            "half-created",
            "shop-worker has not joined it",
        ),
        ([node("server")], {"shop-server": False}, "half-created", "its node shop-server is not ready"),
        ([node("server"), node("agent")], {"shop-server": True, "shop-agent": True}, "ready", "2 of 2 nodes are ready"),
    ],
)
def test_how_it_is(containers: list[SeenContainer], known: dict[str, bool], word: str, cause: str) -> None:
    state = judge(containers, known)
    assert (state.word, state.cause) == (word, cause)


def test_nodes_that_are_ready() -> None:
    def item(name: str, status: str) -> dict[str, Any]:
        conditions = [{"type": "MemoryPressure", "status": "False"}, {"type": "Ready", "status": status}]
        return {"metadata": {"name": name}, "status": {"conditions": conditions}}

    answer = {"apiVersion": "v1", "kind": "List", "items": [item("a", "True"), item("b", "Unknown")]}
    assert ready_nodes(json.dumps(answer)) == {"a": True, "b": False}


@pytest.mark.parametrize("answer", ["", "The connection to the server 127.0.0.1:6443 was refused", "{}", "[]", "null"])
def test_an_api_that_does_not_answer_knows_no_node(answer: str) -> None:
    assert ready_nodes(answer) == {}
