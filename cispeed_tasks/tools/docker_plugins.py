"""Starts a plugin of the docker CLI the way that starts it, without the tenth of a second that its search for it takes.

The protocol and the places are the CLI's (docs.docker.com/reference/cli/docker/plugin-spec, docker/cli `cli-plugins/manager`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from cispeed_tasks.tools.docker_settings import directory, settings

PLACES = (
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
)
CALLED_BY = "DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND"
"""What a plugin knows by that the CLI started it; without it, it takes other words and calls itself by another name."""
OWN_PLACES = "cliPluginsExtraDirs"
"""The setting of the CLI that names more places."""


def directly(argv: Sequence[str], env: Mapping[str, str] | None) -> tuple[list[str], Mapping[str, str] | None]:
    """The command and the variables to start a plugin by; what they were where it is not certain which file it is.

    Args:
        argv: the command; `docker buildx …` and `docker compose …` are started directly.
        env: variables added to the process's own.
    """
    if tuple(argv[:1]) != ("docker",) or argv[1:2] not in (["buildx"], ["compose"], ("buildx",), ("compose",)):
        return list(argv), env
    docker = shutil.which("docker")
    all_variables = {**os.environ, **(env or {})}
    # Its settings may name more places.
    is_certain = docker is not None and OWN_PLACES not in settings(all_variables)
    plugin = _only_file(f"docker-{argv[1]}", str(directory(all_variables))) if is_certain else None
    if docker is None or plugin is None:
        return list(argv), env
    return [plugin, *argv[1:]], {**(env or {}), CALLED_BY: docker}


@cache
def _only_file(name: str, home: str) -> str | None:
    """The one file that the CLI can take for a plugin; None where there is none, or more than one to choose from."""
    found = [path for place in (f"{home}/cli-plugins", *PLACES) if os.access(path := f"{place}/{name}", os.X_OK)]
    real = {str(Path(path).resolve()) for path in found}
    return found[0] if len(real) == 1 else None
