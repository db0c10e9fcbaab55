"""The real command line of kind, and a node with a real containerd, since no image of kind's own nodes can be had here.

The node has kind's labels, and containerd, but no Kubernetes: to all that asks, it is a cluster that is half-created.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cispeed_tasks.plan.engine import DEBIAN_SUITE, apt_source
from cispeed_tasks.tools import host
from tests.docker.repositories import docker

NODE_IMAGE = "cispeed-tests-node:1"
DOCKERFILE = """\
FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends containerd && rm -rf /var/lib/apt/lists/*
CMD ["containerd"]
"""


def kind_on_path(directory: Path) -> str:
    """A PATH on which kind is: what is installed, or Debian's package, unpacked into `directory` and nowhere else."""
    if shutil.which("kind") is None:
        _unpack_kind(directory)
    return f"{directory}/usr/bin{os.pathsep}{os.environ['PATH']}"


def _unpack_kind(directory: Path) -> None:
    # Where `inv engine-up` installed an engine, apt knows the suite already.
    if subprocess.run(["apt-get", "download", "kind"], cwd=directory, capture_output=True, check=False).returncode:
        _download_from_the_suite(directory)
    package = next(directory.glob("kind_*.deb"))
    subprocess.run(["dpkg", "-x", str(package), str(directory)], check=True, timeout=60)


def _download_from_the_suite(directory: Path) -> None:
    mirror, keyring = host.apt_mirror("debian")
    assert mirror, "this machine's apt sources name no Debian archive, from which kind could come"
    sources, lists = directory / "sources", directory / "lists"
    for path in (sources, lists / "partial"):
        path.mkdir(parents=True)
    (sources / "one.sources").write_text(apt_source(mirror, keyring))
    options = ["-o", "Dir::Etc::sourcelist=/dev/null", "-o", f"Dir::Etc::sourceparts={sources}"]
    options += ["-o", f"Dir::State::lists={lists}", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Languages=none"]
    for words in (["update"], ["download", f"kind/{DEBIAN_SUITE}"]):
        subprocess.run(["apt-get", *options, *words], cwd=directory, check=True, capture_output=True, timeout=300)


def make_node_image(directory: Path) -> None:
    """Make the image of such a node, from the cache where it was made before."""
    (directory / "Dockerfile").write_text(DOCKERFILE)
    docker("buildx", "build", "--quiet", "--provenance=false", "--tag", NODE_IMAGE, str(directory))


@contextmanager
def node(cluster: str, *options: str) -> Iterator[str]:
    """The only node of a cluster of that name, with containerd running; gives its container's name."""
    name = f"{cluster}-control-plane"
    labels = [f"--label=io.x-k8s.kind.cluster={cluster}", "--label=io.x-k8s.kind.role=control-plane"]
    docker(
        "run",
        "--detach",
        "--privileged",
        "--name",
        name,
        *labels,
        "--volume",
        "/var/lib/containerd",
        *options,
        NODE_IMAGE,
    )
    try:
        _wait(name)
        yield name
    finally:
        subprocess.run(["docker", "rm", "--force", "--volumes", name], capture_output=True, check=False)


def _wait(name: str) -> None:
    deadline = time.monotonic() + 30
    while subprocess.run(["docker", "exec", name, "ctr", "version"], capture_output=True, check=False).returncode:
        assert time.monotonic() < deadline, docker("logs", name)
        time.sleep(0.2)


def images_of(name: str) -> dict[str, tuple[str, str]]:
    """The images of a node: names, each with the kind of its manifest and that one's digest."""
    lines = docker("exec", name, "ctr", "--namespace", "k8s.io", "images", "ls").splitlines()[1:]
    return {row[0]: (row[1], row[2]) for row in map(str.split, lines)}
