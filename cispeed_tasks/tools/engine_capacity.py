"""What the engine says of its machine: processors, memory, and how much of its disk is free where that is this machine's."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from cispeed_tasks.tools import engine, engine_http


@dataclass(frozen=True)
class Figures:
    """Processors, bytes of memory, free bytes of the disk (None where the engine is elsewhere), and the image store."""

    cpus: int
    memory: int
    disk_free: int | None
    has_containerd_store: bool


def figures() -> Figures:
    """Ask the engine; raises ToolError where none answers."""
    data = engine_http.settings()
    store = any("io.containerd.snapshotter" in str(value) for _, value in data.get("DriverStatus") or ())
    root = str(data.get("DockerRootDir") or "")
    return Figures(int(data.get("NCPU") or 1), int(data.get("MemTotal") or 0), _free(root), store)


def _free(root: str) -> int | None:
    """Of an engine in a virtual machine the directory is not this machine's, and is not here."""
    if not root or not engine.endpoint().startswith("unix://"):
        return None
    try:
        return shutil.disk_usage(root).free
    except OSError:
        return None
