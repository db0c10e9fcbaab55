"""A root image that was made by another recipe is made anew, and what stands on it is built again."""

from __future__ import annotations

from collections.abc import Callable

from tests.docker.repositories import Repository, docker, forget_images

CONFIG = "roots: {'rooted:1': {suite: trixie, commands: ['echo %s > /root-file']}}\n"
FILES = {
    "compose.yaml": "name: rooted\nservices: {app: {build: .}}\n",
    "Dockerfile": "FROM rooted:1\nRUN cp /root-file /copied\n",
    "cispeed.yaml": CONFIG % "first",
}


def test_another_recipe_makes_another_image(new_repository: Callable[..., Repository]) -> None:
    repository = new_repository("rooted", FILES)
    forget_images("rooted")
    repository.inv("build-optimized")
    assert docker("run", "--rm", "rooted-app:full", "cat", "/copied") == "first\n"
    assert "1 reused" in repository.inv("build-optimized")
    repository.write("cispeed.yaml", CONFIG % "second")
    said = repository.inv("build-optimized")
    assert "rooted:1 made in" in said
    assert docker("run", "--rm", "rooted-app:full", "cat", "/copied") == "second\n"
    assert "1 reused" in repository.inv("build-optimized")
    docker("rmi", "--force", "rooted:1")
