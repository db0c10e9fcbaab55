"""Clusters: with the real command line of kind, and with images that get into a real containerd."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cispeed_tasks.plan.cluster_images import engine_digests, read_archive
from cispeed_tasks.run import cluster_kept, cluster_registry
from cispeed_tasks.run.cluster_view import find
from cispeed_tasks.run.look import locate
from cispeed_tasks.tools import engine_http, image_archive
from tests.docker.clusters import NODE_IMAGE, images_of, kind_on_path, make_node_image, node
from tests.docker.repositories import Repository, docker, engine_state

FILES = {
    "compose.yaml": "name: grapes\nservices:\n  web: {build: web}\n  other: {image: 'debian:trixie-slim'}\n",
    "web/Dockerfile": "FROM debian:trixie-slim\nCOPY hello /hello\n",
    "web/hello": "hello\n",
    "cispeed.yaml": "cluster: {provider: kind}\n",
}
CLUSTER = "grapes-cluster"
WEB = "docker.io/library/grapes-web:full"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    return kind_on_path(tmp_path_factory.mktemp("kind"))


@pytest.fixture(scope="module")
def node_image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    make_node_image(tmp_path_factory.mktemp("node"))
    yield
    docker("rmi", "--force", NODE_IMAGE)


@pytest.fixture
def grapes(path: str, new_repository: Callable[..., Repository]) -> Repository:
    """A repository with one image; kind, when it is asked to, writes nothing outside it."""
    repository = new_repository("grapes", FILES)
    repository.env.update(PATH=path, HOME=str(repository.path))
    return repository


def test_the_build_goes_on_while_a_creation_fails_and_nothing_is_left(grapes: Repository) -> None:
    """kind takes the whole file, and ends where it wants the image of a node."""
    before = engine_state()
    section = "cluster: {provider: kind, image: 'nothing.invalid/node:absent', agents: 1, ports: ['127.0.0.1:18080:80', '19000:30000/udp']}\n"
    grapes.write("cispeed.yaml", section)
    output = grapes.inv("cluster-up", expect=1)
    assert output.index("create grapes-cluster with kind: there is none yet") < output.index(
        "load images into its nodes"
    )
    assert output.index("--config") < output.index("1 image: 1 ")
    assert "the image nothing.invalid/node:absent of the cluster could not be had: " in output
    log = (grapes.path / ".cispeed/cluster/create.log").read_text()
    assert "Ensuring node image" in log
    assert "unmarshal" not in log
    assert engine_state() == before
    assert not (grapes.path / ".kube").exists()


def test_a_file_that_kind_does_not_take_is_a_fault_before_anything_is_built(grapes: Repository) -> None:
    grapes.write("cispeed.yaml", "cluster: {config: kind.yaml}\n")
    grapes.write(
        "kind.yaml", "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nnodes: [{role: worker, colour: red}]\n"
    )
    output = grapes.inv("cluster-up", expect=2)
    assert "kind does not take kind.yaml; its own words:" in output
    assert "field colour not found" in output
    assert "docker buildx" not in output


@pytest.mark.usefixtures("node_image")
def test_only_what_a_node_lacks_is_loaded_and_it_is_seen_there(grapes: Repository) -> None:
    grapes.inv("build-optimized")
    with node(CLUSTER) as name:
        output = grapes.inv("cluster-load")
        assert f"load grapes-web:full into {name}: not there" in output
        assert "1 image loaded into grapes-cluster, and seen there" in output
        inspected = json.loads(docker("image", "inspect", "grapes-web:full"))[0]
        assert images_of(name)[WEB][1] in engine_digests(inspected, "linux/amd64")
        assert list((grapes.path / ".cispeed/cluster").glob("*.tar")) == []

        assert grapes.inv("cluster-load").strip() == "leave 1 image: the nodes have the same"

        grapes.write("web/hello", "good morning\n")
        grapes.inv("build-optimized")
        old = images_of(name)[WEB]
        assert f"load grapes-web:full into {name}: {name} has another image of that name" in grapes.inv(
            "cluster-load", "web"
        )
        assert images_of(name)[WEB] != old
        assert "the engine has no image nothing:1" in grapes.inv("cluster-load", "nothing:1", expect=2)


@pytest.mark.usefixtures("node_image")
def test_an_image_with_attestations_gets_into_a_node_without_them(grapes: Repository, tmp_path: Path) -> None:
    docker(
        "buildx", "build", "--quiet", "--provenance=mode=max", "--tag", "grapes-attested:1", str(grapes.path / "web")
    )
    try:
        image_archive.save(["grapes-attested:1"], tmp_path / "whole.tar", None)
        whole = read_archive(*image_archive.read(tmp_path / "whole.tar"))
        assert whole.faults == ("docker.io/library/grapes-attested:1 has 1 attestation",)
        image_archive.save(["grapes-attested:1"], tmp_path / "single.tar", engine_http.platform())
        assert read_archive(*image_archive.read(tmp_path / "single.tar")).faults == ()
        with node(CLUSTER) as name:
            assert "seen there" in grapes.inv("cluster-load", "grapes-attested:1")
            assert "manifest" in images_of(name)["docker.io/library/grapes-attested:1"][0]
            assert grapes.inv("cluster-load", "grapes-attested:1").strip() == "leave 1 image: the nodes have the same"
    finally:
        docker("rmi", "--force", "grapes-attested:1")


def test_what_the_tasks_build_is_for_one_platform_without_attestations(grapes: Repository, tmp_path: Path) -> None:
    """Also where the engine cannot be told which platform to save."""
    grapes.inv("build-optimized")
    image_archive.save(["grapes-web:full", "debian:trixie-slim"], tmp_path / "whole.tar", None)
    archive = read_archive(*image_archive.read(tmp_path / "whole.tar"))
    assert archive.faults == ()
    inspected = json.loads(docker("image", "inspect", "grapes-web:full"))[0]
    assert archive.images[WEB] & engine_digests(inspected, "linux/amd64")
    assert set(archive.images) == {WEB, "docker.io/library/debian:trixie-slim"}


@pytest.mark.usefixtures("node_image")
def test_a_half_created_cluster_is_said_and_removed_and_nobody_elses(grapes: Repository) -> None:
    assert "grapes-cluster: nothing is up; `inv cluster-up` creates it with kind" in grapes.inv("cluster-status")
    assert "grapes-cluster: nothing is up" in grapes.inv("cluster-down")
    assert "the cluster grapes-cluster does not run: `inv cluster-up` starts it" in grapes.inv("cluster-load", expect=2)
    with node("raisins-cluster") as other:
        docker("run", "--detach", "--name", f"{CLUSTER}-control-plane", *labels(), NODE_IMAGE)
        output = grapes.inv("cluster-status")
        assert "grapes-cluster (kind): half-created, its API does not answer" in output
        assert "`inv cluster-up` removes it and creates it anew, `inv cluster-down` removes it" in output
        docker("stop", "--time", "0", f"{CLUSTER}-control-plane")
        found = json.loads(grapes.inv("cluster-status", "--json"))
        assert (found["state"], found["cause"]) == ("stopped", "none of its nodes runs")
        assert [one["name"] for one in found["containers"]] == [f"{CLUSTER}-control-plane"]
        assert "grapes-cluster is gone" in grapes.inv("cluster-down")
        assert json.loads(grapes.inv("cluster-status", "--json"))["state"] == "absent"
        assert docker("inspect", "--format", "{{.State.Running}}", other).strip() == "true"


@pytest.mark.usefixtures("node_image")
def test_what_a_cluster_is_made_of_is_kept_and_given_back(
    grapes: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As of k3d, whose nodes have pulled images of their own besides those of the project."""
    monkeypatch.setenv("PATH", grapes.env["PATH"])
    monkeypatch.chdir(grapes.path)
    docker("tag", "debian:trixie-slim", "grapes-pulled:1")
    docker("tag", "debian:trixie-slim", "grapes-loaded:1")
    image_archive.save(["grapes-pulled:1", "grapes-loaded:1"], tmp_path / "both.tar", engine_http.platform())
    docker("rmi", "grapes-pulled:1", "grapes-loaded:1")
    with node(CLUSTER, "--label=k3d.cluster=grapes-cluster", "--label=k3d.role=server") as name:
        docker("cp", str(tmp_path / "both.tar"), f"{name}:/both.tar")
        docker("exec", name, "ctr", "--namespace", "k8s.io", "images", "import", "/both.tar")
        here = replace(find(locate()), version="5.8.3")
        assert not cluster_kept.lacks(here)
        cluster_kept.keep(here, ["grapes-loaded:1"])
    folder = grapes.path / ".cispeed/cluster/images/k3d-5.8.3"
    assert json.loads((folder / "images.json").read_text()) == {"images": [NODE_IMAGE], "node": NODE_IMAGE}
    system = read_archive(*image_archive.read(folder / "node/system.tar"))
    assert (set(system.images), system.faults) == ({"docker.io/library/grapes-pulled:1"}, ())

    docker("rmi", "--force", NODE_IMAGE)
    assert cluster_kept.lacks(here)
    cluster_kept.restore(here)
    assert not cluster_kept.lacks(here)
    (folder / "engine.tar").write_text("damaged")
    cluster_kept.restore(here)
    assert not folder.exists()


def labels() -> list[str]:
    return [f"--label=io.x-k8s.kind.cluster={CLUSTER}", "--label=io.x-k8s.kind.role=control-plane"]


@pytest.fixture
def network() -> Iterator[None]:
    """The network that kind makes with its first cluster, for as long as there is none."""
    is_there = "kind" in docker("network", "ls", "--format", "{{.Name}}").split()
    if not is_there:
        docker("network", "create", "kind")
    yield
    if not is_there:
        docker("network", "rm", "kind")


@pytest.mark.usefixtures("node_image", "network")
def test_a_registry_stands_beside_a_cluster_of_kind(grapes: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """An image that this machine pushes to localhost is pulled in the node by the same name."""
    monkeypatch.setenv("PATH", grapes.env["PATH"])
    monkeypatch.chdir(grapes.path)
    with node(CLUSTER, "--network", "kind") as name:
        here = find(locate())
        cluster_registry.provide_image(here)
        here = cluster_registry.run_beside(here)
        try:
            image = f"localhost:{here.state.registry_port}/grapes:1"
            docker("tag", "debian:trixie-slim", image)
            docker("push", "--quiet", image)
            docker("rmi", image)
            docker("exec", name, "ctr", "images", "pull", "--hosts-dir", "/etc/containerd/certs.d", image)
            assert f"registry: localhost:{here.state.registry_port}"[10:] in grapes.inv("cluster-status", "--json")
        finally:
            grapes.inv("cluster-down")
            assert f"{CLUSTER}-registry" not in engine_state()["containers"]


def test_without_k3d_and_kind_it_is_said_how_they_are_installed(grapes: Repository, tmp_path: Path) -> None:
    for program in ("docker", "git"):
        found = next(
            Path(place, program) for place in os.environ["PATH"].split(os.pathsep) if Path(place, program).exists()
        )
        (tmp_path / program).symlink_to(found)
    grapes.write("cispeed.yaml", "")
    output = grapes.inv("cluster-up", expect=3, env={"PATH": str(tmp_path)})
    assert output.startswith(
        "neither k3d nor kind is installed, and one of them makes the cluster. k3d: k3d.io says how"
    )
    grapes.write("cispeed.yaml", "cluster: {provider: k3d}\n")
    output = grapes.inv("cluster-status", expect=3, env={"PATH": str(tmp_path)})
    assert output.startswith("k3d is not installed, and makes the cluster, since cispeed.yaml says so: ")
