"""Images that are only pulled come with Docker's own progress, before anything is created."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.docker.registry import registry
from tests.docker.repositories import Repository, docker

PORT = 5068
IMAGE = f"127.0.0.1:{PORT}/team/only-pulled:1"
COMPOSE = f"""
name: puller
services:
  ready: {{image: "{IMAGE}", command: [sleep, "600"], stop_signal: SIGKILL}}
"""


def test_a_missing_image_is_pulled_in_sight_and_a_silent_registry_is_no_riddle(
    new_repository: Callable[..., Repository], tmp_path: Path
) -> None:
    repository = new_repository("puller", {"compose.yaml": COMPOSE})
    with registry(tmp_path, PORT):
        docker("tag", "debian:trixie-slim", IMAGE)
        docker("push", "-q", IMAGE)
        docker("rmi", IMAGE)
        first = repository.inv("full-up")
        assert "docker compose " in first
        assert " pull ready\n" in first
        assert "✓ 1 services ready in " in first
        again = repository.inv("full-up")
        assert " pull ready\n" not in again
        repository.inv("down")
        docker("rmi", IMAGE)
    said = repository.inv("full-up", expect=1)
    assert (
        f"not all of {IMAGE} could be pulled; Docker's own words are above, and `inv doctor` looks at the registry, "
        "the rights to it and the proxy\n"
    ) in said
    assert repository.containers("full") == {}
