"""What `cluster-up` does, and what it says of a cluster that could not be created."""

from __future__ import annotations

import pytest

from cispeed_tasks.errors import ConfigError, WorkFailed
from cispeed_tasks.plan.cluster import Cluster
from cispeed_tasks.plan.cluster_state import ClusterState, SeenContainer
from cispeed_tasks.plan.cluster_up import creation_fault, plan_up

KIND = Cluster("kind", "cispeed.yaml says so", "shop-cluster", "shop")
K3D = Cluster("k3d", "it is installed", "shop-cluster", "shop")
REGISTRY = SeenContainer("shop-cluster-registry", "kind", "registry", "running", "registry:2", ports=((5000, 40001),))
FOLDER = ".cispeed/cluster/images/kind-0.33.0"


def test_it_is_created_beside_the_build() -> None:
    assert str(plan_up(KIND, ClusterState("absent", ""), kept=FOLDER, builds=True)) == (
        f"restore the cluster's own images from {FOLDER}: this engine does not have them\n"
        "create shop-cluster with kind: there is none yet (kind, since cispeed.yaml says so), as .cispeed/cluster/kind.yaml says\n"
        "run the registry shop-cluster-registry: images can be pushed to it and pulled in the cluster\n"
        "build the full images: meanwhile\n"
        "load images into its nodes: only those that a node does not have"
    )


def test_k3d_runs_its_registry_itself() -> None:
    assert str(plan_up(K3D, ClusterState("absent", ""), kept=None, builds=False)) == (
        "create shop-cluster with k3d: there is none yet (k3d, since it is installed), as .cispeed/cluster/k3d.yaml says\n"
        "load images into its nodes: only those that a node does not have"
    )


def test_one_that_is_ready_is_kept_and_one_that_is_stopped_is_started() -> None:
    ready = ClusterState("ready", "1 of 1 nodes are ready", (REGISTRY,))
    assert str(plan_up(KIND, ready, kept=FOLDER, builds=True)) == (
        "keep shop-cluster: 1 of 1 nodes are ready\n"
        "build the full images: before they are loaded\n"
        "load images into its nodes: only those that a node does not have"
    )
    stopped = plan_up(K3D, ClusterState("stopped", "none of its nodes runs"), kept=None, builds=False)
    assert str(stopped).startswith("start shop-cluster: none of its nodes runs\nload ")


def test_a_half_created_one_is_made_anew() -> None:
    plan = plan_up(KIND, ClusterState("half-created", "its API does not answer"), kept=None, builds=False)
    assert [step.action for step in plan.steps] == ["remove", "create", "run", "load"]
    assert str(plan.steps[0]) == "remove shop-cluster: it is half-created: its API does not answer"


def test_a_file_that_is_refused_is_a_fault_of_the_config() -> None:
    log = """\
ERROR: failed to create cluster: unable to decode config: yaml: unmarshal errors:
  line 8: field containerPrt not found in type v1alpha4.PortMappingAlias
"""
    fault = creation_fault(Cluster("kind", "", "x", "shop", own_file="deploy/kind.yaml"), log, 1)
    assert isinstance(fault, ConfigError)
    assert str(fault).splitlines()[0] == "kind does not take deploy/kind.yaml; its own words:"
    assert "field containerPrt not found" in str(fault)


def test_an_image_that_cannot_be_had_is_named() -> None:
    log = """\
Creating cluster "shop-cluster" ...
 ✗ Ensuring node image (nothing.invalid/node:absent) 🖼️
ERROR: failed to create cluster: failed to pull image "nothing.invalid/node:absent": command "docker pull" failed with error: exit status 1
Command Output: Error response from daemon: failed to resolve reference "nothing.invalid/node:absent": no such host
"""
    fault = creation_fault(KIND, log, 1)
    assert isinstance(fault, WorkFailed)
    assert str(fault).startswith(
        "the image nothing.invalid/node:absent of the cluster could not be had: make its registry reachable, or name another "
        "by `cluster: {image: …}` in cispeed.yaml. The last lines of .cispeed/cluster/create.log:\n    Creating cluster"
    )


@pytest.mark.parametrize(
    ("log", "hint"),
    [
        (
            "Bind for 0.0.0.0:80 failed: port is already allocated",
            " a port of `cluster: ports:` is taken by something else",
        ),
        ("FATA[0000] something else", " the last lines of .cispeed/cluster/create.log:\n    FATA[0000] something else"),
        ("", " the last lines of .cispeed/cluster/create.log:\n"),
    ],
)
def test_other_failures_show_the_last_lines(log: str, hint: str) -> None:
    fault = creation_fault(K3D, log, 7)
    assert isinstance(fault, WorkFailed)
    assert str(fault).startswith(f"k3d did not create shop-cluster (exit code 7);{hint}")
