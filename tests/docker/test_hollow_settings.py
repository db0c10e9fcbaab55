"""Hollow containers whose Compose file asks for more than a plain one: read-only, a user, a file of this machine's."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.docker.repositories import Repository, docker, make_repository

COMPOSE = """
name: settings
services:
  sealed: {build: app, read_only: true}
  timed: {build: app, volumes: ["/etc/localtime:/etc/localtime:ro"]}
  person: {build: app, user: "1000:1001", volumes: ["./uploads:/uploads"]}
  sometimes: {build: app, command: [python, -c, "import sys; sys.exit(7)"], profiles: [broken]}
"""
FILES = {
    "compose.yaml": COMPOSE,
    "app/Dockerfile": "FROM python:3.13-slim\nWORKDIR /srv\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n"
    'COPY . .\nCMD ["python", "main.py"]\n',
    "app/requirements.txt": "iniconfig==2.0.0\n",
    "app/main.py": "import iniconfig, time\nprint('up', flush=True)\ntime.sleep(9999)\n",
    "uploads/.gitkeep": "",
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    repository = make_repository(tmp_path_factory.mktemp("settings") / "settings", "settings", FILES)
    os.chown(repository.path / "uploads", 1000, 1001)
    repository.inv("hollow-up")
    yield repository
    repository.inv("down", "--volumes")


def shell(settings: Repository, service: str, script: str) -> str:
    return docker("exec", settings.containers("hollow")[service]["Id"], "sh", "-c", script)


def test_a_read_only_container_starts_and_stays_read_only(settings: Repository) -> None:
    assert settings.containers("hollow")["sealed"]["HostConfig"]["ReadonlyRootfs"] is True
    assert shell(settings, "sealed", "touch /x 2>&1 || echo refused").endswith("refused\n")
    assert docker("logs", settings.containers("hollow")["sealed"]["Id"]).endswith("up\n")


def test_a_file_of_this_machine_is_mounted_beside(settings: Repository) -> None:
    assert shell(settings, "timed", "test -e /etc/localtime && echo there") == "there\n"


def test_a_service_runs_as_the_user_that_its_compose_file_names(settings: Repository) -> None:
    assert shell(settings, "person", "stat -c %u:%g /proc/1") == "1000:1001\n"


def test_services_of_one_dockerfile_share_what_is_installed(settings: Repository) -> None:
    volumes = {
        mount["Name"]
        for entry in settings.containers("hollow").values()
        for mount in entry["Mounts"]
        if mount["Destination"] == "/cispeed/python"
    }
    assert len(volumes) == 1


def test_what_ends_at_once_was_never_ready(settings: Repository) -> None:
    said = settings.inv("hollow-up", "sometimes", env={"COMPOSE_PROFILES": "broken"}, expect=1)
    assert "the service sometimes ended with exit code 7" in said
