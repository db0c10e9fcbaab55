"""Judges the machine: room on its disks, memory, cgroups, clocks and proxies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cispeed_tasks.plan.doctor import Line, Machine, Unseen, unseen
from cispeed_tasks.plan.doctor_engine import NO_ENGINE, Engine, NoEngine, without

LITTLE_ROOM = 5e9
"""Bytes: a base image with its packages, a browser and the layers of a few services come to about that."""
NO_ROOM = 1e9
LITTLE_MEMORY = 2e9
"""Bytes: a browser beside a handful of services and their installs, which take a few hundred MB each."""
FEW_INODES = 0.05
SKEW_SECONDS = 60.0
"""Tokens of registries often hold for a minute; certificates and caches bear more."""
PRUNE = "inv prune, or inv prune --cache-keep 5gb"
GIGA = 1e9


@dataclass(frozen=True)
class Room:
    """The room of one file system in bytes; `what` is in it, and the part of its inodes that are free, where known."""

    what: str
    path: str
    free: int
    total: int
    free_inodes: float | None = None


@dataclass(frozen=True)
class Memory:
    """Bytes of memory: what the engine has, what is free here, and what this process is limited to."""

    engine: int | None = None
    available: int | None = None
    limit: int | None = None


@dataclass(frozen=True)
class Clocks:
    """Seconds that this machine's clock is ahead of the engine's and of the registry's; None where not known."""

    engine: float | None = None
    registry: float | None = None


def ahead(now: float, time: str) -> float | None:
    """Seconds that `now`, since 1970, is ahead of a clock that shows `time`; None where that cannot be read."""
    try:
        return now - datetime.fromisoformat(time).timestamp()
    except ValueError:
        return None


def judge_disk(rooms: Sequence[Room] | Unseen) -> Line:
    """Whether there is room where the engine and the checkout write."""
    if isinstance(rooms, Unseen):
        return unseen("disk", rooms)
    words = "; ".join(f"{_giga(room.free)} free of {_giga(room.total)} for {room.what} ({room.path})" for room in rooms)
    few = [room for room in rooms if room.free_inodes is not None and room.free_inodes < FEW_INODES]
    if any(room.free < NO_ROOM for room in rooms):
        return Line("disk", "fault", words, PRUNE)
    if few:
        return Line("disk", "warning", f"{words}; almost no inodes are left in {few[0].path}", PRUNE)
    if any(room.free < LITTLE_ROOM for room in rooms):
        return Line("disk", "warning", f"{words}; that is little for builds", PRUNE)
    return Line("disk", "ok", words)


def judge_memory(memory: Memory | Unseen, machine: Machine) -> Line:
    """Whether builds and a stack have room to run in."""
    if isinstance(memory, Unseen):
        return unseen("memory", memory)
    parts = [
        f"{_giga(size)} {what}"
        for size, what in (
            (memory.engine, "for the engine"),
            (memory.available, "free"),
            (memory.limit, "at most for this process"),
        )
        if size is not None
    ]
    words = ", ".join(parts) or "not known"
    sizes = [size for size in (memory.engine, memory.limit) if size]
    if sizes and min(sizes) < LITTLE_MEMORY:
        more = "more memory for the machine"
        if machine.system != "Linux":
            more = "Docker Desktop's Settings → Resources → Memory"
        return Line("memory", "warning", f"{words}; that is little for a stack and a browser", more)
    if memory.available is not None and memory.available < LITTLE_MEMORY / 2:
        return Line("memory", "warning", f"{words}; little is left", "docker stats --no-stream, then inv down")
    return Line("memory", "ok", words)


def judge_cgroups(engine: Engine | NoEngine | Unseen) -> Line:
    """Whether limits of Compose files hold."""
    if not isinstance(engine, Engine):
        return unseen("cgroups", without(engine))
    if engine.limits_memory:
        return Line("cgroups", "ok", engine.cgroups)
    words = f"{engine.cgroups}; memory cannot be limited, so mem_limit and deploy.resources do nothing"
    mend = "add cgroup_enable=memory swapaccount=1 to the kernel's command line, and reboot"
    return Line("cgroups", "warning", words, mend)


def judge_clock(clocks: Clocks | Unseen, machine: Machine) -> Line:
    """Whether this machine, the engine and the registry agree about the time."""
    if isinstance(clocks, Unseen):
        return unseen("clock", clocks)
    known = [
        (value, whose)
        for value, whose in ((clocks.engine, "engine"), (clocks.registry, "registry"))
        if value is not None
    ]
    if not known:
        return unseen("clock", Unseen(NO_ENGINE))
    wrong = [(value, whose) for value, whose in known if abs(value) > SKEW_SECONDS]
    if not wrong:
        return Line("clock", "ok", f"within a minute of the {' and the '.join(whose for _, whose in known)}'s")
    said = ", ".join(f"{abs(v):.0f} s {'ahead of' if v > 0 else 'behind'} the {whose}'s" for v, whose in wrong)
    mend = f"{machine.sudo}timedatectl set-ntp true" if machine.system == "Linux" else "turn on the automatic time"
    if machine.system != "Linux" and wrong[0][1] == "engine":
        mend = "restart Docker Desktop"  # its virtual machine's clock stops while the computer sleeps
    return Line("clock", "warning", f"{said}: tokens, certificates and ages of images go wrong", mend)


def judge_proxy(engine: Engine | NoEngine | Unseen, names: Sequence[str], machine: Machine) -> Line:
    """Whether the engine pulls through the proxy that this user's programs go through; `names` are the variables set."""
    if not names:
        is_odd = isinstance(engine, Engine) and engine.has_proxy
        return Line("proxy", "ok", "the engine has one of its own" if is_odd else "none")
    said = ", ".join(names)
    if not isinstance(engine, Engine):
        return unseen("proxy", without(engine))
    if engine.has_proxy:
        return Line("proxy", "ok", f"{said} here, and the engine has one as well")
    setting = '"proxies": {"http-proxy": "ADDRESS", "https-proxy": "ADDRESS", "no-proxy": "localhost,127.0.0.1"}'
    words = f"{said} is set here, and the engine has none: it pulls and pushes past the proxy"
    return Line("proxy", "warning", words, machine.daemon_setting(setting))


def _giga(size: int) -> str:
    return f"{size / GIGA:.1f} GB"
