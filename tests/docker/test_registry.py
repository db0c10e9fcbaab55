"""With a registry that answers: root images are pulled, full images are pushed."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from tests.docker.registry import registry
from tests.docker.repositories import Repository, docker, forget_images

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
        kind, fingerprint = sorted(json.load(answer)["tags"], key=len)
    assert kind == "full"
    assert re.fullmatch("fp-[0-9a-f]{32}", fingerprint)
    docker("rmi", root)


def forget(project: str, *names: str) -> None:
    """Make the engine one that has none of the project's images, nor these."""
    forget_images(project)
    docker("rmi", "--force", *names)


def test_a_fresh_machine_finds_in_the_registry_what_is_there(
    address: str, new_repository: Callable[..., Repository]
) -> None:
    """One machine pushes; on one that has neither the images nor their root nothing is built, and up pulls."""
    root = f"{address}/root:2"
    docker("tag", "debian:trixie-slim", root)
    docker("push", "-q", root)
    docker("rmi", root)
    written = {
        **files(address, root),
        "compose.yaml": "name: pushed\nservices:\n  app: {build: ., command: sleep infinity, stop_signal: SIGKILL}\n",
        "cispeed.yaml": f"registry: {address}/team\nbases: {{common: {{image: pushed-common:1, context: common}}}}\n",
        "common/Dockerfile": f"FROM {root}\nRUN echo common > /common\n",
        "Dockerfile": "FROM pushed-common:1\nCOPY greeting /greeting\n",
    }
    repository = new_repository("pushed", written)
    # The registry is new; images of an earlier run on this engine were never pushed to it.
    repository.inv("build-optimized", "--push")
    forget("pushed", root)
    assert "leave 1 image in the registry: nothing here needs them" in repository.inv("build-optimized")
    repository.write("greeting", "good morning\n")
    edited = repository.inv("build-optimized", "--explain")
    assert "leave base-common → pushed-common:1" in edited, edited
    assert (
        f"docker-image://{address}/team/common:fp-" in (repository.path / ".cispeed/docker-bake.run.json").read_text()
    )
    assert docker("run", "--rm", "pushed-app:full", "cat", "/common", "/greeting") == "common\ngood morning\n"
    forget("pushed", root)
    repository.write("greeting", "hello\n")
    assert f"$ docker pull --quiet {address}/team/app:fp-" in repository.inv("full-up")
    assert "✓ as the checkout" in repository.inv("status")


def test_a_registry_that_is_gone_costs_a_warning_and_a_build(new_repository: Callable[..., Repository]) -> None:
    written = {**files("127.0.0.1:5059", "debian:trixie-slim")}
    forget_images("pushed")  # a registry is asked only about what is not here
    output = new_repository("pushed", written).inv("build-optimized", "--force")
    assert "! 127.0.0.1:5059/team does not say which images it has" in output
    assert "✓ 1 image: 1 built" in output


def test_a_root_image_that_nobody_has_is_one_sentence(address: str, new_repository: Callable[..., Repository]) -> None:
    repository = new_repository("pushed", files(address, f"{address}/absent:1"))
    output = repository.inv("build-optimized", expect=3)
    assert f"the image {address}/absent:1 is not on this engine and no registry gave it" in output
    assert "say under `roots:` in cispeed.yaml how it is made" in output


def test_push_without_a_registry_is_one_sentence(new_repository: Callable[..., Repository]) -> None:
    written = {**files("unused", "debian:trixie-slim"), "cispeed.yaml": ""}
    output = new_repository("pushed", written).inv("build-optimized", "--push", expect=2)
    assert output.startswith("--push needs to know where to: write `registry: ")
