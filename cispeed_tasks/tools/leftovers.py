"""What an engine that was killed leaves: processes, mounts, directories."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cispeed_tasks.tools import process

END_SECONDS = 10.0


def processes_of(directories: Iterable[str], cgroup: str) -> list[int]:
    """The processes whose command lines name one of the directories, or whose control group is below `cgroup`; no zombies."""
    places = [f"{directory}/".encode() for directory in directories]
    found = []
    for path in Path("/proc").iterdir():
        if not path.name.isdigit() or int(path.name) == os.getpid():
            continue
        with suppress(OSError):
            line = (path / "cmdline").read_bytes()
            is_ours = any(place in line for place in places) or f"{cgroup}/" in (path / "cgroup").read_text()
            if is_ours and "State:\tZ" not in (path / "status").read_text():
                found.append(int(path.name))
    return found


def end(directories: Iterable[str], cgroup: str) -> None:
    """End those processes at once, and wait until they are gone."""
    places = tuple(directories)
    deadline = time.monotonic() + END_SECONDS
    while (found := processes_of(places, cgroup)) and time.monotonic() < deadline:
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def clear(directory: str) -> None:
    """Remove a directory with all that is mounted below it; one that is not there is fine."""
    for place in reversed(_mounts(directory)):
        process.ask(["umount", "--lazy", place], timeout=30, check=False)
    if Path(directory).exists():
        # Another file system is never gone into: what could not be unmounted stays. Trees of layers are large.
        process.ask(["rm", "-rf", "--one-file-system", directory], timeout=600, check=False)


def _mounts(directory: str) -> list[str]:
    """What is mounted below a directory, in the order in which it was mounted (proc_pid_mountinfo(5))."""
    rows = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return [row for row in rows if row == directory or row.startswith(f"{directory}/")]
