"""What this machine has to give: room on its disks, and memory."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

MEMORY = Path("/proc/meminfo")
LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Where cgroup v2 and v1 say how much memory this process may have (docs.kernel.org/admin-guide/cgroup-v2.html)."""


class Room(NamedTuple):
    """The room of a file system in bytes, and the part of its inodes that are free; None where it does not count them."""

    path: str
    total: int
    free: int
    free_inodes: float | None


def room(path: Path) -> Room:
    """The room where `path` is, or would be; raises OSError."""
    place = next(folder for folder in (path, *path.parents) if folder.exists())
    usage = shutil.disk_usage(place)
    return Room(str(path), usage.total, usage.free, _free_inodes(place))


def available_memory() -> int | None:
    """Bytes of memory that programs can still have here; None where this system does not say it."""
    try:
        lines = MEMORY.read_text().splitlines()
    except OSError:
        return None
    sizes = (line.split() for line in lines if line.startswith("MemAvailable:"))
    return next((int(words[1]) * 1024 for words in sizes), None)


def memory_limit() -> int | None:
    """Bytes of memory that this process may have where it is limited, as in a container; None where it is not."""
    for path in LIMITS:
        try:
            text = path.read_text().strip()
        except OSError:
            continue
        # Without a limit, v2 says `max`, and v1 a number beyond any machine.
        return int(text) if text.isdigit() and int(text) < 1 << 60 else None
    return None


def bytes_of(directory: Path) -> int:
    """Bytes of all files below a directory; what cannot be read counts as nothing."""
    found = (os.path.join(place, name) for place, _, names in os.walk(directory) for name in names)  # noqa: PTH118
    return sum(map(_size, found))


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


def _free_inodes(path: Path) -> float | None:
    if not hasattr(os, "statvfs"):
        return None
    found = os.statvfs(path)
    return found.f_favail / found.f_files if found.f_files else None
