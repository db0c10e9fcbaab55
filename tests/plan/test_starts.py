"""Which services may be started, by the states of what they depend on."""

from __future__ import annotations

from typing import Any

import pytest

from cispeed_tasks.model import ContainerState, Stack
from cispeed_tasks.plan.stack import read_stack
from cispeed_tasks.plan.starts import hopeless, masked, needs_compose, startable


def stack(depends_on: dict[str, str], **more: Any) -> Stack:
    wishes = {name: {"condition": condition} for name, condition in depends_on.items()}
    services = {"app": {"depends_on": wishes, **more}, **{name: {"image": "x"} for name in depends_on}}
    definitions = {"inline": {"content": "x"}, "variable": {"environment": "X"}, "file": {"file": "./x"}}
    return read_stack({"name": "p", "services": services, "configs": definitions, "secrets": definitions})


def state(service: str, status: str, health: str | None = None, exit_code: int = 0, number: int = 1) -> ContainerState:
    return ContainerState(service, status, health, exit_code, 0, 0.0, f"p-{service}-{number}")


APP = state("app", "created")


@pytest.mark.parametrize(
    ("condition", "dependency", "may"),
    [
        ("service_started", state("db", "created"), False),
        ("service_started", state("db", "running"), True),
        ("service_started", state("db", "exited"), True),
        ("service_healthy", state("db", "running", "starting"), False),
        ("service_healthy", state("db", "running", "healthy"), True),
        ("service_healthy", state("db", "running", "unhealthy"), False),
        ("service_healthy", state("db", "exited", "healthy"), False),
        ("service_completed_successfully", state("db", "running"), False),
        ("service_completed_successfully", state("db", "exited", exit_code=1), False),
        ("service_completed_successfully", state("db", "exited"), True),
    ],
)
def test_conditions(condition: str, dependency: ContainerState, may: bool) -> None:
    services = stack({"db": condition}).services
    assert (
        startable(services, [APP, dependency])
        == (("app", "db") if dependency.status == "created" else ("app",))[0 if may else 1 :]
    )


def test_all_containers_of_a_scaled_dependency_count() -> None:
    services = stack({"db": "service_healthy"}).services
    first = state("db", "running", "healthy")
    assert startable(services, [APP, first, state("db", "running", "starting", number=2)]) == ()
    assert startable(services, [APP, first, state("db", "running", "healthy", number=2)]) == ("app",)


def test_a_dependency_that_is_scaled_to_nothing_or_left_out_is_not_waited_for() -> None:
    services = stack({"db": "service_healthy"}).services
    assert startable(services, [APP]) == ("app",)
    assert startable({"app": services["app"]}, [APP, state("db", "created")]) == ("app",)


def test_what_is_up_already_is_not_started() -> None:
    assert startable(stack({}).services, [state("app", "running"), state("other", "created")]) == ()


def test_what_an_earlier_run_left_says_nothing() -> None:
    services = stack({"migrate": "service_completed_successfully"}).services
    left = [APP, state("migrate", "exited", exit_code=0)]
    assert startable(services, masked(left, {"p-app-1", "p-migrate-1"})) == ("migrate",)
    assert startable(services, masked(left, {"p-app-1"})) == ("app",)


def test_a_dependency_without_a_health_check_is_named() -> None:
    services = stack({"db": "service_healthy"}).services
    assert hopeless(services, [APP, state("db", "running", "starting")]) == {}
    assert hopeless(services, [APP, state("db", "created")]) == {}
    assert hopeless(services, [APP, state("db", "running")])["app"].startswith(
        "waits until db is healthy, and db has no health check; give it a `healthcheck:`"
    )


@pytest.mark.parametrize(
    ("more", "needs"),
    [
        ({}, False),
        ({"configs": [{"source": "file", "target": "/x"}]}, False),
        ({"configs": [{"source": "inline", "target": "/x"}]}, True),
        ({"secrets": [{"source": "variable"}]}, True),
        ({"secrets": ["file"]}, False),
        ({"secrets": ["variable"]}, True),
        ({"post_start": [{"command": "true"}]}, True),
        ({"post_start": []}, False),
    ],
)
def test_what_compose_does_at_the_start_it_has_to_do(more: dict[str, Any], needs: bool) -> None:
    made = stack({}, **more)
    assert needs_compose(made, made.services["app"]) is needs
