"""The configuration files that k3d and kind make a cluster from (k3d.io/v1alpha5, kind.x-k8s.io/v1alpha4)."""

from __future__ import annotations

from typing import Any

from cispeed_tasks.plan.cluster import Cluster

HEADER = "Made by `inv cluster-up` from `cluster:` in cispeed.yaml; it is written anew each time.\nBy hand: {by_hand}"
NODES = ["server:*", "agent:*"]
K3S_IMAGES = "/var/lib/rancher/k3s/agent/images"
"""Where k3s looks for archives of images when a node starts."""
REGISTRY_IMAGE = "registry:2"
REGISTRY_PORT = 5000
"""The port that the registry listens on in its container."""
HOSTS_DIRECTORY = "/etc/containerd/certs.d"
KIND_PATCH = f"""[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "{HOSTS_DIRECTORY}"
"""
"""Lets containerd of node images older than kind 0.27's read what is said of a registry, as kind's guide has it."""


def config_file(cluster: Cluster, images: str | None) -> dict[str, Any]:
    """The configuration file of a cluster; `images` is the absolute folder of kept archives that its nodes read."""
    return k3d_config(cluster, images) if cluster.provider == "k3d" else kind_config(cluster)


def k3d_config(cluster: Cluster, images: str | None) -> dict[str, Any]:
    """A configuration of k3d, kind Simple: no traefik, the project's label on each container, no change of ~/.kube/config."""
    config: dict[str, Any] = {
        "apiVersion": "k3d.io/v1alpha5",
        "kind": "Simple",
        "metadata": {"name": cluster.name},
        "servers": 1,
        "agents": cluster.agents,
    }
    if cluster.image:
        config["image"] = cluster.image
    if images:
        config["volumes"] = [{"volume": f"{images}:{K3S_IMAGES}", "nodeFilters": NODES}]
    if cluster.ports:
        config["ports"] = [{"port": mapping, "nodeFilters": ["loadbalancer"]} for mapping in cluster.ports]
    if cluster.has_registry:
        config["registries"] = {
            "create": {"name": cluster.registry, "host": "127.0.0.1", "hostPort": "random", "image": REGISTRY_IMAGE}
        }
    config["options"] = {
        "k3d": {"wait": True},
        "k3s": {"extraArgs": [{"arg": "--disable=traefik", "nodeFilters": ["server:*"]}]},
        "kubeconfig": {"updateDefaultKubeconfig": False, "switchCurrentContext": False},
        "runtime": {"labels": [{"label": f"cispeed.project={cluster.project}", "nodeFilters": ["all"]}]},
    }
    return config


def kind_config(cluster: Cluster) -> dict[str, Any]:
    """A configuration of kind: the first node is the control plane, and has the ports."""
    image = {"image": cluster.image} if cluster.image else {}
    first: dict[str, Any] = {"role": "control-plane", **image}
    if cluster.ports:
        first["extraPortMappings"] = [_port(mapping) for mapping in cluster.ports]
    config: dict[str, Any] = {
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "kind": "Cluster",
        "name": cluster.name,
        "nodes": [first, *({"role": "worker", **image} for _ in range(cluster.agents))],
    }
    if cluster.has_registry:
        config["containerdConfigPatches"] = [KIND_PATCH]
    return config


def _port(mapping: str) -> dict[str, Any]:
    ports, _, protocol = mapping.partition("/")
    *address, host, node = ports.split(":")
    return {
        "containerPort": int(node),
        "hostPort": int(host),
        **({"listenAddress": address[0]} if address else {}),
        "protocol": (protocol or "tcp").upper(),
    }


def registry_hosts(cluster: Cluster, port: int) -> tuple[str, str]:
    """Where containerd in a node of kind finds the registry that this machine calls localhost:`port`: a path, and its text."""
    text = f'[host."http://{cluster.registry}:{REGISTRY_PORT}"]\n'
    return f"{HOSTS_DIRECTORY}/localhost:{port}/hosts.toml", text
