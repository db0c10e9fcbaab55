"""A stack's containers are started once each, when what they depend on is ready, with all that Compose gives them."""

from __future__ import annotations

from collections.abc import Callable

from tests.docker.repositories import Repository, docker

IMAGE = "debian:trixie-slim"
STACK = f"""
name: starts
services:
  base: {{image: '{IMAGE}', scale: 0}}
  db:
    image: '{IMAGE}'
    init: true
    command: [sh, -c, 'sleep 0.5; touch /ready; sleep 600']
    healthcheck: {{test: test -e /ready, interval: 10s}}
    post_start: [{{command: touch /hooked}}]
    depends_on: [base]
  migrate:
    image: '{IMAGE}'
    command: [sh, -c, 'date +%s%N >> /runs/migrate']
    volumes: ['runs:/runs']
    depends_on: {{db: {{condition: service_healthy}}}}
  worker:
    image: '{IMAGE}'
    init: true
    scale: 2
    command: [sh, -c, 'cat /greeting /run/secrets/word; echo; sleep 600']
    configs: [{{source: greeting, target: /greeting}}]
    secrets: [word]
    depends_on: {{migrate: {{condition: service_completed_successfully}}}}
volumes: {{runs: {{}}}}
configs: {{greeting: {{content: "hello\\n"}}}}
secrets: {{word: {{environment: WORD}}}}
"""


def test_each_is_started_once_when_its_dependencies_are_ready(new_repository: Callable[..., Repository]) -> None:
    repository = new_repository("starts", {"compose.yaml": STACK})
    repository.env["WORD"] = "parsley"
    said = repository.inv("full-up")
    assert "4 services ready" in said
    assert "parsley" not in said
    for number in (1, 2):
        assert docker("logs", f"starts-full-worker-{number}") == "hello\nparsley\n"
    docker("exec", "starts-full-db-1", "test", "-e", "/hooked")
    assert runs() == 1
    repository.inv("full-up")
    assert runs() == 2, "Compose starts a one-shot that has ended once more with every `up`"


def runs() -> int:
    mounted = "starts-full_runs:/runs"
    return docker("run", "--rm", "--volume", mounted, IMAGE, "cat", "/runs/migrate").count("\n")


def test_a_container_that_cannot_start_is_named(new_repository: Callable[..., Repository]) -> None:
    text = f"name: starts2\nservices:\n  a: {{image: '{IMAGE}', command: [/no/such/program]}}\n"
    said = new_repository("starts2", {"compose.yaml": text}).inv("full-up", expect=1)
    assert "the service a could not be started: " in said
    assert "/no/such/program" in said


def test_waiting_for_the_health_of_what_has_no_check_ends_at_once(new_repository: Callable[..., Repository]) -> None:
    text = f"""
name: starts3
services:
  a: {{image: '{IMAGE}', command: sleep 60, init: true}}
  b: {{image: '{IMAGE}', command: sleep 60, init: true, depends_on: {{a: {{condition: service_healthy}}}}}}
"""
    said = new_repository("starts3", {"compose.yaml": text}).inv("full-up", expect=1)
    assert "the service b waits until a is healthy, and a has no health check; give it a `healthcheck:`" in said
