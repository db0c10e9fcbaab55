"""A full disk and a wrong credential: one clear sentence each, and nothing is lost."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.docker.buildkit import engine
from tests.docker.registry import registry
from tests.docker.repositories import Repository, docker, forget_images

PORT = 5078
HASH = "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"
"""A password that is not the one below."""
MAIN = {
    "CI": "true",
    "GITHUB_ACTIONS": "true",
    "GITHUB_EVENT_NAME": "push",
    "GITHUB_REF": "refs/heads/main",
    "GITHUB_EVENT_PATH": "/dev/null",
    "GITHUB_STEP_SUMMARY": "",
}

Made = Callable[..., Repository]


@pytest.fixture
def made(new_repository: Made) -> Iterator[Made]:
    """Makes a service of a few bytes on nothing, so that its image is as large as the test wants it."""
    word = uuid.uuid4().hex[:8]

    def make(config: str, size: int = 1000) -> Repository:
        files = {
            "compose.yaml": f"name: faulty-{word}\nservices:\n  app: {{build: app}}\n",
            "cispeed.yaml": config,
            "app/Dockerfile": "FROM scratch\nCOPY noise /\nCOPY greeting /\n",
            "app/greeting": "hello\n",
        }
        repository = new_repository(f"faulty-{word}", files)
        (repository.path / "app/noise").write_bytes(os.urandom(size))
        return repository

    yield make
    forget_images(f"faulty-{word}")


@contextmanager
def disk(path: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own, of this size."""
    path.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path)], check=True, timeout=30)
    try:
        yield path
    finally:
        subprocess.run(["umount", str(path)], check=True, timeout=30)


def leave_free(path: Path, megabytes: int) -> None:
    filler = path / "filler"
    filler.unlink(missing_ok=True)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(path).free - megabytes * 1000**2)


def login(directory: Path) -> dict[str, str]:
    """The environment of a person who logged in with a password that is wrong."""
    directory.mkdir()
    auth = base64.b64encode(b"somebody:wrong").decode()
    (directory / "config.json").write_text(json.dumps({"auths": {f"127.0.0.1:{PORT}": {"auth": auth}}}))
    return {"DOCKER_CONFIG": str(directory)}


@contextmanager
def closed_registry(place: Path) -> Iterator[str]:
    place.mkdir()
    (place / "users").write_text(f"somebody:{HASH}\n")
    with registry(place, PORT, f"auth: {{htpasswd: {{realm: closed, path: {place}/users}}}}\n") as address:
        yield address


def test_a_local_cache_on_a_full_disk_costs_a_sentence_and_the_old_one_serves_on(made: Made) -> None:
    repository = made("cache: local\n", size=3_000_000)
    with disk(repository.path / ".cispeed/cache", 16) as cache:
        assert "the build cache of 1 image was written" in repository.inv("build-optimized")
        index = (cache / "app/index.json").read_bytes()
        leave_free(cache, 1)
        (repository.path / "app/noise").write_bytes(os.urandom(3_000_000))
        output = repository.inv("build-optimized")
        assert output.count("! the build cache of app could not be written (app: ") == 1
        assert "no space left on device" in output
        assert "✓ 1 image: 1 built" in output
        assert (cache / "app/index.json").read_bytes() == index, "the cache that was there is whole"
        assert sorted(path.name for path in cache.iterdir()) == ["app", "filler"], "nothing of the other one is left"
        repository.write("app/greeting", "good morning\n")
        (cache / "filler").unlink()
        last = repository.inv("build-optimized")
        assert "is not whole" not in last
        assert "the build cache of 1 image was written" in last


def test_an_engine_whose_disk_is_full_is_said_before_the_build(tmp_path: Path, made: Made) -> None:
    repository = made("", size=20_000_000)
    with disk(tmp_path / "engine", 300) as place, engine(place) as second:
        env = {"DOCKER_HOST": f"unix://{second.path}"}
        assert "may not hold" not in repository.inv("build-optimized", env=env)
        leave_free(place, 60)
        repository.write("app/greeting", "good morning\n")
        output = repository.inv("build-optimized", env=env)
        assert output.count("! the engine's disk may not hold this build: 1 image may take up to ") == 1
        assert "`inv prune` gives room" in output
        assert "✓ 1 image: 1 built" in output
        leave_free(place, 5)
        repository.write("app/greeting", "good night\n")
        output = repository.inv("build-optimized", env=env, expect=1)
        assert "the engine's disk is full (5 MB free), so that nothing can be built: `inv prune` gives room" in output
        assert "buildx bake" not in output


def test_a_wrong_credential_for_the_registry_of_the_cache_costs_a_sentence(tmp_path: Path, made: Made) -> None:
    repository = made(f"cache: {{ci: {{type: registry, ref: 127.0.0.1:{PORT}/team}}}}\n")
    with closed_registry(tmp_path / "closed"):
        output = repository.inv("build-optimized", env={**MAIN, **login(tmp_path / "login")})
    assert output.count(f"::warning::the build cache cannot be read: 127.0.0.1:{PORT}") == 1
    assert output.count("::warning::the build cache of app could not be written (app: ") == 1
    assert "✓ 1 image: 1 built" in output


def test_a_wrong_credential_for_push_is_a_sentence_and_the_images_stay(tmp_path: Path, made: Made) -> None:
    repository = made(f"registry: 127.0.0.1:{PORT}/team\n")
    with closed_registry(tmp_path / "closed"):
        output = repository.inv("build-optimized", "--push", expect=1, env=login(tmp_path / "login"))
    sentence = output.splitlines()[-1]
    assert sentence.startswith(f"127.0.0.1:{PORT}/team/app:full could not be pushed (")
    assert f"log in as somebody who may write there (`docker login 127.0.0.1:{PORT}`)" in sentence
    assert "the images are whole on this engine" in sentence
    docker("image", "inspect", f"{repository.project}-app:full")
    (tmp_path / "open").mkdir()
    with registry(tmp_path / "open", PORT):
        again = repository.inv("build-optimized", "--push")
    assert "✓ 1 image: 1 reused" in again
    assert "buildx bake" not in again
