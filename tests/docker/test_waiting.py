"""What keeps a stack from being ready is named: a service that flaps, a check that never ends, a profile that is not active."""

from __future__ import annotations

from collections.abc import Callable

from tests.docker.repositories import Repository

IMAGE = "debian:trixie-slim"
TASKS = {"cispeed.yaml": "timeouts: {ready: 8}\n"}


def test_a_service_that_flaps(new_repository: Callable[..., Repository]) -> None:
    text = f"name: flaps\nservices:\n  a: {{image: '{IMAGE}', restart: always, command: [sh, -c, 'echo once more; exit 3']}}\n"
    said = new_repository("flaps", {"compose.yaml": text, **TASKS}).inv("full-up", expect=1)
    assert "the service a starts and ends again and again" in said
    assert "last exit code 3" in said
    assert "    once more" in said


def test_a_health_check_that_never_ends(new_repository: Callable[..., Repository]) -> None:
    check = "{test: sleep 600, interval: 1s, timeout: 2s, retries: 100}"
    text = f"name: hangs\nservices:\n  a: {{image: '{IMAGE}', init: true, command: sleep 60, healthcheck: {check}}}\n"
    said = new_repository("hangs", {"compose.yaml": text, **TASKS}).inv("full-up", expect=1)
    assert "the service a was not ready within 8 s: its health check has not passed yet" in said
    assert "exceeded timeout" in said
    assert "timeouts: {ready: SECONDS}" in said


def test_a_dependency_whose_profile_is_not_active(new_repository: Callable[..., Repository]) -> None:
    text = f"""
name: profiled
services:
  a: {{image: '{IMAGE}', command: sleep 60, depends_on: [b]}}
  b: {{image: '{IMAGE}', command: sleep 60, profiles: [tools, debug]}}
"""
    repository = new_repository("profiled", {"compose.yaml": text})
    said = repository.inv("full-up", expect=2)
    assert "the service a depends on b, which is not started: its profile tools or debug is not active" in said
    assert "set COMPOSE_PROFILES=tools" in said
    repository.write("cispeed.yaml", "profiles: [tools]\n")
    assert "2 services ready" in repository.inv("full-up")
