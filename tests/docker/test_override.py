"""The development override on the engine: an install in a fresh container takes its packages from the cache volume."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.repositories import Repository, docker, make_repository
from tests.docker.shop import LOCK, PACKAGE

PROJECT = "cache-shop"
FILES = {
    "compose.yaml": f"name: {PROJECT}\nservices:\n  api: {{build: api}}\n  web: {{build: web}}\n",
    "api/Dockerfile": "FROM python:3.13-slim\nENV PIP_NO_CACHE_DIR=1\nCOPY requirements.txt .\n",
    "api/requirements.txt": "packaging==25.0\n",
    "web/Dockerfile": "FROM node:20-slim\nRUN useradd --create-home app\nWORKDIR /home/app\nCOPY package*.json ./\nUSER app\n",
    "web/package.json": json.dumps(PACKAGE),
    "web/package-lock.json": json.dumps(LOCK),
}
# A wheel that pip built itself is kept whatever an index says of how long its answers may be kept; mirrors often say nothing.
PIP = (
    "pip",
    "install",
    "--progress-bar",
    "off",
    "--no-binary",
    "packaging",
    "--target",
    "/srv/new",
    "-r",
    "requirements.txt",
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    repository = make_repository(tmp_path_factory.mktemp("cache") / PROJECT, PROJECT, FILES)
    repository.inv("override", "--dev", "--write")
    compose(repository.path, "build", "--quiet")
    yield repository
    compose(repository.path, "down", "--volumes", "--rmi", "local")


def compose(directory: Path, *words: str) -> str:
    """What Compose says with the development override in force."""
    argv = ["docker", "compose", "-f", "compose.yaml", "-f", "compose.cache.yaml", *words]
    done = subprocess.run(argv, cwd=directory, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def fresh(shop: Repository, service: str, *command: str) -> str:
    """What a command says in a container that is made for it and gone after it."""
    return compose(shop.path, "run", "--rm", "--no-deps", service, "sh", "-c", f"{' '.join(command)} 2>&1")


def test_pip_downloads_and_builds_once_though_its_image_turns_the_cache_off(shop: Repository) -> None:
    first = fresh(shop, "api", *PIP)
    assert "Building wheel for packaging" in first
    second = fresh(shop, "api", *PIP)
    assert "Successfully installed packaging-25.0" in second
    assert "Using cached packaging-25.0" in second
    assert "Downloading" not in second
    assert "Building wheel" not in second


def test_npm_of_another_user_than_root_needs_no_network_the_second_time(shop: Repository) -> None:
    assert fresh(shop, "web", "npm", "ci", "--no-audit", "--no-fund").startswith("\nadded 1 package")
    again = fresh(
        shop,
        "web",
        "npm",
        "ci",
        "--no-audit",
        "--no-fund",
        "--offline",
        "&&",
        "ls",
        "-A",
        "node_modules",
        "&&",
        "id",
        "-un",
    )
    assert again.split()[-1] == "app"
    assert "ms" in again.split()


def test_prune_knows_the_volumes(shop: Repository) -> None:
    labels = [f"label={word}" for word in (f"cispeed.project={PROJECT}", "cispeed.kind=cache")]
    filters = [word for label in labels for word in ("--filter", label)]
    for service in ("api", "web"):
        fresh(shop, service, "true")
    volumes = {f"{PROJECT}_cispeed-cache", f"{PROJECT}_cispeed-cache-web"}
    assert set(docker("volume", "ls", "--format", "{{.Name}}", *filters).split()) == volumes
    assert "cispeed-cache" not in shop.inv("prune", "--dry-run")
    removed = shop.inv("prune", "--all")
    assert all(f"remove volume {name}: --all" in removed for name in volumes)
    assert docker("volume", "ls", "--quiet", *filters) == ""
