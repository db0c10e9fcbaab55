"""What the jobs of the workflows call, on a real engine: images that travel, and docker-ci from an edit to a verdict."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docker.registry import registry
from tests.docker.repositories import Repository, docker, forget_images
from tests.git_repositories import environment

PORT = 5063
RUNS = "stop_signal: SIGKILL, command: sleep infinity"
FILES = {
    ".gitignore": ".cispeed/\n",
    "compose.yaml": f"name: relay\nservices:\n  api: {{build: api, {RUNS}}}\n  web: {{build: web, {RUNS}}}\n",
    "cispeed.yaml": "bases: {common: {image: relay-common:1, context: common}}\n"
    "ci: {docker-tests: ['docker compose ps --quiet', 'test ! -e fails']}\n",
    "common/Dockerfile": "FROM debian:trixie-slim\nRUN echo common > /common\n",
    "api/Dockerfile": "FROM relay-common:1\nCOPY greeting /greeting\n",
    "api/greeting": "hello\n",
    "web/Dockerfile": "FROM relay-common:1\nCOPY page /page\n",
    "web/page": "page\n",
    "README.md": "relay\n",
}


def git(repository: Repository, *words: str) -> None:
    subprocess.run(["git", "-C", str(repository.path), *words], check=True, capture_output=True, env=environment())


@pytest.fixture
def relay(new_repository: Callable[..., Repository]) -> Iterator[Repository]:
    repository = new_repository("relay", FILES)
    forget_images("relay")
    yield repository
    repository.inv("down", "--volumes")
    forget_images("relay")


def names() -> set[str]:
    return set(docker("images", "--format", "{{.Repository}}:{{.Tag}}").split())


def test_images_travel_as_archives_and_nothing_is_built_where_they_arrive(relay: Repository, tmp_path: Path) -> None:
    archives = tmp_path / "archives"
    relay.inv("build-base")
    relay.inv("images-save", "--bases", "--directory", str(archives))
    relay.inv("build-optimized", "--services", "api,web")
    relay.inv("images-save", "--services", "api web")
    given = list(relay.path.glob(".cispeed/images/given/*.tar"))
    assert len(given) == 1
    before = {name for name in names() if name.startswith("relay-")}
    forget_images("relay")
    forgotten = relay.inv("images-load", "--services", "api", expect=1)
    assert "api is neither in .cispeed/images/taken nor in the registry" in forgotten
    relay.inv("images-load", "--bases", "--directory", str(archives))
    assert {name for name in names() if name.startswith("relay-")} == {n for n in before if "relay-common" in n}
    loaded = relay.inv("images-load", "--services", "web api", "--directory", str(given[0].parent))
    assert "✓ web, api: as this checkout makes them" in loaded
    assert {name for name in names() if name.startswith("relay-")} == before
    assert "bake" not in relay.inv("full-up")
    relay.inv("status", "--check")
    relay.write("api/greeting", "good morning\n")
    assert "not what the checkout makes:\napi: older: api/greeting changed" in relay.inv("status", "--check", expect=1)
    stale = relay.inv("images-load", "--directory", str(given[0].parent), expect=1)
    assert "api is neither in" in stale
    assert "api/greeting changed" in stale


def test_only_bases_that_are_stood_on_are_built_and_travel(relay: Repository) -> None:
    two = "bases: {common: {image: relay-common:1, context: common}, other: {image: relay-other:1, context: common}}\n"
    relay.write("cispeed.yaml", two)
    relay.inv("build-base", "--services", "api")
    found = {name for name in names() if name.startswith("relay-")}
    assert {name.partition(":")[0] for name in found} == {"relay-common"}
    assert "None of these services stands on" in relay.inv("build-base", "--services", "")
    relay.inv("images-save", "--bases-of", "api")
    forget_images("relay")
    assert "no image is asked for" in relay.inv("images-load", "--bases-of", "")
    given = relay.path / ".cispeed/images/given"
    assert "✓ base-common: as this" in relay.inv("images-load", "--bases-of", "api web", "--directory", str(given))
    assert {name for name in names() if name.startswith("relay-")} == found


def test_images_travel_through_the_registry(relay: Repository, tmp_path: Path) -> None:
    with registry(tmp_path, PORT) as address:
        relay.write("cispeed.yaml", f"registry: {address}/team\n{FILES['cispeed.yaml']}")
        relay.inv("build-base")
        relay.inv("images-push", "--bases")
        relay.inv("build-optimized", "--services", "api")
        relay.inv("images-push", "--services", "api")
        forget_images("relay")
        assert "✓ api: as this checkout makes it" in relay.inv("images-load", "--services", "api")
        assert "web is neither in" in relay.inv("images-load", "--services", "web", expect=1)
        relay.inv("images-load", "--bases")
        docker("rmi", "--force", *[name for name in names() if name.startswith(f"{address}/")])


def test_docker_ci_builds_what_a_branch_changed_and_proves_it(relay: Repository) -> None:
    git(relay, "init", "--quiet", "--initial-branch", "main")
    git(relay, "add", "--all")
    git(relay, "commit", "--quiet", "--message", "all")
    git(relay, "checkout", "--quiet", "-b", "topic")
    relay.write("README.md", "relay, a shop\n")
    said = relay.inv("docker-ci")
    assert "· up: Start the stack: nothing of it is affected" in said
    assert "✓ docker-ci: passed" in said
    relay.write("api/greeting", "good morning\n")
    said = relay.inv("docker-ci")
    assert "$ SERVICES=api inv build-optimized --services" in said
    assert re.search(r"✓ up: Prove that it runs what the checkout holds: \d", said)
    assert "· build: Save the images: images stay on this machine" in said
    assert relay.containers("full") == {}
    relay.write("fails", "")
    said = relay.inv("docker-ci", expect=1)
    assert "✗ up: test ! -e fails: exit code 1" in said
    assert "✓ up: Take the stack down" in said
    assert relay.containers("full") == {}
