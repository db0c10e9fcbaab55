"""The Docker Engine's API: the only module that imports the docker SDK, and only inside functions."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from cispeed_tasks.errors import ToolError, WorkFailed
from cispeed_tasks.tools import process
from cispeed_tasks.tools.docker_settings import settings

if TYPE_CHECKING:
    from docker import DockerClient

CONNECT_SECONDS = 20
DEFAULT_SOCKET = "unix:///var/run/docker.sock"
NO_ENGINE = (
    "no Docker Engine answers at {where}: start it (`inv engine-up` does on Debian and Ubuntu) and run this again"
)


def version() -> str | None:
    """The version of the engine that answers, or None."""
    if process.on_path("docker") is None:
        return None
    try:
        done = process.ask(
            ["docker", "version", "--format", "{{.Server.Version}}"], timeout=CONNECT_SECONDS, check=False
        )
    except ToolError:
        return None
    return done.stdout.strip() or None if done.exit_code == 0 else None


def require() -> None:
    """Raise ToolError with one clear sentence unless an engine answers."""
    with client() as docker:
        docker.ping()


def endpoint() -> str:
    """Where the docker command line would go: DOCKER_HOST, or the current context's address."""
    return os.environ.get("DOCKER_HOST") or _of_context(os.environ.get("DOCKER_CONTEXT"))


@cache
def _of_context(name: str | None) -> str:
    """The address of the context in use; `name` is what DOCKER_CONTEXT says."""
    # The default context is the default socket, and asking the command line takes longer than asking the engine.
    if (name or settings().get("currentContext") or "default") == "default" or process.on_path("docker") is None:
        return DEFAULT_SOCKET
    done = process.ask(["docker", "context", "inspect"], check=False, timeout=CONNECT_SECONDS)
    if done.exit_code:
        return DEFAULT_SOCKET
    return str(json.loads(done.stdout)[0]["Endpoints"]["docker"]["Host"])


@contextmanager
def client(timeout: float = 120) -> Iterator[DockerClient]:
    """A connection to the engine that the command line uses; its faults become ToolError.

    Args:
        timeout: seconds that one answer may take.
    """
    import docker
    import docker.utils
    from docker.errors import APIError, DockerException
    from requests.exceptions import ConnectionError as NoConnection
    from requests.exceptions import ReadTimeout

    where = endpoint()
    options: dict[str, Any] = {
        "base_url": where,
        **(docker.utils.kwargs_from_env() if os.environ.get("DOCKER_HOST") else {}),
    }
    try:
        connection = docker.DockerClient(
            **options, timeout=math.ceil(timeout), use_ssh_client=where.startswith("ssh://")
        )
    except DockerException as error:
        raise no_engine(where, error) from error
    try:
        yield connection
    except (NoConnection, ReadTimeout) as error:
        raise no_engine(where, error) from error
    except APIError as error:
        raise WorkFailed(
            f"the Docker Engine refused: {error.explanation or error} (`inv doctor` looks at the engine)"
        ) from error
    finally:
        connection.close()


def no_engine(where: str, error: Exception) -> ToolError:
    """What is said where no engine answers, or not to this user; `where` is its address."""
    if "Permission denied" in str(error):
        return ToolError(f"this user may not use the Docker Engine at {where}: join the group docker, or use sudo")
    return ToolError(NO_ENGINE.format(where=where))


def image(reference: str) -> dict[str, Any] | None:
    """What the engine knows of the image `reference`, or None where it has none of that name."""
    from docker.errors import ImageNotFound

    with client() as docker:
        try:
            return dict(docker.api.inspect_image(reference))  # type: ignore[no-untyped-call]
        except ImageNotFound:
            return None


def plugin_version(plugin: str) -> str | None:
    """The version of the buildx or compose plugin of the docker command line, or None where it is missing."""
    if process.on_path("docker") is None:
        return None
    arguments = ["version", "--short"] if plugin == "compose" else ["version"]
    done = process.ask(["docker", plugin, *arguments], check=False, timeout=CONNECT_SECONDS)
    if done.exit_code:
        return None
    words = done.stdout.split()
    position = 1 if plugin == "buildx" else 0
    return words[position] if len(words) > position else None
