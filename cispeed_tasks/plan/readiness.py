"""Whether a stack is ready, from what its containers say; right about one-shot services and failures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cispeed_tasks.model import ContainerState, Service

SETTLE_SECONDS = 1.0
"""How long a service without a health check has to stay up before it counts as running."""
MAX_RESTARTS = 3
BEHIND = "waits for "


@dataclass(frozen=True)
class Readiness:
    """Services by what they are: ready (or done), still waited for with the reason, failed with the reason."""

    ready: tuple[str, ...]
    waiting: Mapping[str, str]
    failed: Mapping[str, str]

    @property
    def is_ready(self) -> bool:
        """Whether nothing is waited for and nothing failed."""
        return not self.waiting and not self.failed

    def __str__(self) -> str:
        """A progress line."""
        total = len(self.ready) + len(self.waiting) + len(self.failed)
        first = [f"{name} ({reason})" for name, reason in self.waiting.items() if not reason.startswith(BEHIND)]
        behind = len(self.waiting) - len(first)
        shown = first or [f"{name} ({reason})" for name, reason in self.waiting.items()]
        more = f" and {behind} behind them" if behind and first else ""
        return f"{len(self.ready)} of {total} services ready" + (
            f"; waiting for {', '.join(shown)}{more}" if shown else ""
        )


def judge(services: Mapping[str, Service], states: Iterable[ContainerState]) -> Readiness:
    """Judge every service by its containers (several, when it is scaled)."""
    by_service: dict[str, list[ContainerState]] = {}
    for state in states:
        by_service.setdefault(state.service, []).append(state)
    ready, waiting, failed = [], {}, {}
    awaited = {
        other
        for service in services.values()
        for other, how in service.depends_on.items()
        if how == "service_completed_successfully"
    }
    for name, service in services.items():
        if 0 in (service.raw.get("scale"), (service.raw.get("deploy") or {}).get("replicas")):
            continue
        verdicts = [_judge_one(service, state, awaited=name in awaited) for state in by_service.get(name, [])] or [
            ("waiting", _not_started(service))
        ]
        for kind, reason in verdicts:
            if kind == "failed":
                failed[name] = reason
            elif kind == "waiting":
                waiting[name] = reason
        if name not in failed and name not in waiting:
            ready.append(name)
    return Readiness(tuple(ready), waiting, failed)


def _judge_one(service: Service, state: ContainerState, *, awaited: bool) -> tuple[str, str]:
    if state.status in {"created", ""}:
        return "waiting", _not_started(service)
    if state.status == "restarting" or (state.status == "running" and state.restarts >= MAX_RESTARTS):
        if state.restarts >= MAX_RESTARTS:
            return (
                "failed",
                f"starts and ends again and again ({state.restarts} restarts, last exit code {state.exit_code})",
            )
        return "waiting", f"restarted after exit code {state.exit_code}"
    if state.status in {"exited", "dead"}:
        return _judge_exit(service, state, awaited=awaited)
    return _judge_running(state)


def _judge_exit(service: Service, state: ContainerState, *, awaited: bool) -> tuple[str, str]:
    if state.exit_code == 0:
        stays = service.healthcheck and not service.healthcheck.get("disable") and not awaited
        return ("failed", "ended by itself, although it has a health check") if stays else ("done", "")
    reason = f"ended with exit code {state.exit_code}"
    if state.exit_code == 137:  # noqa: PLR2004  # 128 + SIGKILL
        reason += " (killed, perhaps for want of memory)"
    if service.restart in {"always", "unless-stopped"} and state.restarts < MAX_RESTARTS:
        return "waiting", reason
    return "failed", reason


def _judge_running(state: ContainerState) -> tuple[str, str]:
    if state.health in {None, "none"}:
        return ("ready", "") if state.running_for >= SETTLE_SECONDS else ("waiting", "just started")
    if state.health == "healthy":
        return "ready", ""
    if state.health == "unhealthy":
        return "failed", "fails its health check" + (f" ({state.health_output})" if state.health_output else "")
    return "waiting", "its health check has not passed yet" + (
        f" ({state.health_output})" if state.health_output else ""
    )


def _not_started(service: Service) -> str:
    if not service.depends_on:
        return "not started yet"
    words = {"service_healthy": "healthy", "service_completed_successfully": "done"}
    return BEHIND + " and ".join(f"{name} {words.get(how, 'started')}" for name, how in service.depends_on.items())
