"""`inv optimize` in a small repository, with no engine."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.plan.seen_builds import LOCK, PACKAGE

PYTHON = """\
FROM python:3.13-slim
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir -r requirements.txt
"""
COMPOSE = """\
name: shop
services:
  api: {build: {context: api, args: {TOKEN: "${TOKEN:-none}"}}}
  jobs: {build: {context: jobs, dockerfile: docker/jobs.Dockerfile}}
  web:
    build: ./web
    command:
      - sh
      - -c
      - npm install && npm run dev
  cache: {image: redis}
"""
FILES = {
    "tasks.py": "from cispeed_tasks import ns\n",
    "compose.yaml": COMPOSE,
    "api/Dockerfile": PYTHON,
    "api/requirements.txt": "six==1.17.0\n",
    "api/app.py": "",
    "jobs/docker/jobs.Dockerfile": PYTHON.replace("COPY . .", "COPY . .\nRUN make"),
    "jobs/requirements.txt": "six==1.17.0\n",
    "jobs/app.py": "",
    "web/Dockerfile": "FROM node:20-slim\nWORKDIR /srv\nCOPY . .\nRUN npm install\n",
    "web/package.json": PACKAGE,
    "web/package-lock.json": LOCK,
    "web/index.js": "",
}
OVERLAY = "docker-compose.optimized.yml"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        write(tmp_path, name, text)
    return tmp_path


def write(directory: Path, name: str, text: str) -> None:
    (directory / name).parent.mkdir(parents=True, exist_ok=True)
    (directory / name).write_text(text)


def inv(directory: Path, *words: str) -> tuple[int, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CISPEED", "COMPOSE_"))}
    argv = [sys.executable, "-m", "invoke", *words]
    done = subprocess.run(argv, cwd=directory, env=kept, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def files(directory: Path) -> dict[str, tuple[str, int]]:
    found = (path for path in directory.rglob("*") if path.is_file() and ".cispeed" not in path.parts)
    return {str(path.relative_to(directory)): (path.read_text(), path.stat().st_mtime_ns) for path in found}


def resolved(directory: Path, *names: str) -> Any:
    argv = ["docker", "compose", *(word for name in names for word in ("-f", name)), "config", "--format", "json"]
    return json.loads(subprocess.run(argv, cwd=directory, capture_output=True, text=True, check=True).stdout)


def test_findings_name_file_and_line(repository: Path) -> None:
    code, output = inv(repository, "optimize")
    assert code == 0, output
    assert "api/Dockerfile:4: `COPY . .` stands before `pip install" in output
    assert "compose.yaml:10: services.web.command runs `npm install` at every start of the container" in output
    assert "A shared base for api, jobs" in output
    assert "  images/python-base/Dockerfile" not in output
    assert files(repository).keys() == FILES.keys()


def test_findings_for_programs(repository: Path) -> None:
    code, output = inv(repository, "optimize", "web", "--json")
    assert code == 0, output
    found = json.loads(output)
    assert [(one["file"], one["line"], one["code"]) for one in found["findings"]] == [
        ("web/Dockerfile", 3, "sources-before-install"),
        ("web/Dockerfile", 4, "no-cache-mount"),
        ("web/Dockerfile", 4, "npm-install"),
        ("compose.yaml", 10, "install-in-command"),
    ]
    assert found["bases"] == []
    assert "written" not in found


def test_what_is_written_and_how_it_is_undone(repository: Path) -> None:
    before = files(repository)
    code, output = inv(repository, "optimize", "--write")
    assert code == 0, output
    after = files(repository)
    assert sorted(after.keys() - before.keys()) == [
        "api/.dockerignore",
        "api/Dockerfile.optimized",
        "api/Dockerfile.optimized.dockerignore",
        "docker-compose.optimized.yml",
        "images/python-base/Dockerfile",
        "jobs/.dockerignore",
        "jobs/docker/jobs.Dockerfile.optimized",
        "jobs/docker/jobs.Dockerfile.optimized.dockerignore",
        "web/.dockerignore",
        "web/Dockerfile.optimized",
        "web/Dockerfile.optimized.dockerignore",
    ]
    assert {name: after[name] for name in before} == before
    assert "jobs/docker/jobs.Dockerfile:4: `COPY . .` stays where it is: line 5: `make` may need the sources" in output
    assert inv(repository, "optimize", "--write")[0] == 0
    assert files(repository) == after
    undo = next(line for line in output.splitlines() if line.startswith("To undo: ")).removeprefix("To undo: ")
    subprocess.run(shlex.split(undo), cwd=repository, check=True)
    assert files(repository) == before


def test_the_overlay_changes_nothing_but_dockerfiles(repository: Path) -> None:
    inv(repository, "optimize", "--write")
    before, after = resolved(repository, "compose.yaml"), resolved(repository, "compose.yaml", OVERLAY)
    for service in ("api", "jobs", "web"):
        named = before["services"][service]["build"].pop("dockerfile")
        assert after["services"][service]["build"].pop("dockerfile") == f"{named}.optimized"
    assert after == before
    assert "none" not in (repository / OVERLAY).read_text()


def test_services_are_written_one_after_the_other(repository: Path) -> None:
    inv(repository, "optimize", "api", "--write")
    assert "web" not in (repository / OVERLAY).read_text()
    inv(repository, "optimize", "web", "--write")
    services = resolved(repository, "compose.yaml", OVERLAY)["services"]
    assert [services[name]["build"]["dockerfile"] for name in ("api", "jobs", "web")] == [
        "Dockerfile.optimized",
        "docker/jobs.Dockerfile",
        "Dockerfile.optimized",
    ]


@pytest.mark.parametrize("name", ["api/Dockerfile.optimized", "web/Dockerfile.optimized.dockerignore", OVERLAY])
def test_a_file_of_the_users_is_not_touched(repository: Path, name: str) -> None:
    write(repository, name, "mine\n")
    before = files(repository)
    code, output = inv(repository, "optimize", "--write")
    assert code == 2
    assert f"{name}: there already, and not made by cispeed; move it away, nothing was written" in output
    assert files(repository) == before


def test_a_base_that_is_there_is_left_as_it_is(repository: Path) -> None:
    write(repository, "images/python-base/Dockerfile", "FROM scratch\n")
    assert inv(repository, "optimize", "--write")[0] == 0
    assert (repository / "images/python-base/Dockerfile").read_text() == "FROM scratch\n"


def test_a_service_with_a_base_is_proposed_none(repository: Path) -> None:
    config = "bases: {b: {image: b, context: b}}\nservices: {api: {base: b}, jobs: {base: b}}\n"
    write(repository, "cispeed.yaml", config)
    assert "A shared base" not in inv(repository, "optimize")[1]


def test_one_dockerfile_for_two_contexts_is_left(repository: Path) -> None:
    shared = "name: shop\nservices:\n" + "".join(
        f"  {name}: {{build: {{context: {name}, dockerfile: ../api/Dockerfile}}}}\n" for name in ("api", "jobs")
    )
    write(repository, "compose.yaml", shared)
    write(repository, "jobs/.dockerignore", "*.md\n")
    code, output = inv(repository, "optimize", "--write")
    assert code == 0, output
    assert "api/Dockerfile:1: api, jobs build it from different contexts" in output
    assert not (repository / "api/Dockerfile.optimized").exists()


def test_nothing_to_find(repository: Path) -> None:
    write(repository, "compose.yaml", "name: shop\nservices:\n  api: {build: api}\n")
    write(repository, "api/Dockerfile", "FROM python:3.13-slim\nCOPY main.py .\n")
    code, output = inv(repository, "optimize", "--write")
    assert (code, output) == (
        0,
        "✓ nothing found in 1 Dockerfile and the Compose files\n\nWritten\n  api/.dockerignore\nTo undo: rm api/.dockerignore\n",
    )


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        (
            "api/Dockerfile",
            "RUN x\n",
            "api/Dockerfile:1: RUN before the first FROM, where only ARG may stand; move it below",
        ),
        (
            "compose.yaml",
            "services: {api: {build: none}}\n",
            "services.api: its Dockerfile none/Dockerfile does not exist",
        ),
        (
            "compose.yaml",
            "services: {api: {build: {context: api, target: x}}}\n",
            "api/Dockerfile:the Dockerfile has no",
        ),
    ],
)
def test_a_dockerfile_that_cannot_be_read(repository: Path, name: str, text: str, sentence: str) -> None:
    write(repository, name, text)
    code, output = inv(repository, "optimize")
    assert code == 2
    assert output.startswith(sentence)


def test_hadolint_takes_the_shared_base(repository: Path) -> None:
    inv(repository, "optimize", "--write")
    # DL3008 wants versions of apt packages, which a moving archive does not keep.
    argv = ["hadolint", "--ignore", "DL3008", "images/python-base/Dockerfile"]
    done = subprocess.run(argv, cwd=repository, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
