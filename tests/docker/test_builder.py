"""A builder that is not the engine's own: created, given what it cannot see, its images loaded or pushed, or not at all."""

from __future__ import annotations

import json
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docker.buildkit import Engine, buildkit, engine, reached_from
from tests.docker.registry import registry
from tests.docker.repositories import Repository, docker, forget_images

PORT = 5076
NOBODY = "tcp://127.0.0.1:5077"

Built = Callable[[str], Repository]


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engine(tmp_path_factory.mktemp("engine")) as found:
        yield found


@pytest.fixture(scope="module")
def fleet(second: Engine) -> Iterator[str]:
    """The address of a BuildKit that sees nothing of the engine's."""
    with buildkit(second) as address:
        yield address


@pytest.fixture
def built(new_repository: Callable[..., Repository]) -> Iterator[Built]:
    """Makes a service on a base of which nobody knows, and the name of a builder that nobody has."""
    word = uuid.uuid4().hex[:8]
    made: list[Repository] = []

    def make(config: str) -> Repository:
        base = f"elsewhere-common-{word}:1"
        files = {
            "compose.yaml": f"name: elsewhere-{word}\nservices:\n  app: {{build: app}}\n",
            "cispeed.yaml": f"bases: {{common: {{image: '{base}', context: common}}}}\n{config}\n",
            "common/Dockerfile": "FROM debian:trixie-slim\nCOPY common /common\n",
            "common/common": f"{word}\n",
            "app/Dockerfile": f"FROM {base}\nCOPY greeting /greeting\n",
            "app/greeting": "hello\n",
        }
        made.append(new_repository(f"elsewhere-{word}", files))
        return made[-1]

    yield make
    forget_images(f"elsewhere-{word}")
    if f"fleet-{word}" in docker("buildx", "ls", "--format", "{{.Name}}"):
        docker("buildx", "rm", f"fleet-{word}")


def remote(repository: Repository, address: str, more: str = "") -> None:
    name = repository.project.replace("elsewhere", "fleet")
    text = (repository.path / "cispeed.yaml").read_text()
    builder = f"builder: {{name: {name}, driver: remote, endpoint: '{address}'}}\n"
    repository.write("cispeed.yaml", f"{text}{builder}{more}")


def tags(name: str) -> list[str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/v2/{name}/tags/list", timeout=10) as answer:
        found: list[str] = json.load(answer)["tags"]
    return sorted(found, key=len)


def test_a_builder_is_created_and_only_what_was_asked_for_is_loaded(fleet: str, built: Built) -> None:
    repository = built("")
    remote(repository, fleet)
    dry = repository.inv("build-optimized", "--dry-run")
    assert "cispeed.yaml names it; it is created first; it sees none of the engine's images and gets all at once" in dry
    output = repository.inv("build-optimized")
    assert output.count("$ docker buildx create --name fleet-") == 1
    assert output.count("$ docker buildx bake ") == 1, "bases and what stands on them go at once"
    assert "debian:trixie-slim was made on this engine: it is handed to the builder" in output
    assert sum(line.endswith("sending tarball") for line in output.splitlines()) == 1, output
    text = docker("run", "--rm", f"{repository.project}-app:full", "cat", "/common", "/greeting")
    assert text == f"{repository.project.removeprefix('elsewhere-')}\nhello\n"
    names = docker("image", "ls", "--format", "{{.Repository}}")
    assert "elsewhere-common-" not in names, "nothing here needs the base"
    assert "reuse app: nothing that reaches it changed" in repository.inv("build-optimized")
    repository.write("app/greeting", "good morning\n")
    again = repository.inv("build-optimized")
    assert "buildx create" not in again
    assert docker("run", "--rm", f"{repository.project}-app:full", "cat", "/greeting") == "good morning\n"


def test_the_engines_own_builder_loads_no_tarball(built: Built) -> None:
    output = built("").inv("build-optimized")
    assert "exporting to image" in output
    assert "sending tarball" not in output
    assert output.count("$ docker buildx bake ") == 2


def test_what_is_pushed_is_not_loaded(second: Engine, fleet: str, tmp_path: Path, built: Built) -> None:
    (tmp_path / "registry").mkdir()
    with registry(tmp_path / "registry", PORT) as address, reached_from(second, PORT):
        repository = built(f"registry: {address}/team")
        remote(repository, fleet)
        output = repository.inv("build-optimized", "--push")
        assert "sending tarball" not in output
        assert "$ docker push" not in output, "the builder itself pushes"
        assert repository.project not in docker("image", "ls", "--format", "{{.Repository}}")
        for name in ("team/app", "team/common"):
            kind, fingerprint = tags(name)
            assert kind in {"full", "base"}
            assert fingerprint.startswith("fp-")
        assert "leave 1 image in the registry: nothing here needs them" in repository.inv("build-optimized")
        repository.write("app/greeting", "good night\n")
        edited = repository.inv("build-optimized", "--explain")
        assert "leave base-common" in edited
        assert (
            f"docker-image://{address}/team/common:fp-"
            in (repository.path / ".cispeed/docker-bake.run.json").read_text()
        )
        assert docker("run", "--rm", f"{repository.project}-app:full", "cat", "/greeting") == "good night\n"


def test_a_builder_that_nobody_answers_for_is_said_before_the_build(built: Built) -> None:
    repository = built("")
    remote(repository, NOBODY)
    output = repository.inv("build-optimized", expect=3)
    last = output.splitlines()[-1]
    assert f"(remote, {NOBODY}) does not answer; buildx's own words are above." in last
    assert "BUILDX_BUILDER=default` in the environment builds on the engine meanwhile" in last
    assert "buildx bake" not in output
    assert "✓ 2 images: 2 built" in repository.inv("build-optimized", env={"BUILDX_BUILDER": "default"})


def test_a_builder_that_cannot_be_created_is_said_before_the_build(built: Built) -> None:
    repository = built("builder: {name: no-cluster, driver: kubernetes, options: {namespace: builds}}")
    output = repository.inv("build-optimized", expect=3, env={"KUBECONFIG": "/nowhere", "HOME": str(repository.path)})
    assert "--driver kubernetes --driver-opt=namespace=builds" in output
    assert "the builder no-cluster (kubernetes) " in output.splitlines()[-1]
    assert "buildx bake" not in output
    text = (repository.path / "cispeed.yaml").read_text()
    repository.write("cispeed.yaml", f"{text.partition('builder:')[0]}builder: nobody-made-it\n")
    assert "there is no builder 'nobody-made-it', which cispeed.yaml names" in repository.inv(
        "build-optimized", expect=3
    )
