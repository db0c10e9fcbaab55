"""Start a stack and wait until it is really ready, by the engine's events."""

from __future__ import annotations

import queue
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cispeed_tasks.errors import ToolError, WorkFailed
from cispeed_tasks.model import Service, Stack
from cispeed_tasks.plan.readiness import Readiness, judge
from cispeed_tasks.run.look import View
from cispeed_tasks.run.pulled import pull_missing
from cispeed_tasks.tools import checkout, compose, containers, engine, process, terminal

if TYPE_CHECKING:
    import subprocess

LOG_LINES = 30
TICK_SECONDS = 0.5
REPEAT_SECONDS = 10.0
CREATE_SECONDS = 300.0


def start_and_wait(view: View, invocation: compose.Invocation, stack: Stack, services: Sequence[str]) -> None:
    """`docker compose up` the services and return when all of them, and all that they depend on, are ready.

    Raises:
        WorkFailed: a service failed (with its last log lines), or the time-out of the config has passed.
        ToolError: the engine stopped answering.
    """
    started = time.monotonic()
    project = str(invocation.project)
    expected = {name: stack.services[name] for name in with_dependencies(stack, services)}
    log = view.root / checkout.STATE / "logs" / f"{project}-up.log"
    argv = invocation.argv("up", "--detach", "--no-build", "--remove-orphans", *services)
    pull_missing(view, invocation, list(expected))
    # Containers are replaced before anything is started, so that no old one is taken for the new one.
    compose.ask(invocation, "up", "--no-start", "--no-build", "--remove-orphans", *services, timeout=CREATE_SECONDS)
    terminal.command(process.command_line(argv))
    with containers.events(project) as changes, process.background(argv, log=log, cwd=view.root) as up:
        seen: Readiness | None = None
        shown = 0.0
        while True:
            readiness = judge(expected, containers.states(project))
            if readiness.failed:
                raise WorkFailed(_failure(project, readiness))
            code = up.poll()
            if code:
                raise _up_failed(project, expected, log, code)
            if code == 0 and readiness.is_ready:
                break
            shown = _show(readiness, seen, started, shown)
            seen = readiness
            if time.monotonic() - started > view.project.config.timeouts.ready:
                raise WorkFailed(_timed_out(project, readiness, view.project.config.timeouts.ready))
            _next_change(changes, up)
    terminal.progress_done()
    terminal.outcome("ok", f"{len(expected)} services ready in {terminal.seconds(time.monotonic() - started)}")


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


def _next_change(changes: queue.Queue[str], up: subprocess.Popen[bytes]) -> None:
    """Wait for an event; the tick is for `docker compose up` itself, whose end is no event of the engine."""
    try:
        action = changes.get(timeout=TICK_SECONDS if up.poll() is not None else TICK_SECONDS / 2)
    except queue.Empty:
        return
    if action.startswith("closed") and engine.version() is None:
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


def _up_failed(project: str, expected: dict[str, Service], log: Path, code: int) -> Exception:
    if engine.version() is None:
        return ToolError("the Docker Engine stopped answering while the stack started; start it and run this again")
    readiness = judge(expected, containers.states(project))
    if readiness.failed:
        return WorkFailed(_failure(project, readiness))
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    words = "\n".join(f"    {line}" for line in lines[-8:])
    return WorkFailed(f"docker compose up ended with exit code {code}:\n{words}")


def _timed_out(project: str, readiness: Readiness, limit: float) -> str:
    slow = Readiness(
        (), {}, {name: f"was not ready within {limit:g} s: {why}" for name, why in readiness.waiting.items()}
    )
    return _failure(project, slow) + "\nA longer wait is `timeouts: {ready: SECONDS}` in cispeed.yaml."
