"""Build caches on the real engine: what one machine built another one takes, and no fault of a cache fails a build."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docker.registry import registry
from tests.docker.repositories import Repository, docker, forget_images

PORT = 5071
MAIN = {
    "CI": "true",
    "GITHUB_ACTIONS": "true",
    "GITHUB_EVENT_NAME": "push",
    "GITHUB_REF": "refs/heads/main",
    "GITHUB_EVENT_PATH": "/dev/null",
    "GITHUB_STEP_SUMMARY": "",
}
PULL = {**MAIN, "GITHUB_EVENT_NAME": "pull_request", "GITHUB_REF": "refs/pull/5/merge", "GITHUB_HEAD_REF": "fix"}
HASH = "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"
"""A password of a registry that this test does not know."""

Maker = Callable[..., Repository]
Cached = Callable[[str], Repository]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with registry(_made(tmp_path / "registry"), PORT) as found:
        yield found


def _made(path: Path) -> Path:
    path.mkdir()
    return path


@pytest.fixture
def cached(new_repository: Maker) -> Iterator[Cached]:
    """Makes repositories of a config: a base and a service that stands on it, each with a step that no earlier run knows."""
    made: list[Repository] = []

    def make(config: str) -> Repository:
        word = uuid.uuid4().hex
        base = f"cached-common-{word[:8]}:1"
        files = {
            "compose.yaml": f"name: cached-{word[:8]}\nservices:\n  app: {{build: .}}\n",
            "cispeed.yaml": f"bases: {{common: {{image: '{base}', context: common}}}}\n{config}",
            "common/Dockerfile": f"FROM debian:trixie-slim\nRUN : common {word}; date +%s%N > /common\n",
            "Dockerfile": f"FROM {base}\nCOPY greeting /greeting\nRUN : app {word}; date +%s%N > /app\n",
            "greeting": "hello\n",
        }
        made.append(new_repository(f"cached-{word[:8]}", files))
        made[-1].env["CISPEED_TEST_WORD"] = word
        return made[-1]

    yield make
    for repository in made:
        forget(repository)


def forget(repository: Repository) -> None:
    """Make the engine one that has neither the images nor the steps that they were built by."""
    forget_images(repository.project)
    docker("buildx", "prune", "--force", "--filter", f"description~={repository.env['CISPEED_TEST_WORD']}")


def made(repository: Repository) -> str:
    """What the steps wrote that say when they ran."""
    return docker("run", "--rm", f"{repository.project}-app:full", "cat", "/common", "/app")


def build(repository: Repository, *words: str, env: dict[str, str] | None = None) -> str:
    return repository.inv("build-optimized", *words, env=env)


def test_a_local_cache_outlives_the_engines_own(cached: Cached) -> None:
    repository = cached("")
    first = build(repository, "--cache", "local")
    assert "cache local .cispeed/cache/TARGET: read and written; --cache names it; there is none yet" in first
    assert "the build cache of 2 images was written in" in first
    assert "not found" not in first
    then = made(repository)
    forget(repository)
    assert "cache local" not in build(repository)
    assert made(repository) != then, "the engine has forgotten nothing, so that this test shows nothing"
    forget(repository)
    second = build(repository, "--cache", "local")
    assert made(repository) == then, second
    assert sorted(path.name for path in (repository.path / ".cispeed/cache").iterdir()) == ["app", "base-common"]


def test_a_local_cache_does_not_grow(cached: Cached) -> None:
    repository = cached("cache: local\n")
    sizes = []
    for greeting in ("hello\n", "good morning\n", "good night\n"):
        repository.write("greeting", greeting)
        build(repository, "app")
        blobs = (repository.path / ".cispeed/cache/app/blobs/sha256").iterdir()
        sizes.append(len(list(blobs)))
    assert sizes[0] == sizes[1] == sizes[2]


def test_a_local_cache_outside_of_the_repository_is_allowed_and_used(cached: Cached) -> None:
    repository = cached("cache: {local: {type: local, dest: ../kept, mode: min}}\n")
    assert f"--allow=fs={repository.path.parent}/kept" in build(repository)
    then = made(repository)
    forget(repository)
    assert "ERROR" not in build(repository)
    assert made(repository) == then


def test_a_directory_that_cannot_be_made_costs_a_sentence(cached: Cached) -> None:
    repository = cached("cache: {local: {type: local, dest: ../taken/cache}}\n")
    (repository.path.parent / "taken").write_text("a file\n")
    output = build(repository)
    assert output.count("! the build cache cannot be written: Not a directory: ") == 1
    assert "✓ 2 images: 2 built" in output


def test_main_writes_the_registry_and_a_pull_request_reads_it(address: str, cached: Cached) -> None:
    repository = cached(f"cache: {{ci: {{type: registry, ref: {address}/team}}}}\n")
    first = build(repository, env=MAIN)
    assert f"cache registry {address}/team/TARGET:cache-main: read and written" in first
    assert "ERROR" not in first
    with urllib.request.urlopen(f"http://{address}/v2/team/app/tags/list", timeout=10) as answer:
        assert json.load(answer)["tags"] == ["cache-main"]
    then = made(repository)
    forget(repository)
    second = build(repository, env=PULL)
    assert "only read; CI writes it on main" in second
    assert "ERROR" not in second
    assert "was written in" not in second
    assert made(repository) == then
    assert "cache registry" not in build(repository, "--force")


def test_a_registry_that_nobody_answers_for_costs_a_sentence(cached: Cached) -> None:
    repository = cached("cache: {ci: {type: registry, ref: 127.0.0.1:5072/team}}\n")
    output = build(repository, env=MAIN)
    assert output.count("the registry of the build cache does not answer (127.0.0.1:5072") == 1
    assert "this build does without its cache" in output
    assert "ERROR" not in output
    assert "✓ 2 images: 2 built" in output


def test_a_registry_that_refuses_costs_a_sentence(tmp_path: Path, cached: Cached) -> None:
    place = _made(tmp_path / "closed")
    place.joinpath("users").write_text(f"somebody:{HASH}\n")
    repository = cached(f"cache: {{ci: {{type: registry, ref: 127.0.0.1:{PORT}/team}}}}\n")
    with registry(place, PORT, f"auth: {{htpasswd: {{realm: closed, path: {place}/users}}}}\n"):
        output = build(repository, env=MAIN)
    assert output.count("the build cache cannot be read: 127.0.0.1") == 1
    assert output.count("could not be written (") == 1
    assert "✓ 2 images: 2 built" in output


def test_a_registry_that_ends_while_it_is_needed_costs_a_sentence(tmp_path: Path, cached: Cached) -> None:
    repository = cached(f"cache: {{ci: {{type: registry, ref: 127.0.0.1:{PORT}/team}}}}\n")
    dockerfile = repository.path / "common/Dockerfile"
    dockerfile.write_text(f"{dockerfile.read_text()}RUN echo begun; sleep 4\n")
    with registry(_made(tmp_path / "short"), PORT):
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "inv"), "build-optimized"],
            cwd=repository.path,
            env={**os.environ, "NO_COLOR": "1", **MAIN},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.rstrip().endswith(" begun"):
                break
    with process.stdout:
        output = "".join([*lines, process.stdout.read()])
    assert process.wait(60) == 0, output
    assert "could not be written (" in output
    assert "✓ 2 images: 2 built" in output


@pytest.mark.parametrize("damage", ["no index", "a blob is gone", "a blob is cut off"])
def test_a_damaged_directory_is_not_read_and_written_anew(damage: str, cached: Cached) -> None:
    repository = cached("cache: local\n")
    build(repository)
    cache = repository.path / ".cispeed/cache/app"
    largest = max((cache / "blobs/sha256").iterdir(), key=lambda path: path.stat().st_size)
    if damage == "no index":
        (cache / "index.json").write_text("{")
    elif damage == "a blob is gone":
        largest.unlink()
    else:
        os.truncate(largest, 10)
    forget(repository)
    output = build(repository)
    assert output.count("the build cache .cispeed/cache/app is not whole (") == 1
    assert "ERROR" not in output
    forget(repository)
    assert "is not whole" not in build(repository)


def test_bytes_that_are_wrong_are_found_by_buildkit_and_the_steps_are_run(cached: Cached) -> None:
    repository = cached("cache: local\n")
    build(repository)
    for blob in (repository.path / ".cispeed/cache").glob("*/blobs/sha256/*"):
        if not blob.read_bytes().startswith(b"{"):
            blob.write_bytes(bytes(blob.stat().st_size))
    forget(repository)
    output = build(repository)
    assert "✓ 2 images: 2 built" in output
    assert made(repository)


def test_githubs_cache_that_does_not_know_the_token_fails_no_build(cached: Cached) -> None:
    repository = cached("cache: gha\n")
    access = {"ACTIONS_RUNTIME_TOKEN": "a.b.c", "ACTIONS_RESULTS_URL": "http://127.0.0.1:5073/"}
    output = build(repository, env={**MAIN, **access, "ACTIONS_CACHE_SERVICE_V2": "true"})
    assert "cache gha TARGET-main: read and written; cispeed.yaml wants it in CI on the default branch" in output
    assert output.count("::warning::the build failed, and no step of it did") == 1
    assert "✓ 2 images: 2 built" in output


def test_a_cache_that_bake_refuses_costs_a_second_run_without(cached: Cached) -> None:
    """Bake may not write behind a link that leads out of the repository, and says so before any step."""
    repository = cached("cache: local\n")
    elsewhere = repository.path.parent / "elsewhere"
    elsewhere.mkdir()
    (repository.path / ".cispeed").mkdir()
    (repository.path / ".cispeed/cache").symlink_to(elsewhere)
    output = build(repository)
    assert output.count("! the build failed, and no step of it did: building again without the build cache") == 1
    assert output.count("$ docker buildx bake") == 3, "the second wave does without from the start"
    assert "✓ 2 images: 2 built" in output


def test_a_step_that_fails_is_run_once(cached: Cached) -> None:
    repository = cached("cache: local\n")
    dockerfile = repository.path / "Dockerfile"
    dockerfile.write_text(f"{dockerfile.read_text()}RUN exit 3\n")
    output = repository.inv("build-optimized", expect=1)
    assert "building again" not in output
    assert [path.name for path in (repository.path / ".cispeed/cache").iterdir()] == ["base-common"]
    assert "the build failed (exit code 1)" in output


def test_the_command_line_knows_its_words(cached: Cached) -> None:
    repository = cached("")
    assert repository.inv("build-optimized", "--cache", "lokal", expect=2).startswith(
        "--cache: there is no cache 'lokal'; did you mean 'local'?"
    )
    assert repository.inv("build-base", "--cache", "registry", expect=2).startswith(
        "--cache registry needs to know where caches go: write `registry: "
    )
    dry = build(repository, "--cache", "gha", "--dry-run")
    assert "cache gha: it is not used" in dry
    assert "! a cache of type gha can only be reached from a GitHub workflow" in dry
