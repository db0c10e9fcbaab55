"""What `inv doctor` looks at of Docker and the machine, as the facts that are judged."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

from cispeed_tasks.errors import ToolError
from cispeed_tasks.plan.doctor import Machine
from cispeed_tasks.plan.doctor_engine import Engine, NoEngine, Settings, read_engine
from cispeed_tasks.plan.doctor_machine import Clocks, Memory, Room, ahead
from cispeed_tasks.plan.engine import DAEMON_CONFIG
from cispeed_tasks.tools import docker_settings, engine_http, host, process, resources
from cispeed_tasks.tools import engine as docker
from cispeed_tasks.tools.parallel import Answer
from cispeed_tasks.tools.registry_access import Access

SOCKETS = ("unix:///var/run/docker.sock", "unix:///run/docker.sock")
CONTAINERD = Path("/var/lib/containerd")
"""Where Debian's and Docker's packages have containerd keep images."""
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
SHORT = 1.0


def machine() -> Machine:
    """What decides how commands are written here."""
    where = docker.endpoint()
    return Machine(
        system=host.system(),
        is_root=host.is_root(),
        has_systemd=host.has_systemd(),
        can_install=process.on_path("apt-get") is not None and host.os_release().get("ID") in {"debian", "ubuntu"},
        has_dockerd=process.on_path("dockerd") is not None,
        remote=None if where in SOCKETS else where,
        daemon_config_exists=Path(DAEMON_CONFIG).exists(),
    )


def engine() -> Engine | NoEngine:
    """The engine that the tasks use."""
    try:
        info, version, builder = engine_http.about()
    except ToolError as error:
        return NoEngine(str(error).partition(": ")[0], isinstance(error.__cause__, PermissionError))
    return read_engine(docker.endpoint(), info, version, builder, time.time())


def settings() -> Settings:
    """What this user has set of the docker command line."""
    aliases = docker_settings.settings().get("aliases")
    return Settings(os.environ.get("DOCKER_BUILDKIT"), isinstance(aliases, dict) and "builder" in aliases)


def plugin(name: str) -> str | None:
    """The version of a plugin of the docker command line; None where it is missing."""
    return docker.plugin_version(name)


def rooms(found: Answer[Engine | NoEngine], start: Path) -> list[Room]:
    """The room where the checkout is, and where an engine on this machine keeps its data."""
    places = [("this checkout", start), *_engine_places(found)]
    seen = [(what, resources.room(path)) for what, path in places]
    rooms = [Room(what, one.path, one.free, one.total, one.free_inodes) for what, one in seen]
    merged: dict[tuple[int, int], Room] = {}
    for room in rooms:
        # What lies on one file system is told once; it may be written to between two looks.
        known = merged.setdefault((room.total, round(room.free / 1e9)), room)
        if known is not room:
            merged[room.total, round(room.free / 1e9)] = replace(known, what=f"{known.what} and {room.what}")
    return list(merged.values())


def _engine_places(found: Answer[Engine | NoEngine]) -> list[tuple[str, Path]]:
    one = _soon(found)
    if one is None or one.where not in SOCKETS or not Path(one.root).is_dir():
        return []
    places = [("the engine", Path(one.root))]
    return [*places, ("its images", CONTAINERD)] if one.has_image_store and CONTAINERD.is_dir() else places


def memory(found: Answer[Engine | NoEngine]) -> Memory:
    """The memory of the engine, and what is free here."""
    one = _soon(found)
    return Memory(one.memory if one else None, resources.available_memory(), resources.memory_limit())


def _soon(found: Answer[Engine | NoEngine]) -> Engine | None:
    """The engine where it answers soon: what can be said without it shall not hang on it."""
    try:
        one = found.get(SHORT)
    except ToolError:
        return None
    return one if isinstance(one, Engine) else None


def clocks(found: Answer[Engine | NoEngine], access: Answer[Access | None]) -> Clocks:
    """How far this machine's clock is ahead of the others."""
    one, there = found.get(), access.get()
    return Clocks(_ahead(one), there.skew if there else None)


def _ahead(one: Engine | NoEngine) -> float | None:
    return ahead(one.asked, one.time) if isinstance(one, Engine) else None


def proxy_variables() -> list[str]:
    """The names of the variables by which programs are sent through a proxy."""
    return [name for name in PROXIES if os.environ.get(name) or os.environ.get(name.lower())]
