"""The configuration files of k3d and kind, and what k3d's own schema says of them."""

from __future__ import annotations

import pytest

from cispeed_tasks.plan.cluster import Cluster
from cispeed_tasks.plan.cluster_files import K3S_IMAGES, KIND_PATCH, config_file, registry_hosts
from tests.plan.k3d_files import faults

PLAIN = Cluster("k3d", "", "shop-cluster", "shop")
WHOLE = Cluster(
    "k3d", "", "shop-cluster", "shop", "rancher/k3s:v1.31.5-k3s1", 2, ("127.0.0.1:8080:80", "9000:30000/udp")
)


@pytest.mark.parametrize("cluster", [PLAIN, WHOLE, Cluster("k3d", "", "x", "shop", has_registry=False)])
@pytest.mark.parametrize("images", [None, "/repo/.cispeed/cluster/images/k3d-5.8.3/node"])
def test_k3d_takes_its_file(cluster: Cluster, images: str | None) -> None:
    assert faults(config_file(cluster, images)) == []


def test_the_check_itself_refuses_what_k3d_would() -> None:
    found = config_file(WHOLE, None)
    found["servers"] = 0
    found["kind"] = "Cluster"
    found["registries"]["create"]["hostPort"] = 5000
    found["options"]["k3s"]["extraArgs"][0]["nodeFilter"] = "all"
    del found["apiVersion"]
    assert faults(found) == [
        "apiVersion is missing",
        "kind is Cluster",
        "servers is less than 1",
        "registries.create.hostPort is a number, and should be a text",
        "options.k3s.extraArgs[].nodeFilter is no key",
    ]


def test_a_cluster_of_k3d_has_no_traefik_and_leaves_the_users_kubeconfig_alone() -> None:
    options = config_file(PLAIN, None)["options"]
    assert options["k3s"] == {"extraArgs": [{"arg": "--disable=traefik", "nodeFilters": ["server:*"]}]}
    assert options["kubeconfig"] == {"updateDefaultKubeconfig": False, "switchCurrentContext": False}
    assert options["runtime"]["labels"] == [{"label": "cispeed.project=shop", "nodeFilters": ["all"]}]


def test_a_registry_stands_beside_it_on_this_machine_only() -> None:
    create = {"name": "shop-cluster-registry", "host": "127.0.0.1", "hostPort": "random", "image": "registry:2"}
    assert config_file(PLAIN, None)["registries"] == {"create": create}
    assert "registries" not in config_file(Cluster("k3d", "", "x", "shop", has_registry=False), None)


def test_nodes_of_k3d_read_kept_archives_where_k3s_looks_for_them() -> None:
    found = config_file(WHOLE, "/repo/.cispeed/cluster/images/k/node")
    volume = {"volume": f"/repo/.cispeed/cluster/images/k/node:{K3S_IMAGES}", "nodeFilters": ["server:*", "agent:*"]}
    assert found["volumes"] == [volume]
    assert found["image"] == "rancher/k3s:v1.31.5-k3s1"
    assert (found["servers"], found["agents"]) == (1, 2)
    assert [entry["port"] for entry in found["ports"]] == ["127.0.0.1:8080:80", "9000:30000/udp"]


def test_a_file_of_kind() -> None:
    cluster = Cluster(
        "kind", "", "shop-cluster", "shop", "kindest/node:v1.34.0", 1, ("127.0.0.1:8080:80", "9000:30000/udp")
    )
    assert config_file(cluster, "/not/for/kind") == {
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "kind": "Cluster",
        "name": "shop-cluster",
        "nodes": [
            {
                "role": "control-plane",
                "image": "kindest/node:v1.34.0",
                "extraPortMappings": [
                    {"containerPort": 80, "hostPort": 8080, "listenAddress": "127.0.0.1", "protocol": "TCP"},
                    {"containerPort": 30000, "hostPort": 9000, "protocol": "UDP"},
                ],
            },
            {"role": "worker", "image": "kindest/node:v1.34.0"},
        ],
        "containerdConfigPatches": [KIND_PATCH],
    }


def test_nodes_of_kind_are_told_where_the_registry_is() -> None:
    assert registry_hosts(PLAIN, 40001) == (
        "/etc/containerd/certs.d/localhost:40001/hosts.toml",
        '[host."http://shop-cluster-registry:5000"]\n',
    )
