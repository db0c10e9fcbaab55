"""Start a stack and wait until it is really ready, by the engine's events."""

from __future__ import annotations

import queue
import time
from collections.abc import Sequence

from cispeed_tasks.errors import ToolError, WorkFailed
from cispeed_tasks.model import Stack
from cispeed_tasks.plan.history_records import Record
from cispeed_tasks.plan.readiness import Readiness, judge
from cispeed_tasks.plan.stack import read_stack
from cispeed_tasks.run import history
from cispeed_tasks.run.look import View
from cispeed_tasks.run.pulled import pull_missing
from cispeed_tasks.run.starts import starts
from cispeed_tasks.tools import compose, containers, engine, process, terminal

LOG_LINES = 30
TICK_SECONDS = 0.5
REPEAT_SECONDS = 10.0
CREATE_SECONDS = 300.0


def start_and_wait(view: View, invocation: compose.Invocation, services: Sequence[str]) -> None:
    """Create and start the services, and return when all of them, and all that they depend on, are ready.

    Raises:
        WorkFailed: a service failed (with its last log lines), or the time-out of the config has passed.
        ToolError: the engine stopped answering.
    """
    started, mode = time.monotonic(), str(invocation.project).removeprefix(f"{view.project.name}-")
    with history.remembered(view.root, Record("up", mode, "ready", 0.0)) as watch:
        with watch.phase("pull"):
            pull_missing(view, invocation, with_dependencies(view.stack, services))
        with watch.phase("create"):
            stack = _created(invocation, services)
        with watch.phase("start"):
            _start(view, invocation, stack, services, started)


def _start(view: View, invocation: compose.Invocation, stack: Stack, services: Sequence[str], started: float) -> None:
    project, limit = str(invocation.project), view.project.config.timeouts.ready
    expected = {name: stack.services[name] for name in with_dependencies(stack, services)}
    # The overlay gives every hollow service a health check; whether one stays up the user's own files say.
    judged = {name: view.stack.services.get(name, service) for name, service in expected.items()}
    with containers.events(project) as changes, starts(invocation, stack, expected) as begun:
        seen: Readiness | None = None
        shown = 0.0
        while True:
            readiness = judge(judged, begun.advance(changes))
            if readiness.failed:
                raise WorkFailed(_failure(project, readiness))
            if begun.is_done and readiness.is_ready:
                break
            shown = _show(readiness, seen, started, shown)
            seen = readiness
            if time.monotonic() - started > limit:
                raise WorkFailed(_timed_out(project, readiness, limit))
            _next_change(changes)
    terminal.progress_done()
    terminal.outcome("ok", f"{len(expected)} services ready in {terminal.seconds(time.monotonic() - started)}")


def _created(invocation: compose.Invocation, services: Sequence[str]) -> Stack:
    """Create the containers, so that no old one is taken for a new one; returns the stack that they are made from."""
    compose.resolve_ahead(invocation)
    arguments = ("up", "--no-start", "--no-build", "--remove-orphans", *services)
    terminal.command(process.command_line(invocation.argv(*arguments)))
    compose.ask(invocation, *arguments, timeout=CREATE_SECONDS)
    return read_stack(compose.resolve(invocation))


def with_dependencies(stack: Stack, services: Sequence[str]) -> list[str]:
    """The services and all that they depend on, sorted."""
    found: dict[str, None] = {}
    todo = list(services)
    while todo:
        name = todo.pop(0)
        if name in stack.services and name not in found:
            found[name] = None
            todo += stack.services[name].depends_on
    return sorted(found)


def _next_change(changes: queue.Queue[str]) -> None:
    """Wait for an event, and take all that came with it; the tick is for what is no event, such as a time-out."""
    try:
        actions = [changes.get(timeout=TICK_SECONDS)]
    except queue.Empty:
        return
    while not changes.empty():
        actions.append(changes.get())
    if any(action.startswith("closed") for action in actions) and engine.version() is None:
        raise ToolError("the Docker Engine stopped answering; start it and run this again")


def _show(readiness: Readiness, seen: Readiness | None, started: float, shown: float) -> float:
    now = time.monotonic()
    text = f"{terminal.seconds(now - started)}: {readiness}"
    if terminal.moves():
        terminal.progress(text)
        return now
    if seen is None or readiness.ready != seen.ready or now - shown > REPEAT_SECONDS:
        terminal.progress(text)
        return now
    return shown


def _failure(project: str, readiness: Readiness) -> str:
    parts = []
    names = {state.service: state.name for state in containers.states(project)}
    for service, reason in readiness.failed.items():
        lines = containers.logs(names.get(service, service), tail=LOG_LINES).splitlines()
        shown = "\n".join(f"    {line}" for line in lines) or "    (it wrote nothing)"
        parts.append(f"the service {service} {reason}; its last lines:\n{shown}")
    return "\n".join(parts)


def _timed_out(project: str, readiness: Readiness, limit: float) -> str:
    slow = Readiness(
        (), {}, {name: f"was not ready within {limit:g} s: {why}" for name, why in readiness.waiting.items()}
    )
    return _failure(project, slow) + "\nA longer wait is `timeouts: {ready: SECONDS}` in cispeed.yaml."
