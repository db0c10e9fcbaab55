"""Repositories that this project was not made for: each adopts the tasks and goes through all of them on the engine."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docker.repositories import Repository, docker, forget_images
from tests.docker.shapes import CANARY, SHAPES, Shape, make_shape, wait_for_page
from tests.docker.third_party import make_third_party_images
from tests.git_repositories import Repository as GitRepository

RELOADER_SECONDS = 3.0
OPTIMIZED = "docker-compose.optimized.yml"
NOT_SEARCHED = ("proc", "sys", "dev", "lib", "node_modules", ".venv", "site-packages", "dist-packages")


@dataclass
class Adopted:
    """A repository of one shape, as its tests go through it one after the other."""

    shape: Shape
    repository: Repository

    @property
    def git(self) -> GitRepository:
        return GitRepository(self.repository.path)

    def pages(self, mode: str, *, edited: bool = False) -> dict[str, str]:
        """What stands at each path that matters, and does not hold what is wanted."""
        service, port = self.shape.entry
        published = self.repository.containers(mode)[service]["NetworkSettings"]["Ports"][f"{port}/tcp"][0]["HostPort"]
        wrong: dict[str, str] = {}
        for path, wanted in self.shape.wanted_pages(edited=edited).items():
            found = wait_for_page(self.shape, f"http://127.0.0.1:{published}", path, wanted)
            wrong |= {} if wanted in found else {path: found}
        return wrong

    def mounted_from_checkout(self, mode: str) -> dict[str, Path]:
        """The files and directories of the checkout that containers of a mode have, by service and place."""
        return {
            f"{service}:{mount['Destination']}": Path(mount["Source"])
            for service, found in self.repository.containers(mode).items()
            for mount in found["Mounts"]
            if mount["Type"] == "bind" and Path(mount["Source"]).is_relative_to(self.repository.path)
        }

    def images(self) -> list[str]:
        """The images that the tasks made for this repository."""
        return docker("image", "ls", "--quiet", "--filter", f"label=cispeed.project={self.shape.project}").split()


@pytest.fixture(scope="module", autouse=True)
def third_party(tmp_path_factory: pytest.TempPathFactory) -> None:
    make_third_party_images(tmp_path_factory.mktemp("third-party"))


@pytest.fixture(scope="module", params=SHAPES, ids=[shape.project for shape in SHAPES])
def adopted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adopted]:
    shape: Shape = request.param
    forget_images(shape.project)
    repository = make_shape(tmp_path_factory.mktemp(shape.project), shape)
    yield Adopted(shape, repository)
    if (repository.path / "tasks.py").exists():
        repository.inv("down", "--volumes")


def test_init_writes_what_is_missing(adopted: Adopted) -> None:
    """In a repository without a tasks.py there is no `inv` yet."""
    done = subprocess.run(
        [sys.executable, "-m", "cispeed_tasks", "init"],
        cwd=adopted.repository.path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (adopted.repository.path / "tasks.py").is_file()
    assert (adopted.repository.path / "cispeed.yaml").is_file()
    assert adopted.git.git("diff", "--name-only").split() in ([], [".gitignore"])
    assert "the config is right" in adopted.repository.inv("check")
    adopted.git.commit()


def test_optimize_writes_beside_what_there_is(adopted: Adopted) -> None:
    """What it wrote is then taken by all that follows, by one line in cispeed.yaml."""
    adopted.repository.inv("optimize", "--write")
    changed = adopted.git.git("diff", "--name-only").split()
    assert [name for name in changed if not name.endswith(".dockerignore")] == []
    if (adopted.repository.path / OPTIMIZED).is_file():
        with (adopted.repository.path / "cispeed.yaml").open("a") as config:
            config.write(f"\ncompose: [{', '.join((*adopted.shape.compose, OPTIMIZED))}]\n")
    adopted.git.commit()


def test_images_are_built_once(adopted: Adopted) -> None:
    adopted.repository.inv("build-optimized")
    output = adopted.repository.inv("build-optimized")
    assert "build " not in output
    assert ("Nothing to build" in output) is not bool(adopted.shape.built)


def test_hollow_mode_answers_and_sees_an_edit(adopted: Adopted) -> None:
    adopted.repository.inv("hollow-up")
    assert adopted.pages("hollow") == {}
    # Django's reloader takes its first look a second after the start; nobody edits before that.
    time.sleep(RELOADER_SECONDS)
    adopted.shape.make_edit(adopted.repository.path)
    if adopted.shape.edit.restart:
        found = adopted.repository.containers("hollow")[adopted.shape.edit.restart]
        docker("restart", "--time", "1", found["Id"])
    assert adopted.pages("hollow", edited=True) == {}
    adopted.repository.inv("down")
    assert adopted.repository.containers("hollow") == {}


def test_full_mode_answers_where_the_development_port_is_taken(adopted: Adopted) -> None:
    adopted.shape.make_edit(adopted.repository.path)
    with socket.create_server(("", adopted.shape.port)):
        adopted.repository.inv("full-up")
    assert adopted.pages("full", edited=True) == {}


def test_full_mode_mounts_nothing_of_the_checkout_but_what_git_ignores(adopted: Adopted) -> None:
    mounted = adopted.mounted_from_checkout("full")
    ignored = adopted.git.git("ls-files", "--others", "--ignored", "--exclude-standard").splitlines()
    assert set(mounted.values()) <= {adopted.repository.path / name for name in ignored}


def test_status_proves_every_service_that_is_built(adopted: Adopted) -> None:
    rows = {row["service"]: row for row in json.loads(adopted.repository.inv("status", "--json"))}
    assert {name: rows[name]["as_checkout"] for name in adopted.shape.built} == dict.fromkeys(adopted.shape.built, True)
    assert [name for name, row in rows.items() if row["as_checkout"] is False] == []


def test_no_value_that_git_ignores_is_in_a_file_or_an_image(adopted: Adopted) -> None:
    generated = [path for path in (adopted.repository.path / ".cispeed").rglob("*") if path.is_file()]
    tracked = [adopted.repository.path / name for name in adopted.git.git("ls-files").splitlines()]
    assert generated
    assert [path for path in (*generated, *tracked) if CANARY.encode() in path.read_bytes()] == []
    assert adopted.images()
    assert {image: found for image in adopted.images() if (found := _with_canary(image))} == {}


def test_nothing_is_left(adopted: Adopted) -> None:
    adopted.repository.inv("down", "--volumes")
    adopted.repository.inv("prune", "--all")
    assert adopted.images() == []
    for words in (
        ("ps", "--all", "--format", "{{.Names}}"),
        *((kind, "ls", "--format", "{{.Name}}") for kind in ("network", "volume")),
    ):
        assert [name for name in docker(*words).split() if name.startswith(adopted.shape.project)] == []


def _with_canary(image: str) -> list[str]:
    """The files of an image, and the lines of its history, that hold a value which git ignores."""
    excluded = [f"--exclude-dir={name}" for name in NOT_SEARCHED]
    argv = ["docker", "run", "--rm", "--network=none", "--user=0", "--entrypoint=grep", image]
    done = subprocess.run(
        [*argv, "-rlsI", *excluded, CANARY, "/"], capture_output=True, text=True, timeout=120, check=False
    )
    history = docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", image).splitlines()
    return done.stdout.split() + [line for line in history if CANARY in line]
