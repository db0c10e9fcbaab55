"""Hollow mode of monorepos: the lock file lies at the root of the workspace, the command runs in a member."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.repositories import Repository, docker, make_repository
from tests.docker.workspaces import FILES, SHARED

OWNER = 4321


@pytest.fixture(scope="module")
def mono(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    repository = make_repository(tmp_path_factory.mktemp("mono"), "mono", FILES)
    for path in [repository.path, *repository.path.rglob("*")]:
        os.chown(path, OWNER, OWNER)
    for parent in repository.path.parents:
        if parent != Path("/tmp") and Path("/tmp") in parent.parents:  # noqa: S108
            parent.chmod(0o755)
    repository.inv("hollow-up")
    yield repository
    repository.inv("down", "--volumes")


def said(repository: Repository, service: str, wanted: str) -> str:
    """What a service wrote, as soon as it wrote `wanted`."""
    deadline = time.monotonic() + 20
    output = ""
    while wanted not in output and time.monotonic() < deadline:
        output = docker("logs", repository.containers("hollow")[service]["Id"])
        time.sleep(0.2)
    assert wanted in output, output
    return output


@pytest.mark.parametrize(("service", "version"), [("npm-web", "2.0.0"), ("npm-api", "2.1.3"), ("pnpm-web", "2.0.0")])
def test_a_node_member_finds_its_own_packages_and_its_sibling(mono: Repository, service: str, version: str) -> None:
    said(mono, service, f"one word, 1m ms {version}")


@pytest.mark.parametrize("service", ["uv-api", "uv-worker"])
def test_a_python_member_imports_its_sibling_from_the_mounted_source(mono: Repository, service: str) -> None:
    said(mono, service, "one word /srv/packages/shared/shared/__init__.py")


def test_an_edit_of_a_shared_package_is_seen_after_a_restart(mono: Repository) -> None:
    mono.write("npm/packages/shared/index.js", SHARED.replace("one word", "another word"))
    mono.write("uv/packages/shared/shared/__init__.py", "WORD = 'another word'\n")
    found = mono.containers("hollow")
    docker("restart", "--time", "0", found["npm-web"]["Id"], found["uv-api"]["Id"])
    assert said(mono, "npm-web", "another word, 1m").count("added ") <= 1
    said(mono, "uv-api", "another word /srv")


def test_the_packages_of_every_member_lie_in_volumes(mono: Repository) -> None:
    mounts = {m["Destination"]: m["Type"] for m in mono.containers("hollow")["npm-web"]["Mounts"]}
    assert mounts == {
        "/cispeed/start.sh": "bind",
        "/app/package.json": "bind",
        "/app/package-lock.json": "bind",
        "/app/apps/web": "bind",
        "/app/packages/shared": "bind",
        "/app/node_modules": "volume",
        "/app/apps/web/node_modules": "volume",
        "/app/packages/shared/node_modules": "volume",
    }


def test_the_checkout_has_no_packages_and_nothing_of_roots(mono: Repository) -> None:
    found = [path for path in mono.path.rglob("*") if ".cispeed" not in path.parts and path.name != "__pycache__"]
    assert [str(path) for path in found if path.lstat().st_uid != OWNER] == []
    assert [str(path) for path in found if path.parent.name == "node_modules"] == []
