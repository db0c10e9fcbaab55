"""Which images a cluster is made of, and where they are kept."""

from __future__ import annotations

from cispeed_tasks.plan.cluster import Cluster
from cispeed_tasks.plan.cluster_kept import (
    Kept,
    kept_key,
    missing_images,
    node_image,
    outdated,
    own_images,
    read_kept,
    system_images,
    tools_images,
)
from cispeed_tasks.plan.cluster_state import SeenContainer

DIGEST = f"sha256:{'a' * 64}"


def container(role: str, image: str, id_: str = "") -> SeenContainer:
    return SeenContainer(f"shop-{role}", "k3d", role, "running", image, id_)


def test_another_version_or_another_image_has_another_folder() -> None:
    assert kept_key(Cluster("kind", "", "x", "shop"), "0.33.0") == "kind-0.33.0"
    k3d = Cluster("k3d", "", "x", "shop", "rancher/k3s:v1.31.5-k3s1")
    assert kept_key(k3d, "5.8.3") == "k3d-5.8.3-rancher-k3s-v1.31.5-k3s1"
    assert kept_key(Cluster("k3d", "", "x", "shop", "../../etc"), "dev build") == "k3d-dev-build-..-..-etc"


def test_images_are_kept_by_names_without_digests() -> None:
    containers = [
        container("server", f"kindest/node:v1.34.0@{DIGEST}", "sha256:1"),
        container("registry", "registry:2", "sha256:2"),
        container("loadbalancer", DIGEST, "sha256:3"),
    ]
    assert own_images(containers) == {"kindest/node:v1.34.0": "sha256:1", "registry:2": "sha256:2"}
    assert tools_images(["rancher/k3s:v1", "ghcr.io/k3d-io/k3d-proxy:5.8.3"]) == ["ghcr.io/k3d-io/k3d-tools:5.8.3"]
    assert node_image(containers) == "kindest/node:v1.34.0"
    assert node_image(containers[1:]) is None


def test_what_is_kept_and_what_the_engine_lacks_of_it() -> None:
    kept = read_kept({"images": ["a:1", "b:1"], "node": "a:1"})
    assert kept == Kept(("a:1", "b:1"), "a:1")
    assert missing_images(kept, {"a:1": {"Id": "x"}, "b:1": None}) == ["b:1"]
    assert read_kept(None) == read_kept({}) == Kept()


def test_of_a_node_only_what_the_cluster_pulled_itself_is_kept() -> None:
    names = [
        "docker.io/rancher/mirrored-pause:3.6",
        f"docker.io/rancher/mirrored-pause@{DIGEST}",
        DIGEST,
        f"import-2026-11-25@{DIGEST}",
        "docker.io/library/shop-api:full",
        "docker.io/rancher/mirrored-coredns-coredns:1.12.0",
    ]
    assert system_images(names, {"docker.io/library/shop-api:full"}) == [
        "docker.io/rancher/mirrored-coredns-coredns:1.12.0",
        "docker.io/rancher/mirrored-pause:3.6",
    ]


def test_folders_of_other_versions_are_not_carried_on() -> None:
    assert outdated(["kind-0.32.0", "kind-0.33.0", "k3d-5.8.3"], "kind-0.33.0") == ["kind-0.32.0", "k3d-5.8.3"]
