"""Hollow mode on the sample: base images, the mounted source, packages installed once for each lock file."""

from __future__ import annotations

import os
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.repositories import Repository, docker, make_sample

OWNER = 4321
START = "/cispeed/start.sh"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    repository = make_sample(tmp_path_factory.mktemp("hollow"), "trial")
    for path in [repository.path, *repository.path.rglob("*")]:
        os.chown(path, OWNER, OWNER)
    for parent in repository.path.parents:
        if parent != Path("/tmp") and Path("/tmp") in parent.parents:  # noqa: S108
            parent.chmod(0o755)
    repository.inv("hollow-up", "--services", "backend,client")
    yield repository
    repository.inv("down", "--volumes")


def get(repository: Repository, service: str, path: str) -> str:
    ports = repository.containers("hollow")[service]["NetworkSettings"]["Ports"]
    port = next(binding[0]["HostPort"] for binding in ports.values() if binding)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


def test_a_container_has_its_source_and_its_packages_and_no_more(up: Repository) -> None:
    found = up.containers("hollow")
    backend = {m["Destination"]: (m["Type"], m.get("Name") or m["Source"]) for m in found["backend"]["Mounts"]}
    assert backend["/app"] == ("bind", str(up.path / "services/backend"))
    kind, name = backend["/cispeed/python"]
    assert (kind, name.startswith("trial-pip-"), sorted(backend)) == (
        "volume",
        True,
        ["/app", "/cispeed/python", START],
    )
    client = {m["Destination"]: m["Type"] for m in found["client"]["Mounts"]}
    assert client == {"/app": "bind", "/app/node_modules": "volume", START: "bind"}


def test_it_runs_from_the_base_image(up: Repository) -> None:
    found = up.containers("hollow")
    assert found["backend"]["Config"]["Image"] == "images/python-poetry-base:3.13"
    assert found["client"]["Config"]["Image"] == "images/node-base:20"


def test_an_edit_is_seen_without_a_rebuild(up: Repository) -> None:
    before = up.containers("hollow")["backend"]["Id"]
    source = up.path / "services/backend/backend/app.py"
    text = source.read_text()
    source.write_text(text + "\n\n@app.get('/edited')\ndef edited():\n    return 'seen without a rebuild'\n")
    try:
        deadline = time.monotonic() + 30
        answer = ""
        while "seen" not in answer and time.monotonic() < deadline:
            time.sleep(0.5)
            try:
                answer = get(up, "backend", "/edited")
            except OSError:
                continue
        assert answer == "seen without a rebuild"
        assert up.containers("hollow")["backend"]["Id"] == before
    finally:
        source.write_text(text)


def test_nothing_in_the_checkout_belongs_to_root(up: Repository) -> None:
    docker("exec", "--user", "0", up.containers("hollow")["backend"]["Id"], "true")
    strangers = [
        str(path) for path in up.path.rglob("*") if path.lstat().st_uid != OWNER and ".cispeed" not in path.parts
    ]
    assert strangers == []


def test_the_packages_are_installed_once(up: Repository) -> None:
    logs = docker("logs", up.containers("hollow")["orchestrator"]["Id"])
    container = up.containers("hollow")["orchestrator"]["Id"]
    started = time.monotonic()
    docker("restart", "--time", "2", container)
    assert time.monotonic() - started < 10
    again = docker("logs", container)
    assert again.count("Successfully installed") == logs.count("Successfully installed") <= 1


def test_a_changed_lock_file_gets_a_volume_of_its_own(up: Repository) -> None:
    lock = up.path / "services/backend/requirements.txt"
    text = lock.read_text()
    before = {m["Name"] for m in up.containers("hollow")["backend"]["Mounts"] if m["Type"] == "volume"}
    lock.write_text(text + "# another lock\n")
    try:
        up.inv("hollow-up", "--services", "migrate", "--no-build")
        after = {m["Name"] for m in up.containers("hollow")["migrate"]["Mounts"] if m["Type"] == "volume"}
        assert len(after) == 1
        assert after != before
    finally:
        lock.write_text(text)
