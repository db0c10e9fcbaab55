"""One run at a time: a lock that dies with its process."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from cispeed_tasks.errors import UsageError


@contextmanager
def held(name: str, what: str) -> Iterator[None]:
    """Hold the lock `name` on this machine; raises UsageError when another process holds it, saying which.

    Args:
        name: the Compose project that is worked on.
        what: what this process does with it, for the other one's message.
    """
    path = Path(tempfile.gettempdir()) / f"cispeed-{re.sub(r'[^A-Za-z0-9_.-]', '-', name)}.lock"
    with path.open("a+") as lock:
        try:
            _take(lock)
        except OSError as error:
            lock.seek(0)
            raise UsageError(
                f"the stack {name} is being worked on ({lock.read().strip() or 'another process'}): wait for it, or stop it"
            ) from error
        lock.truncate(0)
        lock.write(f"{what}, process {os.getpid()}")
        lock.flush()
        yield
        lock.truncate(0)


def _take(lock: TextIO) -> None:
    """Take the lock or raise OSError; the system gives it back when the process ends."""
    if sys.platform == "win32":
        import msvcrt

        lock.seek(0)
        msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
