"""A fresh runner: one engine builds and exports, another one, empty, takes all of it from the registry."""

from __future__ import annotations

import json
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from cispeed_tasks.run import side_engines
from cispeed_tasks.run.side_engines import Surroundings
from cispeed_tasks.tools.side_engine import SideEngine
from tests.docker.repositories import Repository, make_repository
from tests.docker.side_engines import checked_out, docker_on

ROOT = "debian:trixie-slim"
MAIN = {
    "CI": "true",
    "GITHUB_ACTIONS": "true",
    "GITHUB_EVENT_NAME": "push",
    "GITHUB_REF": "refs/heads/main",
    "GITHUB_EVENT_PATH": "/dev/null",
    "GITHUB_STEP_SUMMARY": "",
}
PULL = {**MAIN, "GITHUB_EVENT_NAME": "pull_request", "GITHUB_REF": "refs/pull/5/merge", "GITHUB_HEAD_REF": "fix"}
NAMES = ("api", "web")
MANIFESTS = ", ".join(
    f"application/vnd.{kind}+json" for kind in ("oci.image.manifest.v1", "docker.distribution.manifest.v2")
)


@pytest.fixture(scope="module")
def around() -> Iterator[Surroundings]:
    """Engine A with the root image, and engine B with that and nothing else."""
    with side_engines.side_engines(2, with_registry=True) as found:
        for engine in found.engines:
            side_engines.load([ROOT], engine)
        found.engines[1].keep(f"{found.room}/roots")
        yield found


@pytest.fixture
def shop(around: Surroundings, tmp_path: Path) -> Repository:
    """A base and two services, each of a step whose result says when it was run."""
    word = uuid.uuid4().hex[:8]
    base = f"shop-common-{word}:1"
    files = {
        "compose.yaml": f"name: shop-{word}\nservices:\n" + "".join(f"  {one}: {{build: {one}}}\n" for one in NAMES),
        "cispeed.yaml": f"registry: {around.registry}/shop-{word}\ncache: {{ci: registry}}\n"
        f"bases: {{common: {{image: '{base}', context: common}}}}\n",
        "common/Dockerfile": f"FROM {ROOT}\nRUN date +%s%N > /common\n",
    }
    for one in NAMES:
        files[f"{one}/Dockerfile"] = f"FROM {base}\nCOPY code /code\nRUN : {one}; date +%s%N > /made\n"
        files[f"{one}/code"] = f"{one}\n"
    return make_repository(tmp_path / "first", f"shop-{word}", files)


@pytest.fixture
def fresh(around: Surroundings) -> SideEngine:
    """Engine B as it begins: with the root image, and nothing else."""
    around.engines[1].empty(f"{around.room}/roots")
    return around.engines[1]


def build(repository: Repository, engine: SideEngine, where: dict[str, str], *words: str) -> str:
    return repository.inv("build-optimized", *words, env={**where, **engine.env})


def made(repository: Repository, engine: SideEngine, service: str) -> str:
    image = f"{repository.project}-{service}:full"
    return docker_on(engine, "run", "--rm", image, "cat", "/common", "/made", "/code")


def layers(registry: str, image: str) -> list[str]:
    """The kinds of an image's layers."""
    name, tag = image.split(":")
    request = urllib.request.Request(f"http://{registry}/v2/{name}/manifests/{tag}", headers={"Accept": MANIFESTS})
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # our own
        manifest = json.load(answer)
    assert "layers" in manifest, manifest
    return [layer["mediaType"] for layer in manifest["layers"]]


def built(output: str) -> list[str]:
    """The services that a plan builds."""
    return [line.split()[1] for line in output.splitlines() if line.startswith("build ")]


def test_an_empty_engine_takes_every_layer_from_the_cache_and_builds_what_changes(
    around: Surroundings, shop: Repository, fresh: SideEngine, tmp_path: Path
) -> None:
    first = around.engines[0]
    assert f"cache registry {around.registry}/{shop.project}/TARGET:cache-main: read and written" in build(
        shop, first, MAIN
    )
    then = {one: made(shop, first, one) for one in NAMES}
    second = checked_out(shop, tmp_path / "second")
    output = build(second, fresh, PULL)
    assert "✓ 3 images: 3 built" in output
    assert {one: made(second, fresh, one) for one in NAMES} == then, output
    second.write("web/code", "another\n")
    output = build(second, fresh, PULL)
    assert "✓ 3 images: 1 built, 2 reused" in output, output
    assert made(second, fresh, "api") == then["api"]
    changed, before = made(second, fresh, "web").split(), then["web"].split()
    assert changed[0] == before[0], "the base was built anew"
    assert changed[1] != before[1]
    assert changed[2] == "another"


def test_what_was_pushed_is_left_in_the_registry_and_one_change_builds_one_image(
    around: Surroundings, shop: Repository, fresh: SideEngine, tmp_path: Path
) -> None:
    first = around.engines[0]
    build(shop, first, MAIN, "--push")
    then = made(shop, first, "web").split()
    assert layers(around.registry, f"{shop.project}/web:full")[-1].endswith("+zstd"), (
        "which takes a fraction of gzip's time"
    )
    second = checked_out(shop, tmp_path / "second")
    assert "leave 2 images in the registry: nothing here needs them" in build(second, fresh, PULL)
    assert docker_on(fresh, "image", "ls", "--quiet", f"{shop.project}-*") == ""
    second.write("web/code", "another\n")
    output = build(second, fresh, PULL, "--explain")
    assert built(output) == ["web"], output
    assert made(second, fresh, "web").split()[0] == then[0], "the base was not taken from the registry"
    images = docker_on(fresh, "image", "ls", "--format", "{{json .Repository}}").splitlines()
    assert f"{shop.project}-api" not in map(json.loads, images)
