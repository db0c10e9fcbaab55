"""With a registry that answers: root images are pulled, full images are pushed."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from tests.docker.registry import registry
from tests.docker.repositories import Repository, docker

PORT = 5058


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with registry(tmp_path_factory.mktemp("registry"), PORT) as found:
        yield found


def files(address: str, root: str) -> dict[str, str]:
    return {
        "compose.yaml": "name: pushed\nservices:\n  app: {build: .}\n",
        "Dockerfile": f"FROM {root}\nCOPY greeting /greeting\n",
        "greeting": "hello\n",
        "cispeed.yaml": f"registry: {address}/team\n",
    }


def test_a_root_image_is_pulled_and_a_full_image_pushed(
    address: str, new_repository: Callable[..., Repository]
) -> None:
    root = f"{address}/root:1"
    docker("image", "inspect", "debian:trixie-slim")
    docker("tag", "debian:trixie-slim", root)
    docker("push", "-q", root)
    docker("rmi", root)
    repository = new_repository("pushed", files(address, root))
    output = repository.inv("build-optimized", "app", "--push")
    assert f"$ docker pull {root}" in output
    with urllib.request.urlopen(f"http://{address}/v2/team/app/tags/list", timeout=10) as answer:
        assert json.load(answer) == {"name": "team/app", "tags": ["full"]}
    docker("rmi", root)


def test_a_root_image_that_nobody_has_is_one_sentence(address: str, new_repository: Callable[..., Repository]) -> None:
    repository = new_repository("pushed", files(address, f"{address}/absent:1"))
    output = repository.inv("build-optimized", expect=3)
    assert f"the image {address}/absent:1 is not on this engine and no registry gave it" in output
    assert "say under `roots:` in cispeed.yaml how it is made" in output


def test_push_without_a_registry_is_one_sentence(new_repository: Callable[..., Repository]) -> None:
    written = {**files("unused", "debian:trixie-slim"), "cispeed.yaml": ""}
    output = new_repository("pushed", written).inv("build-optimized", "--push", expect=2)
    assert output.startswith("--push needs to know where to: write `registry: ")
