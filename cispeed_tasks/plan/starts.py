"""Which services of a stack may be started: those whose dependencies are as they want them.

The conditions are Compose's (docs.docker.com/reference/compose-file/services, `depends_on`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from cispeed_tasks.model import ContainerState, Service, Stack

AT_START = ("post_start", "provider")
"""What Compose itself does when it starts a service's containers."""


def masked(states: Iterable[ContainerState], pending: Collection[str]) -> list[ContainerState]:
    """The states with the containers in `pending`, by name, as if new: what an earlier run left of them says nothing."""
    return [replace(state, status="created", health=None) if state.name in pending else state for state in states]


def startable(services: Mapping[str, Service], states: Iterable[ContainerState]) -> tuple[str, ...]:
    """The services with containers that wait to be started, and whose dependencies all are as they want them."""
    by_service = _by_service(states)
    waiting = [name for name, found in by_service.items() if any(state.status == "created" for state in found)]
    return tuple(name for name in waiting if name in services and _may_start(services, services[name], by_service))


def hopeless(services: Mapping[str, Service], states: Iterable[ContainerState]) -> dict[str, str]:
    """The services that would wait for ever, with the reason: nothing ever says that what they wait for is healthy."""
    by_service = _by_service(states)
    return {
        name: f"waits until {other} is healthy, and {other} has no health check; give it a `healthcheck:`, "
        f"or wait for it with `condition: service_started`"
        for name, service in services.items()
        for other, how in service.depends_on.items()
        if how == "service_healthy" and any(map(_is_unchecked, by_service.get(other, ())))
    }


def needs_compose(stack: Stack, service: Service) -> bool:
    """Whether Compose puts something into the service's containers, or runs something in them, when it starts them.

    That are configs and secrets whose content it holds itself, and hooks; everything else a container has when it is made.
    """
    kinds = ((stack.configs, "configs"), (stack.secrets, "secrets"))
    return any(service.raw.get(key) for key in AT_START) or any(
        _is_copied(definitions.get(_source(use), {}))
        for definitions, key in kinds
        for use in service.raw.get(key) or ()
    )


def _by_service(states: Iterable[ContainerState]) -> dict[str, list[ContainerState]]:
    found: dict[str, list[ContainerState]] = {}
    for state in states:
        found.setdefault(state.service, []).append(state)
    return found


def _may_start(
    services: Mapping[str, Service], service: Service, by_service: Mapping[str, list[ContainerState]]
) -> bool:
    return all(
        _holds(how, state)
        for other, how in service.depends_on.items()
        if other in services
        for state in by_service.get(other, ())
    )


def _holds(condition: str, state: ContainerState) -> bool:
    if condition == "service_healthy":
        return state.health == "healthy" and state.status == "running"
    if condition == "service_completed_successfully":
        return state.status == "exited" and state.exit_code == 0
    return state.status != "created"


def _is_unchecked(state: ContainerState) -> bool:
    return state.status == "running" and state.health in {None, "none"}


def _source(use: Any) -> str:  # noqa: ANN401  # a YAML value
    return str(use.get("source")) if isinstance(use, Mapping) else str(use)


def _is_copied(definition: Mapping[str, Any]) -> bool:
    return "content" in definition or "environment" in definition
