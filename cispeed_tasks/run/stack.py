"""Bring a stack up in hollow or full mode, take it down, and say how it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.run.look import Place, chosen_services, locate, look
from cispeed_tasks.run.modes import MODES, prepare, project_name
from cispeed_tasks.run.ready import start_and_wait, with_dependencies
from cispeed_tasks.run.standalone import write_standalone
from cispeed_tasks.run.status import check_status, show_status, status_rows
from cispeed_tasks.run.watch import watch
from cispeed_tasks.tools import compose, containers, engine, lock, terminal


@dataclass(frozen=True)
class Options:
    """What the user asked of a stack."""

    no_build: bool = False
    standalone: str | None = None
    """Write the modified Compose file as this file, and start nothing."""
    keep_ports: bool = False
    strip_all: bool = False
    watching: bool = False
    """Stay, and keep current what cannot be mounted."""


def up(mode: str, services: Sequence[str], options: Options) -> None:
    """Bring the stack, or some services of it, up in a mode and wait until it is ready."""
    view = look()
    chosen = chosen_services(view, list(services))
    if mode == "full" and options.standalone is not None:
        write_standalone(view, Path(options.standalone), strip_all=options.strip_all)
        return
    engine.require()
    with lock.held(project_name(view, mode), f"inv {mode}-up"):
        needed = with_dependencies(view.stack, chosen)
        view, invocation, _ = prepare(
            view,
            mode,
            needed,
            no_build=options.no_build,
            keep_ports=options.keep_ports,
            strip_all=options.strip_all,
        )
        try:
            start_and_wait(view, invocation, chosen)
        except (WorkFailed, KeyboardInterrupt):
            terminal.note("The stack is left as it is: `inv status` and `inv logs` show it, `inv down` takes it down.")
            raise
    say_addresses(invocation)
    if options.watching:
        watch(invocation, needed)


def say_addresses(invocation: compose.Invocation) -> None:
    """Where the services can be reached from this machine."""
    for attributes in containers.inspect(str(invocation.project)):
        service = attributes["Config"]["Labels"].get(containers.SERVICE_LABEL, "")
        for inside, bindings in (attributes["NetworkSettings"].get("Ports") or {}).items():
            places = sorted({binding["HostPort"] for binding in bindings or ()})
            for place in places:
                terminal.tell(f"  {service}: http://localhost:{place} (port {inside} in the container)")


def down(*, with_volumes: bool) -> None:
    """Take down what hollow-up, full-up and playwright-test started; data volumes stay unless asked for."""
    place = locate()
    engine.require()
    for suffix in (*MODES, "test"):
        take_down(place, suffix, with_volumes=with_volumes or suffix == "test")


def take_down(place: Place, suffix: str, *, with_volumes: bool, quiet: bool = False) -> None:
    """Remove the containers and networks of one transformed stack, and with `with_volumes` its data."""
    project = project_name(place, suffix)
    if not containers.exists(project):
        if not quiet:
            terminal.tell(f"{project}: nothing is up")
        return
    invocation = replace(place.compose, project=project, files=())
    arguments = ["--volumes"] if with_volumes else []
    compose.ask(invocation, "down", "--remove-orphans", "--timeout", "5", *arguments, timeout=180)
    if not quiet:
        terminal.outcome("ok", f"{project} is down" + ("" if with_volumes else "; its data volumes are kept"))


def status(*, as_json: bool = False, check: bool = False) -> None:
    """How the services of both modes are, and whether their images are what the checkout makes now."""
    place = locate()
    engine.require()
    stacks = {name: containers.inspect(name) for suffix in (*MODES, "test") if (name := project_name(place, suffix))}
    rows = {name: status_rows(name, found) for name, found in stacks.items() if found}
    if as_json:
        terminal.say(json.dumps([row for found in rows.values() for row in found], indent=2))
    elif not rows:
        terminal.tell("Nothing is up. `inv full-up` or `inv hollow-up` starts the stack.")
    else:
        for name, found in rows.items():
            show_status(name, found)
    if check:
        check_status(rows)


def logs(services: Sequence[str]) -> None:
    """What the services of the running stack wrote."""
    place = locate()
    engine.require()
    names = chosen_services(place, list(services)) if services else ()
    up_now = [suffix for suffix in (*MODES, "test") if containers.exists(project_name(place, suffix))]
    if not up_now:
        terminal.tell("Nothing is up, so there are no logs. `inv full-up` or `inv hollow-up` starts the stack.")
    for suffix in up_now:
        compose.run(replace(place.compose, project=project_name(place, suffix), files=()), "logs", *names)
