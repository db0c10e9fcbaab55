"""Images that stand on each other are built in one invocation, in the right order, with nobody ordering them."""

from __future__ import annotations

from collections.abc import Callable

from tests.docker.repositories import Repository, docker, forget_images

DOCKERFILE = """FROM debian:trixie-slim AS tools
RUN echo "made by the base" > /base
FROM tools AS app
COPY greeting /greeting
CMD ["sleep", "infinity"]
"""
CONFIG = """bases:
  tools: {image: stages/tools:1, context: ., target: tools}
"""


def test_base_and_app_may_be_stages_of_one_dockerfile(new_repository: Callable[..., Repository]) -> None:
    files = {
        "compose.yaml": "name: stages\nservices:\n  app: {build: {context: ., target: app}, stop_signal: SIGKILL}\n",
        "Dockerfile": DOCKERFILE,
        "greeting": "hello\n",
        "cispeed.yaml": CONFIG,
    }
    repository = new_repository("stages", files)
    forget_images("stages")
    output = repository.inv("build-optimized", "app")
    assert output.index("build base-tools → stages/tools:1") < output.index("build app → stages-app:full")
    assert docker("run", "--rm", "stages/tools:1", "cat", "/base") == "made by the base\n"
    layers = "{{json .RootFS.Layers}}"
    base = docker("image", "inspect", "--format", layers, "stages/tools:1").strip().rstrip("]")
    assert docker("image", "inspect", "--format", layers, "stages-app:full").startswith(base)


def test_a_service_may_stand_on_another_services_image(new_repository: Callable[..., Repository]) -> None:
    files = {
        "compose.yaml": "name: chain\nservices:\n  child: {build: ./child}\n  parent: {build: ./parent}\n",
        "parent/Dockerfile": "FROM debian:trixie-slim\nRUN echo parent > /parent\n",
        "child/Dockerfile": "FROM chain-parent\nRUN cat /parent\n",
    }
    repository = new_repository("chain", files)
    forget_images("chain")
    output = repository.inv("build-optimized")
    assert "build child → chain-child:full: there is no image yet; its own Dockerfile, on parent" in output
    assert docker("run", "--rm", "chain-child:full", "cat", "/parent") == "parent\n"


def test_a_circle_is_named(new_repository: Callable[..., Repository]) -> None:
    files = {
        "compose.yaml": "name: circle\nservices:\n  one: {build: ./one}\n  two: {build: ./two}\n",
        "one/Dockerfile": "FROM circle-two\n",
        "two/Dockerfile": "FROM circle-one\n",
    }
    repository = new_repository("circle", files)
    output = repository.inv("build-optimized", expect=2)
    assert "these images stand on each other in a circle: one → two → one" in output
