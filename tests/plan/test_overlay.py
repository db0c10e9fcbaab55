"""What the overlays of both modes share."""

from __future__ import annotations

from typing import Any

import pytest

from cispeed_tasks.model import Override, Port, Reset
from cispeed_tasks.plan.overlay import healthcheck, own_names, seconds, service_overlay, start_interval
from tests.builders import service, stack

CHECK = {"test": ["CMD", "true"]}


@pytest.mark.parametrize(
    ("duration", "in_seconds"),
    [("30s", 30), ("1m30s", 90), ("1h0m0.5s", 3600.5), ("250ms", 0.25), ("2us", 2e-6), ("5ns", 5e-9), (None, 7), ("", 7)],
)  # fmt: skip
def test_durations(duration: str | None, in_seconds: float) -> None:
    assert seconds(duration, 7) == pytest.approx(in_seconds)


@pytest.mark.parametrize(
    ("check", "installing", "period"),
    [
        (CHECK, 0, "90s"),
        ({**CHECK, "interval": "10s", "retries": 5}, 0, "50s"),
        ({**CHECK, "interval": "10s", "retries": 5, "start_period": "2m"}, 0, "120s"),
        ({**CHECK, "interval": "500ms", "retries": 3}, 0, "1.5s"),
        (CHECK, 300, "300s"),
    ],
)
def test_a_check_gets_a_start_interval_and_keeps_its_patience(
    check: dict[str, Any], installing: float, period: str
) -> None:
    assert healthcheck(service(healthcheck=check), installing) == {"start_interval": "250ms", "start_period": period}


@pytest.mark.parametrize(
    "check",
    [None, {"disable": True, **CHECK}, {"test": ["NONE"]}, {"interval": "3s"}, {**CHECK, "start_interval": "1s"}],
)
def test_other_checks_are_left_as_they_are(check: dict[str, Any] | None) -> None:
    assert healthcheck(service(healthcheck=check)) is None


def test_names_that_are_pinned_or_external_become_the_stacks_own() -> None:
    found = stack(
        {},
        "shop-full",
        volumes={
            "a": {"name": "shop-full_a"},
            "b": {"name": "shared"},
            "c": {"name": "c", "external": True},
            "d": None,
            "e": {"name": "shop-full_e", "driver_opts": {"type": "none", "o": "bind", "device": "/srv/data"}},
            "f": {"name": "shop-full_f", "driver_opts": {"o": "size=1g"}},
        },
        networks={
            "default": {"name": "shop-full_default", "ipam": {}},
            "front": {"name": "proxy", "external": True},
            "fixed": {"name": "shop-full_fixed", "ipam": {"config": [{"subnet": "10.5.0.0/16"}]}},
        },
    )
    assert own_names(found) == {
        "volumes": {key: Override({"name": f"shop-full_{key}"}) for key in "bce"},
        "networks": {key: Override({"name": f"shop-full_{key}"}) for key in ("front", "fixed")},
    }


@pytest.mark.parametrize(("count", "interval"), [(1, "100ms"), (4, "100ms"), (5, "250ms")])
def test_only_a_small_stack_is_asked_more_often(count: int, interval: str) -> None:
    services = {f"a{number}": {"image": "x", "healthcheck": CHECK} for number in range(count)}
    assert start_interval(stack({**services, "b": {"image": "x"}})) == interval


def test_every_service_gets_labels_and_loses_its_container_name() -> None:
    assert service_overlay(service(image="x", container_name="mine"), "shop", "full", None) == {
        "labels": {"cispeed.project": "shop", "cispeed.mode": "full"},
        "container_name": Reset(),
    }


def test_a_generated_image_gets_an_init_process_unless_the_service_says_which() -> None:
    assert service_overlay(service(image="x"), "shop", "full", None, is_generated=True)["init"] is True
    assert "init" not in service_overlay(service(image="x", init=False), "shop", "full", None, is_generated=True)
    assert "init" not in service_overlay(service(image="x"), "shop", "full", None)


def test_ports_are_replaced_only_where_others_are_given() -> None:
    web = service(image="x", ports=[{"target": 80, "published": "80"}])
    chosen = (Port(80, "40123", "tcp", "127.0.0.1"), Port(53, None, "udp"))
    assert "ports" not in service_overlay(web, "shop", "full", None)
    assert "ports" not in service_overlay(web, "shop", "full", {"db": ()})
    assert service_overlay(web, "shop", "full", {"web": ()})["ports"] == Override([])
    assert service_overlay(web, "shop", "full", {"web": chosen})["ports"] == Override(
        [
            {"target": 80, "protocol": "tcp", "published": "40123", "host_ip": "127.0.0.1"},
            {"target": 53, "protocol": "udp"},
        ]
    )
