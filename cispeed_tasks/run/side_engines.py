"""Engines beside the machine's own, and a registry for them: made, used, and taken away again, also after a kill."""

from __future__ import annotations

import functools
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.errors import ToolError, UsageError, WorkFailed
from cispeed_tasks.plan.side_engine import (
    MOST,
    PACKAGES,
    REGISTRY_PORT,
    Side,
    containerd_config,
    daemon_config,
    in_namespace,
    missing_packages,
    network_down,
    network_up,
    registry_config,
)
from cispeed_tasks.tools import apt, engine, host, leftovers, lock, process, registry_server, side_network, terminal
from cispeed_tasks.tools.side_engine import Settings, SideEngine

NEEDS_ROOT = (
    "a second engine needs root, for a network of its own: run this as root (sudo -E env PATH=$PATH inv …), "
    "or in a container or machine where you are"
)
INSTALL_SECONDS = 300.0


@dataclass(frozen=True)
class Surroundings:
    """Some engines that know of one registry."""

    engines: tuple[SideEngine, ...]
    registry: str
    """Its address; empty where there is none."""
    addresses: tuple[str, ...]
    """Where the ports are that each engine's containers publish."""
    room: str
    """A directory for what is kept of the engines; it goes with them."""


@contextmanager
def side_engines(count: int, *, with_registry: bool) -> Iterator[Surroundings]:
    """Start engines, each with nothing in it, and a registry that they may use; all goes when the block is left.

    Raises:
        ToolError: this is not root, a program is missing and cannot be installed, or an engine does not start.
    """
    require()
    with ExitStack() as stack:
        stack.enter_context(_ends_by_term())
        remove_leftovers()
        sides = [stack.enter_context(_reserved()) for _ in range(count)]
        first, room = sides[0], f"{sides[0].state}-room"
        stack.callback(leftovers.clear, room)
        for side in sides:
            stack.enter_context(_network(side))
        registries = (first.registry,) if with_registry else ()
        if with_registry:
            config = registry_config(f"{room}/registry/data", first.registry)
            stack.enter_context(registry_server.serving(config, Path(f"{room}/registry"), first.outside, REGISTRY_PORT))
        engines = [stack.enter_context(_engine(side, registries)) for side in sides]
        for one in engines:
            one.start()
        yield Surroundings(tuple(engines), "".join(registries), tuple(side.inside for side in sides), room)


@contextmanager
def _ends_by_term() -> Iterator[None]:
    """Let SIGTERM, by which CI systems and `timeout` end a run, do what Ctrl-C does, so that all is taken away."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def require() -> None:
    """See to it that an engine can be started beside the machine's own; installs what is missing, and says it."""
    if host.system() != "Linux":
        raise ToolError("a second engine can be started on Linux only")
    if not host.is_root():
        raise ToolError(NEEDS_ROOT)
    for program in ("dockerd", "containerd"):
        if process.on_path(program) is None:
            raise ToolError(f"a second engine needs {program} on this machine: `inv engine-up` installs it")
    wanted = missing_packages({name: process.on_path(name) is not None for name in PACKAGES})
    if not wanted:
        return
    if process.on_path("apt-get") is None:
        raise ToolError(f"a second engine needs the programs of {', '.join(wanted)}: install them")
    terminal.say(f"install {' '.join(wanted)}: a second engine and its registry need it (undo: apt-get purge)")
    try:
        apt.install(wanted, timeout=INSTALL_SECONDS)
    except WorkFailed as error:
        raise ToolError(f"what a second engine needs could not be installed\n{error}") from error


def load(names: Sequence[str], target: SideEngine) -> None:
    """Bring images of the machine's own engine into another one; raises ToolError for one that is not there."""
    for name in names:
        if engine.image(name) is None:
            raise ToolError(f"the image {name} is not on this machine's engine")
    process.pipe(["docker", "save", *names], ["docker", "load", "--quiet"], env=target.env)


def remove_leftovers() -> None:
    """Take away what runs left that were killed: their locks are free, and their numbers are in use all the same."""
    for side in map(Side, range(MOST)):
        if _has_left(side):
            with suppress(UsageError), _held(side):
                _remove(side)


def _has_left(side: Side) -> bool:
    return any(Path(place).exists() for place in (side.state, f"{side.state}-room", side.runtime, _namespace(side)))


def _namespace(side: Side) -> str:
    return f"/run/netns/{side.name}"


def _remove(side: Side) -> None:
    leftovers.end((side.runtime, side.state, f"{side.state}-room"), side.cgroup)
    side_network.unmake(network_down(side))
    for place in (side.runtime, side.state, f"{side.state}-room"):
        leftovers.clear(place)


@contextmanager
def _reserved() -> Iterator[Side]:
    """A number that no other run has, and whose addresses nothing else has."""
    taken = side_network.addresses()
    for side in map(Side, range(MOST)):
        if f" {side.outside}/" in taken:
            continue
        with ExitStack() as stack:
            try:
                stack.enter_context(_held(side))
            except UsageError:
                continue
            yield side
            return
    raise ToolError(f"{MOST} engines are running beside this machine's own already; end some of the runs")


@contextmanager
def _held(side: Side) -> Iterator[None]:
    with lock.held(f"engine-{side.number}", "a second engine"):
        yield


@contextmanager
def _network(side: Side) -> Iterator[None]:
    try:
        side_network.make(network_up(side))
        yield
    finally:
        side_network.unmake(network_down(side))


@contextmanager
def _engine(side: Side, registries: tuple[str, ...]) -> Iterator[SideEngine]:
    files = {"containerd.toml": containerd_config(side), "daemon.json": daemon_config(side, registries)}
    wrap = functools.partial(in_namespace, side)
    made = SideEngine(Settings(side.state, side.runtime, side.cgroup, side.host, files, wrap))
    try:
        yield made
    finally:
        made.remove()
