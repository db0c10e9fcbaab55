"""Containers of a Compose project by the engine's API: states, events, logs, files out of them."""

from __future__ import annotations

import math
import queue
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.model import ContainerState
from cispeed_tasks.tools import engine

PROJECT_LABEL = "com.docker.compose.project"
SERVICE_LABEL = "com.docker.compose.service"
STATE_EVENTS = ("create", "start", "die", "health_status", "restart", "oom", "destroy")


def states(project: str) -> list[ContainerState]:
    """The states of all containers of a Compose project, one-off containers left out."""
    return [_state(attributes) for attributes in inspect(project)]


def inspect(project: str) -> list[dict[str, Any]]:
    """What the engine knows of every container of a Compose project, one-off containers left out."""
    from docker.errors import NotFound

    filters = {"label": [f"{PROJECT_LABEL}={project}", "com.docker.compose.oneoff=False"]}
    found = []
    with engine.client() as docker:
        for row in docker.api.containers(all=True, filters=filters):
            try:
                found.append(docker.api.inspect_container(row["Id"]))
            except NotFound:
                continue
    return found


@contextmanager
def events(project: str) -> Iterator[queue.Queue[str]]:
    """A queue that gets the action of every change of state in a Compose project while the block runs."""
    changes: queue.Queue[str] = queue.Queue()
    with engine.client(timeout=3600) as docker:
        stream = docker.events(decode=True, filters={"label": f"{PROJECT_LABEL}={project}", "type": "container"})

        def listen() -> None:
            try:
                for event in stream:
                    action = str(event.get("Action", ""))
                    if action.split(":", maxsplit=1)[0] in STATE_EVENTS:
                        changes.put(action)
            except Exception as error:  # noqa: BLE001  # the stream ends with the block, in the client's own ways
                changes.put(f"closed: {error}")

        threading.Thread(target=listen, daemon=True).start()
        try:
            yield changes
        finally:
            stream.close()


def start(container: str, service: str) -> None:
    """Start a container that was created, or ended; one that runs is left alone.

    Raises:
        WorkFailed: the engine cannot start it, with the engine's own words.
    """
    from docker.errors import APIError

    with engine.client() as docker:
        try:
            docker.api.start(container)
        except APIError as error:
            raise WorkFailed(f"the service {service} could not be started: {error.explanation or error}") from error


def logs(container: str, *, tail: int | Literal["all"] = "all") -> str:
    """What a container wrote, both streams in order; empty where there is no such container."""
    from docker.errors import APIError, NotFound

    with engine.client() as docker:
        try:
            return bytes(docker.api.logs(container, tail=tail, timestamps=False)).decode(errors="replace")
        except (NotFound, APIError):
            return ""


def state(container: str) -> dict[str, Any]:
    """The State section of what the engine knows of a container."""
    with engine.client() as docker:
        return dict(docker.api.inspect_container(container)["State"])


def workdir(container: str) -> str | None:
    """The working directory of a container's process."""
    with engine.client() as docker:
        return docker.api.inspect_container(container)["Config"].get("WorkingDir") or None


def wait(container: str, limit: float) -> None:
    """Wait until a container has ended; raises TimeoutError after `limit` seconds."""
    from requests.exceptions import ConnectionError as NoConnection
    from requests.exceptions import ReadTimeout

    with engine.client() as docker:
        try:
            docker.api.wait(container, timeout=math.ceil(limit))
        except (ReadTimeout, NoConnection) as error:
            if "timed out" not in str(error).lower():
                raise
            raise TimeoutError(f"{container} runs for longer than {limit:g} s") from error


def interrupt(container: str, grace: float) -> None:
    """Ask a container to end as Ctrl-C would, and end it after `grace` seconds; one that has ended is left alone."""
    from docker.errors import APIError
    from requests.exceptions import ReadTimeout

    with engine.client(timeout=grace) as docker:
        try:
            docker.api.kill(container, signal="SIGINT")
            docker.api.wait(container)
        except APIError:
            return
        except ReadTimeout:
            docker.api.kill(container)


def copy_out(container: str, path: str, directory: Path, *, strip: bool = False) -> bool:
    """Copy a file or directory out of a container, stopped or not, into `directory`; false where it does not exist.

    The files belong to the caller. Links that lead out of `directory` are left out. With `strip`, a directory's
    content lands in `directory` itself.
    """
    from docker.errors import NotFound

    with engine.client(timeout=600) as docker, tempfile.TemporaryFile() as buffer:
        try:
            chunks, _ = docker.api.get_archive(container, path)
        except NotFound:
            return False
        for chunk in chunks:
            buffer.write(chunk)
        buffer.seek(0)
        directory.mkdir(parents=True, exist_ok=True)
        with tarfile.open(fileobj=buffer) as archive:
            archive.extractall(directory, filter=_stripped if strip else _safe)  # noqa: S202  # both filter
    return True


def _stripped(member: tarfile.TarInfo, destination: str) -> tarfile.TarInfo | None:
    inside = member.name.partition("/")[2]
    return _safe(member.replace(name=inside, deep=False), destination) if inside else None


def _safe(member: tarfile.TarInfo, destination: str) -> tarfile.TarInfo | None:
    """Leave out what cannot be unpacked safely, such as a browser's socket or a link that leads away."""
    try:
        return tarfile.data_filter(member, destination)
    except tarfile.FilterError:
        return None


def remove(container: str) -> None:
    """Remove a container with its anonymous volumes, running or not; absent is fine."""
    from docker.errors import NotFound

    with engine.client() as docker:
        try:
            docker.api.remove_container(container, force=True, v=True)
        except NotFound:
            return


def _state(attributes: dict[str, Any]) -> ContainerState:
    state = attributes["State"]
    health = state.get("Health") or {}
    return ContainerState(
        service=attributes["Config"]["Labels"].get(SERVICE_LABEL, ""),
        status=state["Status"],
        health=health.get("Status"),
        exit_code=int(state.get("ExitCode") or 0),
        restarts=int(attributes.get("RestartCount") or 0),
        running_for=_age(state.get("StartedAt")) if state.get("Running") else 0.0,
        name=attributes["Name"].lstrip("/"),
        health_output=_last_line((health.get("Log") or [{}])[-1].get("Output", "")),
    )


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""


def _age(started: str | None) -> float:
    if not started or started.startswith("0001"):
        return 0.0
    text = started.rstrip("Z").split(".")[0]
    return (datetime.now(UTC) - datetime.fromisoformat(text).replace(tzinfo=UTC)).total_seconds()


def published_ports(project: str) -> dict[tuple[str, int], str]:
    """The ports of this machine that running containers of a Compose project have, by service and inner port."""
    found = {}
    for attributes in inspect(project):
        service = attributes["Config"]["Labels"].get(SERVICE_LABEL, "")
        for inside, bindings in (attributes["NetworkSettings"].get("Ports") or {}).items():
            if bindings:
                found[service, int(inside.split("/")[0])] = str(bindings[0]["HostPort"])
    return found


def exists(project: str) -> bool:
    """Whether a Compose project has any container, volume or network on the engine."""
    filters = {"label": f"{PROJECT_LABEL}={project}"}
    with engine.client() as docker:
        found = docker.api.containers(all=True, filters=filters) or docker.api.networks(filters=filters)
        return bool(found or (docker.api.volumes(filters=filters).get("Volumes") or []))
