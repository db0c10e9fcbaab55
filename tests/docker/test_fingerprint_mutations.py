"""Proof by mutation: what can reach an image changes its fingerprint and the image, and what cannot changes neither."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.docker.mutations import BESIDE, OUTSIDE, REACHING, ROOT, UNSEEN, Mutation, lay_out
from tests.docker.repositories import docker, make_repository

LABEL = "cispeed.fingerprint"


@dataclass(frozen=True)
class Built:
    """What was built of each service: its fingerprint, and all else of its image."""

    fingerprints: dict[str, str]
    contents: dict[str, str]


@dataclass(frozen=True)
class Run:
    before: Built
    after: Built
    explained: str
    second: str


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """All services built, each with its change made, and built again."""
    root = tmp_path_factory.mktemp("mutated")
    mutations = [*REACHING, *UNSEEN, *BESIDE]
    _outside("one")
    _image("cispeed-mutations/onbuild:1", "FROM scratch\nONBUILD COPY src /triggered\n")
    lay_out(root, mutations)
    repository = make_repository(root, "mutated", {"cispeed.yaml": "{}\n"})
    repository.inv("prune", "--all")  # a killed run may have left its images, which would be reused
    repository.inv("build-optimized")
    before = _built(mutations)
    for mutation in mutations:
        mutation.change(root / mutation.name)
    _outside("two")
    explained = repository.inv("build-optimized", "--explain", "--dry-run")
    second = repository.inv("build-optimized")
    yield Run(before, _built(mutations), explained, second)
    repository.inv("prune", "--all")
    docker("rmi", OUTSIDE, "cispeed-mutations/onbuild:1")


def _outside(text: str) -> None:
    _image(OUTSIDE, f"FROM {ROOT}\nRUN echo {text} > /etc/x\n")


def _image(name: str, dockerfile: str) -> None:
    """An image that somebody else would have made."""
    argv = ["docker", "buildx", "build", "--quiet", "--provenance=false", "--tag", name, "-"]
    subprocess.run(argv, input=dockerfile, text=True, check=True, capture_output=True, timeout=120)


def _built(mutations: list[Mutation]) -> Built:
    rows = json.loads(docker("image", "inspect", *(f"mutated-{mutation.name}:full" for mutation in mutations)))
    images: dict[str, Any] = dict(zip((mutation.name for mutation in mutations), rows, strict=True))
    fingerprints = {name: image["Config"]["Labels"].pop(LABEL) for name, image in images.items()}
    return Built(fingerprints, {name: json.dumps([i["Config"], i["RootFS"]]) for name, i in images.items()})


@pytest.mark.parametrize("mutation", REACHING, ids=lambda mutation: mutation.name)
def test_what_reaches_an_image_changes_its_fingerprint_and_the_image(run: Run, mutation: Mutation) -> None:
    name = mutation.name
    assert run.after.fingerprints[name] != run.before.fingerprints[name]
    assert run.after.contents[name] != run.before.contents[name], "the image is the same: this proves nothing"
    said = mutation.said.replace("DIRECTORY", name)
    assert f"\nbuild {name} → mutated-{name}:full: {said}" in f"\n{run.explained}"


@pytest.mark.parametrize("mutation", UNSEEN, ids=lambda mutation: mutation.name)
def test_what_buildkit_itself_overlooks_is_an_input_all_the_same(run: Run, mutation: Mutation) -> None:
    assert run.after.fingerprints[mutation.name] != run.before.fingerprints[mutation.name]
    assert f"\nbuild {mutation.name} → mutated-{mutation.name}:full: {mutation.said}" in f"\n{run.explained}"


@pytest.mark.parametrize("mutation", BESIDE, ids=lambda mutation: mutation.name)
def test_what_cannot_reach_an_image_changes_nothing(run: Run, mutation: Mutation) -> None:
    name = mutation.name
    assert run.after.fingerprints[name] == run.before.fingerprints[name]
    assert run.after.contents[name] == run.before.contents[name]
    assert f"\nreuse {name} → " in f"\n{run.explained}"


def test_only_what_changed_was_built(run: Run) -> None:
    assert f"reuse {len(BESIDE)} images: nothing that reaches them changed" in run.second
    assert f"{len(REACHING) + len(UNSEEN)} built, {len(BESIDE)} reused" in run.second


def test_the_same_content_again_is_the_same_fingerprint(tmp_path: Path, run: Run) -> None:
    """A clone elsewhere, laid out anew, finds the images that the first one built."""
    _outside("one")
    lay_out(tmp_path, REACHING)
    repository = make_repository(tmp_path, "mutated", {})
    assert f"{len(REACHING)} images: {len(REACHING)} reused" in repository.inv("build-optimized")
    assert run.before.fingerprints.items() >= _built(REACHING).fingerprints.items()


def test_a_repository_is_what_the_tests_above_say(run: Run) -> None:
    assert len({mutation.name for mutation in [*REACHING, *UNSEEN, *BESIDE]}) == len(run.before.fingerprints)
