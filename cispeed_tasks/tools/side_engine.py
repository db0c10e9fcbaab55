"""A Docker Engine beside the machine's own, with its own containerd, directories, socket and network."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from cispeed_tasks.errors import ToolError
from cispeed_tasks.tools import leftovers, process

START_SECONDS = 60.0


@dataclass(frozen=True)
class Settings:
    """What it is started with."""

    state: str
    """The directory of its images, caches and volumes."""
    runtime: str
    """The directory of its sockets, logs and files."""
    cgroup: str
    host: str
    """What DOCKER_HOST says to use it."""
    files: Mapping[str, str]
    """The texts of `containerd.toml` and `daemon.json`."""
    wrap: Callable[..., list[str]] = field(repr=False)
    """Makes of a command one that runs in the engine's network."""


class SideEngine:
    """An engine that lives as long as the block that starts it."""

    def __init__(self, settings: Settings) -> None:
        """Begin with nothing running."""
        self._settings = settings
        self._running = ExitStack()

    @property
    def env(self) -> dict[str, str]:
        """The variables by which docker's programs use this engine and nothing else."""
        place = f"{self._settings.runtime}/buildx"
        return {"DOCKER_HOST": self._settings.host, "DOCKER_CONTEXT": "", "BUILDX_BUILDER": "", "BUILDX_CONFIG": place}

    def start(self) -> None:
        """Start it, and return when it answers; raises ToolError with its last lines where it does not."""
        runtime = Path(self._settings.runtime)
        for directory in (runtime, Path(self._settings.state)):
            directory.mkdir(parents=True, exist_ok=True)
        for name, text in self._settings.files.items():
            (runtime / name).write_text(text)
        containerd = ["containerd", "--config", str(runtime / "containerd.toml")]
        self._run("containerd", containerd, runtime / "containerd.sock")
        self._run("dockerd", ["dockerd", "--config-file", str(runtime / "daemon.json")], runtime / "docker.sock")
        self._wait("dockerd", self._answers)

    def stop(self) -> None:
        """Stop it with all that it runs; what it keeps stays."""
        self._running.close()
        leftovers.end((self._settings.runtime, self._settings.state), self._settings.cgroup)
        leftovers.clear(self._settings.runtime)

    def empty(self, kept: str | None = None) -> None:
        """Make it an engine that has nothing, or what an earlier `keep` kept; it is started anew."""
        self.stop()
        leftovers.clear(self._settings.state)
        if kept is not None:
            _copy(kept, self._settings.state)
        self.start()

    def keep(self, place: str) -> None:
        """Keep a copy of all that it has; it is started anew."""
        self.stop()
        _copy(self._settings.state, place)
        self.start()

    def remove(self) -> None:
        """Stop it and remove all that it has."""
        self.stop()
        leftovers.clear(self._settings.state)

    def _run(self, name: str, argv: Sequence[str], socket: Path) -> None:
        log = Path(self._settings.runtime) / f"{name}.log"
        program = process.background(self._settings.wrap(*argv), log=log, apart=True)
        running = self._running.enter_context(program)
        self._wait(name, lambda: socket.exists() or running.poll() is not None)
        if running.poll() is not None:
            raise ToolError(f"{name} of a second engine ended at once; its last lines:\n{self._tail(name)}")

    def _wait(self, name: str, is_done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not is_done():
            if time.monotonic() > deadline:
                words = f"{name} of a second engine does not answer after {START_SECONDS:g} s; its last lines"
                raise ToolError(f"{words}:\n{self._tail(name)}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        done = process.ask(["docker", "version"], env=self.env, check=False, timeout=20)
        return done.exit_code == 0

    def _tail(self, name: str) -> str:
        log = Path(self._settings.runtime) / f"{name}.log"
        lines = log.read_text(errors="replace").splitlines()[-8:] if log.is_file() else []
        return "\n".join(f"    {line}" for line in lines)


def _copy(source: str, place: str) -> None:
    """Copy a directory with owners, modes, links and extended attributes, which layers consist of."""
    leftovers.clear(place)
    Path(place).parent.mkdir(parents=True, exist_ok=True)
    process.ask(["cp", "--archive", "--reflink=auto", source, place], timeout=600)
