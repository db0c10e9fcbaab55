"""What the overlays of both modes share: names of their own, tight health checks, ports that are free."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cispeed_tasks.model import Override, Port, Reset, Service, Stack

START_INTERVAL, SHORT_START_INTERVAL = "250ms", "100ms"
FEW_CHECKS = 4
"""Each check is a process of its own: only a small stack can have ten a second from every service."""
DEFAULT_INTERVAL, DEFAULT_RETRIES = 30.0, 3
"""Docker's defaults for HEALTHCHECK (Dockerfile reference)."""

DURATION = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def start_interval(stack: Stack) -> str:
    """How often services are asked whether they are healthy, while they start."""
    count = sum(healthcheck(service) is not None for service in stack.services.values())
    return SHORT_START_INTERVAL if count <= FEW_CHECKS else START_INTERVAL


def healthcheck(service: Service, installing: float = 0.0, interval: str = START_INTERVAL) -> dict[str, Any] | None:
    """A start interval for the service's own check, so that readiness is seen at once and not an interval later.

    Within the start period failures do not count; it is made as long as the check would have needed to fail before,
    or as `installing` seconds where packages are installed first.
    """
    check = service.healthcheck
    if not check or check.get("disable") or check.get("test") in (["NONE"], None) or check.get("start_interval"):
        return None
    patience = seconds(check.get("interval"), DEFAULT_INTERVAL) * int(check.get("retries") or DEFAULT_RETRIES)
    period = max(patience, installing, seconds(check.get("start_period"), 0.0))
    return {"start_interval": interval, "start_period": f"{period:g}s"}


def seconds(duration: object, default: float) -> float:
    """The seconds of a Compose duration such as `1m30s`."""
    if not duration:
        return default
    return sum(float(number) * UNITS[unit] for number, unit in DURATION.findall(str(duration)))


def own_names(stack: Stack) -> dict[str, Any]:
    """Overlay of the top level: volumes and networks that are pinned to a name or external become this stack's own.

    `stack` is the model as Compose resolves it under the project name that the overlay is for.
    """
    found: dict[str, Any] = {}
    for section, entries in (("volumes", stack.volumes), ("networks", stack.networks)):
        changed = {
            key: Override({"name": f"{stack.project}_{key}"})
            for key, entry in entries.items()
            if _reaches_outside(entry) or entry.get("name", f"{stack.project}_{key}") != f"{stack.project}_{key}"
        }
        if changed:
            found[section] = changed
    return found


def _reaches_outside(entry: Mapping[str, Any]) -> bool:
    """Whether a volume or network is somebody else's, a directory of this machine's, or has fixed addresses."""
    options = entry.get("driver_opts") or {}
    return bool(entry.get("external") or options.get("device") or (entry.get("ipam") or {}).get("config"))


def service_overlay(
    service: Service,
    project: str,
    mode: str,
    ports: Mapping[str, tuple[Port, ...]] | None,
    installing: float = 0.0,
    interval: str = START_INTERVAL,
    *,
    is_generated: bool = False,
) -> dict[str, Any]:
    """What every service of a transformed stack gets.

    Args:
        service: the service.
        project: the name in its labels.
        mode: hollow or full, for its labels.
        ports: replaced ports by service; None leaves the user's, an empty entry publishes nothing.
        installing: seconds that installing packages at start may take.
        interval: how often its health is asked for while it starts.
        is_generated: its Dockerfile is generated, so that nothing in the image wants to be the first process. That ignores
            SIGTERM unless it handles it (signal(7)), and is killed after a wait; an init process hands it on.
    """
    overlay: dict[str, Any] = {"labels": {"cispeed.project": project, "cispeed.mode": mode}}
    if service.raw.get("container_name"):
        overlay["container_name"] = Reset()
    if is_generated and "init" not in service.raw:
        overlay["init"] = True
    if check := healthcheck(service, installing, interval):
        overlay["healthcheck"] = check
    if ports is not None and service.name in ports:
        overlay["ports"] = Override([_port(port) for port in ports[service.name]])
    return overlay


def _port(port: Port) -> dict[str, Any]:
    entry: dict[str, Any] = {"target": port.target, "protocol": port.protocol}
    if port.published:
        entry["published"] = port.published
    if port.host_ip:
        entry["host_ip"] = port.host_ip
    return entry
