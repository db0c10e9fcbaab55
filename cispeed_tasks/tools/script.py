"""Scripts whose output is read line by line; what they started ends with them, also when they are interrupted."""

from __future__ import annotations

import os
import selectors
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, TYPE_CHECKING

from cispeed_tasks.tools import process

if TYPE_CHECKING:
    import subprocess

# As patient as a stack that is taken down needs it.
GRACE = (("SIGINT", 60.0), ("SIGTERM", 5.0), ("SIGKILL", 5.0))
_POLL_SECONDS = 0.1
_LAST_SECONDS = 5.0
"""How long is read on what goes on printing in the background of a program that has ended."""


@dataclass
class Scripts:
    """Runs one script after the other; what they leave running in the background ends with `end`."""

    _groups: list[int] = field(default_factory=list)

    def run(
        self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], line: Callable[[str], None], timeout: float
    ) -> int:
        """Run a script with no variables but `env`, and hand each line that it prints to `line`.

        Returns its exit code. Ctrl-C ends it and all that it started before KeyboardInterrupt goes on.

        Raises:
            TimeoutError: it ran for longer than `timeout` seconds and was ended.
            ToolError: its shell is not installed.
        """
        child = process.begin(argv, cwd=cwd, env=env)
        self._groups.append(child.pid)
        reader = _Reader(child, line)
        has_ended = False
        try:
            has_ended = reader.read(time.monotonic() + timeout)
        finally:
            if not has_ended:
                _end(child, reader)
            reader.close()
        if not has_ended:
            raise TimeoutError
        return child.wait()

    def end(self) -> None:
        """End what the scripts left running, as GitHub's runner does at the end of a job."""
        for group in self._groups:
            _signal(group, "SIGTERM")
        self._groups.clear()


@contextmanager
def terminated_like_interrupted() -> Iterator[None]:
    """Let a request to terminate do what Ctrl-C does, so that it is cleaned up."""

    def interrupt(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Reader:
    """Reads what a program prints until it has ended; what goes on in the background is not waited for."""

    def __init__(self, child: subprocess.Popen[bytes], line: Callable[[str], None]) -> None:
        self._child = child
        self._line = line
        self._rest = b""
        self._stream: IO[bytes] | None = child.stdout
        self._selector = selectors.DefaultSelector()
        if self._stream:
            self._selector.register(self._stream, selectors.EVENT_READ)

    def read(self, deadline: float) -> bool:
        """Read until the program has ended; False where it had not at the deadline."""
        has_ended = False
        while time.monotonic() < deadline:
            if not has_ended and self._child.poll() is not None:
                has_ended, deadline = True, time.monotonic() + _LAST_SECONDS
            if not self._block(0 if has_ended else _POLL_SECONDS) and has_ended:
                return True
        return has_ended

    def close(self) -> None:
        """Hand over what has no line end, and let go of the pipe."""
        if self._rest:
            self._say(self._rest)
        self._rest = b""
        self._selector.close()
        if self._stream:
            self._stream.close()

    def _block(self, seconds: float) -> bool:
        if self._stream is None or not self._selector.get_map():
            time.sleep(seconds)
            return False
        if not self._selector.select(seconds):
            return False
        block = os.read(self._stream.fileno(), 65536)
        if not block:
            self._selector.unregister(self._stream)
            return False
        *lines, self._rest = (self._rest + block).split(b"\n")
        for each in lines:
            self._say(each)
        return True

    def _say(self, data: bytes) -> None:
        self._line(data.decode(errors="replace").removesuffix("\r"))


def _end(child: subprocess.Popen[bytes], reader: _Reader) -> None:
    """End a program and all in its group, gently first; a second Ctrl-C goes straight on to the next step."""
    for name, seconds in GRACE:
        _signal(child.pid, name)
        with suppress(KeyboardInterrupt):
            if reader.read(time.monotonic() + seconds):
                break
    _signal(child.pid, "SIGKILL")


def _signal(group: int, name: str) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.Signals[name])
