"""Starts the containers of a stack that Compose has created, each as soon as what it depends on is as it wants it.

Compose itself looks every half second whether a dependency is ready, which a chain of services adds up.
"""

from __future__ import annotations

import queue
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.model import ContainerState, Service, Stack
from cispeed_tasks.plan.starts import hopeless, masked, needs_compose, startable
from cispeed_tasks.tools import compose, containers

AT_ONCE = 8
STOPPED = {"created", "exited"}
START_SECONDS = 300.0


class Starts:
    """The containers that are still to be started; what it starts is seen by the events of the engine."""

    def __init__(
        self, invocation: compose.Invocation, stack: Stack, services: Mapping[str, Service], pool: ThreadPoolExecutor
    ) -> None:
        self._invocation, self._stack, self._services, self._pool = invocation, stack, services, pool
        self._project = str(invocation.project)
        found = containers.states(self._project)
        self._pending = {state.name for state in found if state.status in STOPPED and state.service in services}
        self._begun: dict[str, tuple[Future[None], set[str]]] = {}

    @property
    def is_done(self) -> bool:
        """Whether every container has been started."""
        return not self._pending

    def advance(self, changes: queue.Queue[str]) -> list[ContainerState]:
        """Start what may be started now; returns the states of all containers.

        Args:
            changes: gets a word when a container has been started.

        Raises:
            WorkFailed: a container could not be started, or would wait for ever.
        """
        self._collect()
        states = masked(containers.states(self._project), self._pending)
        for service in startable(self._services, states):
            if service not in self._begun:
                names = {state.name for state in states if state.service == service} & self._pending
                self._begun[service] = self._pool.submit(self._start, service, sorted(names)), names
                self._begun[service][0].add_done_callback(lambda _: changes.put("started"))
        if reasons := hopeless(self._services, states):
            raise WorkFailed("\n".join(f"the service {name} {reason}" for name, reason in reasons.items()))
        return states

    def _collect(self) -> None:
        for start, names in self._begun.values():
            if start.done():
                start.result()
                self._pending -= names

    def _start(self, service: str, names: list[str]) -> None:
        if not needs_compose(self._stack, self._stack.services[service]):
            for name in names:
                containers.start(name, service)
            return
        arguments = ("up", "--detach", "--no-deps", "--no-build", "--no-recreate", service)
        done = compose.ask(self._invocation, *arguments, timeout=START_SECONDS, check=False)
        if done.exit_code:
            words = "\n".join(f"    {line}" for line in done.stderr.strip().splitlines()[-8:])
            raise WorkFailed(f"the service {service} could not be started:\n{words}")


@contextmanager
def starts(invocation: compose.Invocation, stack: Stack, services: Mapping[str, Service]) -> Iterator[Starts]:
    """The starts of some services; what has not begun when the block is left is not started."""
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        yield Starts(invocation, stack, services, pool)
    finally:
        pool.shutdown(cancel_futures=True)
