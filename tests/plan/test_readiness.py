"""Readiness: right about one-shot services, flapping ones, and failures."""

from __future__ import annotations

from typing import Any

import pytest

from cispeed_tasks.model import ContainerState
from cispeed_tasks.plan.readiness import Readiness, judge
from tests.builders import stack


def state(status: str = "running", health: str | None = None, *, code: int = 0, restarts: int = 0, up: float = 60, name: str = "web") -> ContainerState:  # fmt: skip
    return ContainerState(name, status, health, code, restarts, up)


def verdict(*states: ContainerState, **entry: Any) -> str:
    """How the service `web` is: ready, or waiting or failed with the reason."""
    found = judge(stack({"web": entry}).services, states)
    if found.ready == ("web",):
        return "ready"
    kind = "failed" if found.failed else "waiting"
    return f"{kind}: {(found.failed or found.waiting)['web']}"


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (state(), "ready"),
        (state(up=0.5), "waiting: just started"),
        (state(health="none"), "ready"),
        (state(health="healthy", up=0.1), "ready"),
        (state(health="starting"), "waiting: its health check has not passed yet"),
        (state(health="unhealthy"), "failed: fails its health check"),
        (state("exited"), "ready"),
        (state("exited", code=1), "failed: ended with exit code 1"),
        (state("dead", code=2), "failed: ended with exit code 2"),
        (state("exited", code=137), "failed: ended with exit code 137 (killed, perhaps for want of memory)"),
        (state("created"), "waiting: not started yet"),
        (state("restarting", code=1, restarts=1), "waiting: restarted after exit code 1"),
        (state("restarting", code=1, restarts=3), "failed: starts and ends again and again (3 restarts, last exit code 1)"),
        (state(restarts=3, code=4), "failed: starts and ends again and again (3 restarts, last exit code 4)"),
        (state(restarts=2), "ready"),
    ],
)  # fmt: skip
def test_one_container(seen: ContainerState, said: str) -> None:
    assert verdict(seen) == said


def test_a_failing_health_check_is_quoted() -> None:
    seen = ContainerState("web", "running", "unhealthy", 0, 0, 5, health_output="connection refused")
    assert verdict(seen) == "failed: fails its health check (connection refused)"


@pytest.mark.parametrize("restart", ["always", "unless-stopped"])
def test_a_service_that_is_restarted_gets_some_chances(restart: str) -> None:
    assert verdict(state("exited", code=1), restart=restart) == "waiting: ended with exit code 1"
    assert verdict(state("exited", code=1, restarts=3), restart=restart) == "failed: ended with exit code 1"


def test_of_a_scaled_service_every_container_counts() -> None:
    assert verdict(state(health="healthy"), state(health="healthy")) == "ready"
    assert verdict(state(health="healthy"), state(health="starting")) == "waiting: its health check has not passed yet"
    assert verdict(state("exited", code=1), state(health="healthy")) == "failed: ended with exit code 1"


def test_a_service_scaled_to_nothing_is_not_waited_for() -> None:
    for entry in ({"scale": 0}, {"deploy": {"replicas": 0}}):
        assert judge(stack({"web": entry}).services, []) == Readiness((), {}, {})


def test_a_service_with_a_health_check_may_end_only_where_somebody_awaits_its_end() -> None:
    check = {"test": ["CMD", "up"]}
    assert verdict(state("exited"), healthcheck=check) == "failed: ended by itself, although it has a health check"
    assert verdict(state("exited"), healthcheck={"disable": True}) == "ready"
    for condition, failed in (("service_completed_successfully", False), ("service_healthy", True)):
        services = stack({"web": {"healthcheck": check}, "api": {"depends_on": {"web": {"condition": condition}}}})
        assert ("web" in judge(services.services, [state("exited")]).failed) is failed


def test_a_service_that_has_not_started_says_what_it_waits_for() -> None:
    conditions = {
        "db": {"condition": "service_healthy"},
        "migrate": {"condition": "service_completed_successfully"},
        "log": {"condition": "service_started"},
    }
    expected = "waiting: waits for db healthy and migrate done and log started"
    assert verdict(depends_on=conditions) == verdict(state("created"), depends_on=conditions) == expected


def test_the_progress_line_names_what_holds_the_others_up() -> None:
    services = stack(
        {
            "db": {},
            "api": {},
            "web": {"depends_on": {"api": {"condition": "service_healthy"}}},
            "tests": {"depends_on": {"web": {"condition": "service_healthy"}}},
        }
    ).services
    seen = [state(name="db"), state(health="starting", name="api"), state("created", name="web")]
    assert str(judge(services, seen)) == (
        "1 of 4 services ready; waiting for api (its health check has not passed yet) and 2 behind them"
    )
    assert str(judge(services, seen[:1])) == (
        "1 of 4 services ready; waiting for api (not started yet) and 2 behind them"
    )
    ready = judge({"db": services["db"]}, seen)
    assert (str(ready), ready.is_ready) == ("1 of 1 services ready", True)
