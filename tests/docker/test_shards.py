"""A build divided among runners that have nothing in common but the checkout and a registry."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docker.registry import registry
from tests.docker.repositories import Repository, forget_images

PORT = 5075

Maker = Callable[..., Repository]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with registry(tmp_path_factory.mktemp("registry"), PORT) as found:
        yield found


@pytest.fixture
def divided(address: str, new_repository: Maker) -> Iterator[Repository]:
    """Two services on one base, none of which any registry or engine knows."""
    word = uuid.uuid4().hex[:8]
    base = f"divided-common-{word}:1"
    files = {
        "compose.yaml": f"name: divided-{word}\nservices:\n  api: {{build: api}}\n  web: {{build: web}}\n",
        "cispeed.yaml": f"registry: {address}/{word}\nbases: {{common: {{image: '{base}', context: common}}}}\n",
        "common/Dockerfile": f"FROM debian:trixie-slim\nRUN echo {word} > /common\n",
        "api/Dockerfile": f"FROM {base}\nRUN echo api > /api\n",
        "web/Dockerfile": f"FROM {base}\nRUN echo web > /web\n",
    }
    repository = new_repository(f"divided-{word}", files)
    yield repository
    forget_images(repository.project)


def pushed(address: str, repository: Repository) -> set[str]:
    with urllib.request.urlopen(f"http://{address}/v2/_catalog", timeout=10) as answer:
        word = repository.project.removeprefix("divided-")
        names = json.load(answer)["repositories"]
    return {name.removeprefix(f"{word}/") for name in names if name.startswith(f"{word}/")}


def test_a_runner_waits_for_a_base_that_another_one_builds_and_pushes(address: str, divided: Repository) -> None:
    checkout = shutil.copytree(divided.path, divided.path.with_name("other"))
    second = subprocess.Popen(
        [str(Path(sys.executable).parent / "inv"), "build-optimized", "--shard", "2/2", "--push"],
        cwd=checkout,
        env={**os.environ, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert second.stdout is not None
    try:
        with second.stdout:
            lines = []
            for line in second.stdout:
                lines.append(line)
                if line.startswith("waiting up to 5 min 00 s for base-common of shard 1/2"):
                    break
            first = divided.inv("build-optimized", "--shard", "1/2", "--push")
            output = "".join([*lines, second.stdout.read()])
        assert second.wait(60) == 0, output
    finally:
        second.kill()
        second.wait(60)
    assert "base-common: built and pushed first, since other shards stand on it" in first
    assert "✓ all there after" in output
    assert "build base-common" not in output
    assert "✓ 2 images: 1 built, 1 reused" in output
    assert pushed(address, divided) == {"common", "api", "web"}
    words = [line.rsplit(" ", 1)[-1] for text in (first, output) for line in text.splitlines() if "same word" in line]
    assert len(words) == 2
    assert len(set(words)) == 1


def test_without_a_push_each_runner_builds_what_it_needs(divided: Repository) -> None:
    outputs = [divided.inv("build-optimized", "--shard", f"{number}/3") for number in (1, 2, 3)]
    assert "shard 1/3 has 2 of 3 images: base-common, api" in outputs[0]
    assert "base-common: built by every shard that needs it, since without `registry:` and --push" in outputs[1]
    assert outputs[2].splitlines()[-1] == "✓ shard 3/3 has nothing to build: there are fewer images than runners"


def test_the_matrix_leaves_out_what_the_registry_has(divided: Repository) -> None:
    def rows() -> object:
        printed = divided.inv("build-matrix", "--json").splitlines()
        return json.loads(printed[-1])["include"]

    assert rows() == [{"shard": "1/2", "services": "api"}, {"shard": "2/2", "services": "web"}]
    divided.inv("build-optimized", "web")
    assert len(rows()) == 2, "what only this engine has helps no other runner"  # type: ignore[arg-type]
    divided.inv("build-optimized", "web", "--push")
    assert rows() == [{"shard": "1/1", "services": "api"}]
    divided.inv("build-optimized", "--push")
    assert rows() == []
    assert divided.inv("build-optimized", "--shard", "4/3", expect=2).startswith("--shard 4/3: write the number")
