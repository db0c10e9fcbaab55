"""Clusters: with the real command line of kind, and with images that get into a real containerd."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cispeed_tasks.plan.cluster_images import engine_digests, read_archive
from cispeed_tasks.run import cluster_kept, cluster_registry
from cispeed_tasks.run.cluster_view import Here, find
from cispeed_tasks.run.look import locate
from cispeed_tasks.tools import engine_http, image_archive
from tests.docker.clusters import NODE_IMAGE, images_of, kind_on_path, make_node_image, node
from tests.docker.repositories import Repository, docker, engine_state, make_repository

CLUSTER = "grapes-cluster"
NODE = f"{CLUSTER}-control-plane"
WEB = "docker.io/library/grapes-web:full"
FILES = {
    "compose.yaml": "name: grapes\nservices:\n  web: {build: web}\n  other: {image: 'debian:trixie-slim'}\n",
    "web/Dockerfile": "FROM debian:trixie-slim\nCOPY hello /hello\n",
    "web/hello": "hello\n",
    "cispeed.yaml": "cluster: {provider: kind}\n",
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    """A repository with one image; kind, which it finds on its PATH, writes nothing outside it."""
    made = make_repository(tmp_path_factory.mktemp("grapes"), "grapes", FILES)
    made.env.update(PATH=kind_on_path(tmp_path_factory.mktemp("kind")), HOME=str(made.path))
    made.inv("build-optimized")
    yield made
    made.inv("prune", "--all", "--yes")


@pytest.fixture
def grapes(repository: Repository) -> Repository:
    for name, text in FILES.items():
        repository.write(name, text)
    return repository


@pytest.fixture(scope="module")
def node_image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    make_node_image(tmp_path_factory.mktemp("node"))
    yield NODE_IMAGE
    docker("rmi", "--force", NODE_IMAGE)


@pytest.fixture(scope="module")
def running_node(node_image: str) -> Iterator[str]:  # noqa: ARG001  # it has to be there
    """The node of a cluster, in the network that kind makes with its first one."""
    is_there = "kind" in docker("network", "ls", "--format", "{{.Name}}").split()
    if not is_there:
        docker("network", "create", "kind")
    with node(CLUSTER, "--network", "kind") as name:
        yield name
    if not is_there:
        docker("network", "rm", "kind")


@pytest.fixture
def here(grapes: Repository, running_node: str, monkeypatch: pytest.MonkeyPatch) -> Here:  # noqa: ARG001  # it is looked at
    monkeypatch.setenv("PATH", grapes.env["PATH"])
    monkeypatch.chdir(grapes.path)
    return find(locate())


def test_the_build_goes_on_while_a_creation_fails_and_nothing_is_left(grapes: Repository) -> None:
    """kind takes the whole file, and ends where it wants the image of a node."""
    before = engine_state()
    grapes.write(
        "cispeed.yaml",
        "cluster: {provider: kind, name: absent, registry: false, image: 'nothing.invalid/node:absent', agents: 1, "
        "ports: ['127.0.0.1:18080:80', '19000:30000/udp']}\n",
    )
    grapes.write("web/hello", "good evening\n")
    output = grapes.inv("cluster-up", expect=1)
    assert output.index("create absent with kind: there is none yet") < output.index("load images into its nodes")
    assert output.index("--config") < output.index("1 image: 1 built")
    assert "the image nothing.invalid/node:absent of the cluster could not be had: " in output
    log = (grapes.path / ".cispeed/cluster/create.log").read_text()
    assert "Ensuring node image" in log
    assert "unmarshal" not in log
    assert engine_state() == before
    assert not (grapes.path / ".kube").exists()


def test_a_file_that_kind_does_not_take_is_a_fault_before_anything_is_built(grapes: Repository) -> None:
    grapes.write("cispeed.yaml", "cluster: {config: kind.yaml, name: refused}\n")
    grapes.write(
        "kind.yaml", "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nnodes: [{role: worker, colour: red}]\n"
    )
    output = grapes.inv("cluster-up", expect=2)
    assert "kind does not take kind.yaml; its own words:" in output
    assert "field colour not found" in output
    assert "1 image: " not in output


def test_without_k3d_and_kind_it_is_said_how_they_are_installed(grapes: Repository, tmp_path: Path) -> None:
    for program in ("docker", "git"):
        places = (Path(place, program) for place in os.environ["PATH"].split(os.pathsep))
        (tmp_path / program).symlink_to(next(path for path in places if path.exists()))
    grapes.write("cispeed.yaml", "cluster: {name: nowhere}\n")
    output = grapes.inv("cluster-up", expect=3, env={"PATH": str(tmp_path)})
    assert output.startswith(
        "neither k3d nor kind is installed, and one of them makes the cluster. k3d: k3d.io says how"
    )
    grapes.write("cispeed.yaml", "cluster: {name: nowhere, provider: k3d}\n")
    output = grapes.inv("cluster-status", expect=3, env={"PATH": str(tmp_path)})
    assert output.startswith("k3d is not installed, and makes the cluster, since cispeed.yaml says so: ")


def test_only_what_a_node_lacks_is_loaded_and_it_is_seen_there(grapes: Repository, running_node: str) -> None:
    grapes.inv("build-optimized")
    output = grapes.inv("cluster-load")
    assert f"load grapes-web:full into {running_node}: not there" in output
    assert "1 image loaded into grapes-cluster, and seen there" in output
    inspected = json.loads(docker("image", "inspect", "grapes-web:full"))[0]
    loaded = images_of(running_node)[WEB]
    assert loaded[1] in engine_digests(inspected, "linux/amd64")
    assert list((grapes.path / ".cispeed/cluster").glob("*.tar")) == []
    assert grapes.inv("cluster-load").strip() == "leave 1 image: the nodes have the same"

    grapes.write("web/hello", "good morning\n")
    grapes.inv("build-optimized")
    output = grapes.inv("cluster-load", "web")
    assert f"load grapes-web:full into {running_node}: {running_node} has another image of that name" in output
    assert images_of(running_node)[WEB] != loaded
    assert "the engine has no image nothing:1" in grapes.inv("cluster-load", "nothing:1", expect=2)


def test_an_image_with_attestations_gets_into_a_node_without_them(
    grapes: Repository, running_node: str, tmp_path: Path
) -> None:
    docker(
        "buildx", "build", "--quiet", "--provenance=mode=max", "--tag", "grapes-attested:1", str(grapes.path / "web")
    )
    try:
        image_archive.save(["grapes-attested:1"], tmp_path / "whole.tar", None)
        whole = read_archive(*image_archive.read(tmp_path / "whole.tar"))
        assert whole.faults == ("docker.io/library/grapes-attested:1 has 1 attestation",)
        assert "seen there" in grapes.inv("cluster-load", "grapes-attested:1")
        assert "manifest" in images_of(running_node)["docker.io/library/grapes-attested:1"][0]
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


def test_a_registry_stands_beside_a_cluster_of_kind(grapes: Repository, here: Here) -> None:
    """An image that this machine pushes to localhost is pulled in the node by the same name."""
    cluster_registry.provide_image(here)
    port = cluster_registry.run_beside(here).state.registry_port
    image = f"localhost:{port}/grapes:1"
    docker("tag", "debian:trixie-slim", image)
    docker("push", "--quiet", image)
    docker("rmi", image)
    docker("exec", NODE, "ctr", "images", "pull", "--hosts-dir", "/etc/containerd/certs.d", image)
    found = json.loads(grapes.inv("cluster-status", "--json"))
    assert (found["registry"], found["state"]) == (f"localhost:{port}", "half-created")
    assert found["images"] == {"directory": ".cispeed/cluster/images", "key": f"kind-{here.version}"}


def test_what_a_cluster_is_made_of_is_kept_and_given_back(here: Here, tmp_path: Path) -> None:
    """As of k3d, whose nodes have pulled images of their own besides those of the project."""
    for name in ("grapes-pulled:1", "grapes-loaded:1"):
        docker("tag", "debian:trixie-slim", name)
    image_archive.save(["grapes-pulled:1", "grapes-loaded:1"], tmp_path / "both.tar", engine_http.platform())
    docker("rmi", "grapes-pulled:1", "grapes-loaded:1")
    docker("cp", str(tmp_path / "both.tar"), f"{NODE}:/both.tar")
    docker("exec", NODE, "ctr", "--namespace", "k8s.io", "images", "import", "/both.tar")
    own = [*images_of(NODE).keys() - {"docker.io/library/grapes-pulled:1"}]
    node_only = tuple(one for one in here.state.containers if one.is_node)
    here = replace(
        here,
        cluster=replace(here.cluster, provider="k3d"),
        state=replace(here.state, containers=node_only),
        version="5.8.3",
    )
    assert not cluster_kept.lacks(here)
    cluster_kept.keep(here, own)
    folder = here.root / ".cispeed/cluster/images/k3d-5.8.3"
    assert json.loads((folder / "images.json").read_text()) == {"images": [NODE_IMAGE], "node": NODE_IMAGE}
    system = read_archive(*image_archive.read(folder / "node/system.tar"))
    assert (set(system.images), system.faults) == ({"docker.io/library/grapes-pulled:1"}, ())

    docker("tag", NODE_IMAGE, "cispeed-tests-node:other")
    docker("rmi", "--force", NODE_IMAGE)
    assert cluster_kept.lacks(here)
    cluster_kept.restore(here)
    assert not cluster_kept.lacks(here)
    docker("rmi", "cispeed-tests-node:other")
    (folder / "engine.tar").write_text("damaged")
    cluster_kept.restore(here)
    assert not folder.exists()


@pytest.mark.usefixtures("node_image")
def test_a_creation_that_was_killed_is_half_created_and_one_that_was_interrupted_leaves_nothing(
    grapes: Repository, running_node: str
) -> None:
    """kind makes the container of the node, and then waits for words that this image never says."""
    grapes.write(
        "cispeed.yaml", f"cluster: {{provider: kind, name: raisins, image: '{NODE_IMAGE}', registry: false}}\n"
    )
    assert "raisins: nothing is up; `inv cluster-up` creates it with kind" in grapes.inv("cluster-status")
    assert grapes.inv("cluster-down").strip() == "raisins: nothing is up"
    with creating(grapes) as (process, _):
        os.killpg(process.pid, signal.SIGKILL)
    output = grapes.inv("cluster-status")
    assert "raisins (kind): half-created, its API does not answer" in output
    assert "`inv cluster-up` removes it and creates it anew, `inv cluster-down` removes it" in output

    with creating(grapes) as (process, log):
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 130
    assert "remove raisins: it is half-created: its API does not answer" in log.read_text()
    assert "taking away what there is of raisins" in log.read_text()
    containers = engine_state()["containers"]
    assert "raisins-control-plane" not in containers
    assert running_node in containers


@contextmanager
def creating(repository: Repository) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """`inv cluster-up`, from the moment that a new container of a node is there, in a process group of its own; and its output."""
    log, before = repository.path / "up.log", container_id()
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "inv"), "cluster-up", "--no-build"],
            cwd=repository.path,
            env={**os.environ, **repository.env},
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
        deadline = time.monotonic() + 120
        while container_id() in {before, ""}:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield process, log
        process.wait(60)


def container_id() -> str:
    return docker("ps", "--quiet", "--no-trunc", "--filter", "name=raisins-control-plane").strip()


def test_down_removes_the_cluster_and_its_registry_and_nothing_else(grapes: Repository, running_node: str) -> None:
    before = engine_state()["containers"]
    assert running_node in before
    assert "grapes-cluster is gone" in grapes.inv("cluster-down")
    assert before - engine_state()["containers"] == {running_node, f"{CLUSTER}-registry"}
    assert json.loads(grapes.inv("cluster-status", "--json"))["state"] == "absent"
    assert "the cluster grapes-cluster does not run: `inv cluster-up` starts it" in grapes.inv("cluster-load", expect=2)
