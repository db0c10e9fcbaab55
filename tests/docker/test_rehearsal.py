"""From an edit to a verdict: the generated workflows of a small repository, rehearsed for three pull requests."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import cispeed_tasks
from tests.docker.repositories import Repository, forget_images, make_repository
from tests.git_repositories import Repository as Checkout
from tests.git_repositories import environment

PROJECT = "rehearsed"
# The tasks are those that are tested, not those of a package index.
LINKS = "\\n".join(
    [str(Path(cispeed_tasks.__file__).parent.parent), *[path for path in sys.path if "site-packages" in path]]
)
INSTALL = f"""python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "tasks.pth").write_text("{LINKS}")'"""
CONFIG = f"""
bases:
  common: {{image: {PROJECT}/common:1, context: base}}
ci:
  install: [{json.dumps(INSTALL)}]
  invoke: python -m invoke
  linters: [python -m compileall -q api web]
  docker-tests: [docker exec {PROJECT}-full-api-1 cat /base /app/main.py]
"""
SERVICE = f"""FROM {PROJECT}/common:1
COPY main.py /app/main.py
CMD ["sleep", "infinity"]
"""
FILES = {
    "compose.yaml": f"name: {PROJECT}\nservices:\n"
    "  api: {build: api, stop_signal: SIGKILL}\n"
    "  web: {build: web, stop_signal: SIGKILL}\n",
    "cispeed.yaml": CONFIG,
    "base/Dockerfile": "FROM debian:trixie-slim\nCOPY base /base\n",
    "base/base": "first base\n",
    "api/Dockerfile": SERVICE,
    "api/main.py": "one = 1\n",
    "api/tests/test_api.py": "def test_api():\n    assert True\n",
    "web/Dockerfile": SERVICE,
    "web/main.py": "two = 2\n",
    "web/tests/test_web.py": "def test_web():\n    assert True\n",
    "docs/index.md": "# Docs\n",
    ".gitignore": ".cispeed\n__pycache__\n",
}


@dataclass(frozen=True)
class Verdict:
    """What a rehearsal says of a pull request."""

    results: dict[str, str]
    said: str


@dataclass(frozen=True)
class Shop:
    """The repository on the engine, and its checkout."""

    repository: Repository
    checkout: Checkout

    def pull_request(self, workflow: str, branch: str, files: dict[str, str], expect: int = 0) -> Verdict:
        """Make a branch with an edit, and rehearse a workflow on it."""
        self.checkout.git("checkout", "--quiet", "-B", branch, "main")
        self.checkout.commit(**files)
        return self.rehearse(workflow, expect)

    def rehearse(self, workflow: str, expect: int = 0) -> Verdict:
        words = [sys.executable, "-m", "invoke", "rehearse", workflow, "--event", "pull_request", "--json"]
        done = subprocess.run(
            words, cwd=self.checkout.path, env=environment(), capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == expect, done.stderr[-6000:] + done.stdout[-1000:]
        jobs: list[dict[str, Any]] = json.loads(done.stdout)["jobs"]
        return Verdict({job["name"]: job["result"] for job in jobs}, done.stderr)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The repository with its workflows, whose main branch is built."""
    repository = make_repository(tmp_path_factory.mktemp("shop") / "shop", PROJECT, FILES)
    forget_images(PROJECT)
    repository.inv("workflows", "--write")
    checkout = Checkout(repository.path)
    checkout.git("init", "--quiet")
    checkout.commit()
    repository.inv("build-optimized")
    yield Shop(repository, checkout)
    repository.inv("down", "--volumes")
    forget_images(PROJECT)


def test_a_service_is_edited(shop: Shop) -> None:
    quick = shop.pull_request("quick-ci", "service", {"api/main.py": "one = 'edited'\n"})
    assert quick.results == {"lint": "success", "tests": "success", "quick-ci": "success"}
    assert "1 passed" in quick.said
    docker_ci = shop.rehearse("docker-ci")
    assert set(docker_ci.results.values()) == {"success"}
    assert "build api → rehearsed-api:full" in docker_ci.said
    assert "build web" not in docker_ci.said
    assert "  first base\n" in docker_ci.said
    assert "  one = 'edited'\n" in docker_ci.said


def test_a_base_is_edited(shop: Shop) -> None:
    docker_ci = shop.pull_request("docker-ci", "base", {"base/base": "second base\n"})
    assert set(docker_ci.results.values()) == {"success"}
    assert "build base-common → rehearsed/common:1" in docker_ci.said
    assert [name for name in ("api", "web") if f"build {name} → rehearsed-{name}:full" in docker_ci.said] == [
        "api",
        "web",
    ]
    assert "  second base\n" in docker_ci.said


def test_only_docs_are_edited(shop: Shop) -> None:
    docker_ci = shop.pull_request("docker-ci", "docs", {"docs/index.md": "# Better docs\n"})
    assert docker_ci.results == {
        "plan": "success",
        "bases": "skipped",
        "build": "skipped",
        "up": "skipped",
        "docker-ci": "success",
    }


def test_a_fault_is_a_red_verdict(shop: Shop) -> None:
    shop.pull_request("quick-ci", "fault", {"web/main.py": "two = (\n"}, expect=1)
