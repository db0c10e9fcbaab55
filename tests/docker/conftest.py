"""Fixtures that give tests real repositories and take their stacks down."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docker.repositories import Repository, make_repository, make_sample


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    done = subprocess.run(["docker", "version"], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        pytest.fail("no Docker Engine answers: `inv engine-up` first; these tests do not skip", pytrace=False)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    """The sample, its images built once for all tests that do not change it."""
    repository = make_sample(tmp_path_factory.mktemp("sample"), "trial")
    repository.inv("build-optimized")
    yield repository
    repository.inv("down", "--volumes")


@pytest.fixture
def changed_sample(tmp_path: Path) -> Iterator[Repository]:
    """A sample of a test's own, to be changed."""
    repository = make_sample(tmp_path, "changed")
    yield repository
    repository.inv("down", "--volumes")


@pytest.fixture
def new_repository(tmp_path: Path) -> Iterator[Callable[..., Repository]]:
    made: list[Repository] = []

    def make(project: str, files: dict[str, str]) -> Repository:
        made.append(make_repository(tmp_path / project, project, files))
        return made[-1]

    yield make
    for repository in made:
        repository.inv("down", "--volumes")
