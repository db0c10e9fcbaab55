"""No more images are built at once than the config says."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from tests.docker.repositories import Repository, docker, forget_images


def test_a_wave_is_built_in_parts(new_repository: Callable[..., Repository]) -> None:
    word = uuid.uuid4().hex[:8]
    names = ("api", "web", "worker")
    files = {
        "compose.yaml": f"name: parts-{word}\nservices:\n" + "".join(f"  {n}: {{build: {n}}}\n" for n in names),
        "cispeed.yaml": "build: {parallel: 2}\n",
        **{f"{name}/Dockerfile": f"FROM scratch\nCOPY {name} /\n" for name in names},
        **{f"{name}/{name}": f"{name} {word}\n" for name in names},
    }
    repository = new_repository(f"parts-{word}", files)
    output = repository.inv("build-optimized")
    assert "2 of 3 images are built at a time, since `build: {parallel:}` of cispeed.yaml says so" in output
    bakes = [line.split() for line in output.splitlines() if line.startswith("$ docker buildx bake")]
    assert [[word for word in line if word in names] for line in bakes] == [["api", "web"], ["worker"]]
    assert "✓ 3 images: 3 built" in output
    found = docker("image", "ls", "--format", "{{.Repository}}", "--filter", f"label=cispeed.project=parts-{word}")
    assert {f"parts-{word}-{name}" for name in names} == set(found.split())
    assert "images are built at a time" not in repository.inv("build-optimized", "api", "web", "--force")
    forget_images(f"parts-{word}")
