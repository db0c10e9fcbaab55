"""Which cluster a project has."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cispeed_tasks.errors import ConfigError, ToolError
from cispeed_tasks.plan.cluster import Cluster, OwnFile, cluster_name, missing_tool, plan_cluster, read_version
from tests.builders import config

Installed = Mapping[str, str | None]
K3D: Installed = {"k3d": "5.8.3", "kind": None}
KIND: Installed = {"k3d": None, "kind": "0.33.0"}
BOTH: Installed = {"k3d": "5.8.3", "kind": "0.33.0"}
NEITHER: Installed = {"k3d": None, "kind": None}


def planned(
    text: str, installed: Installed, own: Mapping[str, object] | None = None, there: str | None = None
) -> Cluster:
    file = None if own is None else OwnFile(own, "k.yaml:3:13")
    return plan_cluster(config(text).cluster, "shop", installed, file, there)


@pytest.mark.parametrize(
    ("text", "installed", "provider", "cause"),
    [
        ("", K3D, "k3d", "it is installed"),
        ("", BOTH, "k3d", "it is installed"),
        ("", KIND, "kind", "it is installed, and k3d is not"),
        ("cluster: {provider: kind}", BOTH, "kind", "cispeed.yaml says so"),
    ],
)
def test_what_is_installed_makes_it_unless_the_config_says_otherwise(
    text: str, installed: Installed, provider: str, cause: str
) -> None:
    cluster = planned(text, installed)
    assert (cluster.provider, cluster.cause) == (provider, cause)


def test_without_a_config_it_is_one_node_with_a_registry() -> None:
    assert planned("", KIND) == Cluster("kind", "it is installed, and k3d is not", "shop-cluster", "shop")
    assert planned("", K3D).context == "k3d-shop-cluster"
    assert planned("", K3D).registry_inside(40001) == "shop-cluster-registry:40001"
    assert planned("", KIND).registry_inside(40001) == "localhost:40001"
    assert planned("", K3D).config_file == ".cispeed/cluster/k3d.yaml"


def test_what_is_missing_is_named_with_how_it_is_installed() -> None:
    with pytest.raises(ToolError) as neither:
        planned("", NEITHER)
    assert str(neither.value).startswith(
        "neither k3d nor kind is installed, and one of them makes the cluster. k3d: k3d.io says how"
    )
    assert "`apt-get install kind` on Debian" in str(neither.value)
    with pytest.raises(ToolError) as other:
        planned("cluster: {provider: k3d}", KIND)
    assert str(other.value).startswith(
        "k3d is not installed, and makes the cluster, since cispeed.yaml says so: k3d.io says how"
    )


def test_what_made_the_one_that_is_there_goes_on_with_it() -> None:
    cluster = planned("cluster: {provider: k3d}", NEITHER, there="kind")
    assert (cluster.provider, cluster.cause) == ("kind", "it made the one that is there")
    assert missing_tool(cluster).startswith(
        "kind is not installed, and makes the cluster, since it made the one that is there: `brew install kind`"
    )


def test_a_file_of_the_users_own_says_whose_it_is() -> None:
    own = {"apiVersion": "kind.x-k8s.io/v1alpha4", "kind": "Cluster", "name": "mine"}
    cluster = planned("cluster: {config: deploy/kind.yaml}", BOTH, own)
    assert cluster == Cluster(
        "kind", "deploy/kind.yaml is a file of it", "mine", "shop", has_registry=False, own_file="deploy/kind.yaml"
    )
    assert cluster.config_file == "deploy/kind.yaml"
    k3d = {"apiVersion": "k3d.io/v1alpha5", "kind": "Simple", "metadata": {"name": "theirs"}}
    assert planned("cluster: {config: k.yaml}", BOTH, k3d).name == "theirs"
    assert planned("cluster: {config: k.yaml, name: ours}", BOTH, k3d).name == "ours"
    with_image = {**own, "nodes": [{"role": "control-plane", "image": "kindest/node:v1.34.0"}]}
    assert planned("cluster: {config: k.yaml}", BOTH, with_image).image == "kindest/node:v1.34.0"
    assert planned("cluster: {config: k.yaml}", BOTH, {**k3d, "image": "rancher/k3s:v1"}).image == "rancher/k3s:v1"
    assert planned("cluster: {config: k.yaml}", BOTH, {"apiVersion": "k3d.io/v1alpha5"}).name == "shop-cluster"


@pytest.mark.parametrize(
    ("own", "says"),
    [
        ({}, "it has no `apiVersion`"),
        ({"apiVersion": "v1"}, "its `apiVersion` is 'v1'"),
    ],
)
def test_a_file_that_is_neither_s_is_a_fault(own: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        planned("cluster: {config: k.yaml}", BOTH, own)
    assert str(caught.value) == (
        f"k.yaml:3:13: this is neither k3d's nor kind's: {says}, and k3d.io/v1alpha5 or kind.x-k8s.io/v1alpha4 is wanted"
    )


def test_a_file_and_another_provider_are_a_fault() -> None:
    with pytest.raises(ConfigError) as caught:
        planned("cluster: {config: k.yaml, provider: k3d}", BOTH, {"apiVersion": "kind.x-k8s.io/v1alpha4"})
    assert str(caught.value) == "k.yaml:3:13: this is kind's, and `cluster: provider:` says k3d"


@pytest.mark.parametrize(
    ("project", "name"),
    [
        ("shop", "shop-cluster"),
        ("My_Shop.x", "my-shop-x-cluster"),
        ("a-very-long-name-of-a-project-indeed", "a-very-long-name-of-a-pr-cluster"),
        ("abcdefghijklmnopqrstuvw-xyz", "abcdefghijklmnopqrstuvw-cluster"),
        ("___", "cispeed-cluster"),
    ],
)
def test_names_are_host_names_of_at_most_32_letters(project: str, name: str) -> None:
    assert cluster_name(project) == name
    assert len(name) <= 32


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("kind v0.33.0 go1.27.2 linux/amd64\n", "0.33.0"),
        ("k3d version v5.8.3\nk3s version v1.31.5-k3s1 (default)\n", "5.8.3"),
        ("k3d version dev\n", "k3d version dev"),
    ],
)
def test_versions(text: str, version: str) -> None:
    assert read_version(text) == version
