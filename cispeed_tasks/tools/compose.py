"""The docker compose command line."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cispeed_tasks.errors import ConfigError, ToolError
from cispeed_tasks.tools import process

CONFIG_SECONDS = 60.0
RESOLVE = ("config", "--format", "json")
FILE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDE_NAMES = tuple(
    name.replace(".y", ".override.y")
    for name in ("compose.yml", "compose.yaml", "docker-compose.yml", "docker-compose.yaml")
)
NO_COMPOSE = ("is not a docker command", "unknown command: docker compose", "Usage:  docker [OPTIONS] COMMAND")
"""What docker says where the plugin is missing; the last where options follow, which it then takes for its own."""


@dataclass(frozen=True)
class Invocation:
    """How Compose is called for one project: its directory, files in order, project name and profiles."""

    root: Path
    files: tuple[str, ...] = ()
    project: str | None = None
    profiles: tuple[str, ...] = ()
    start: str | None = None
    """The directory that paths in the files start from, relative to `root`; the first file's by default."""

    @property
    def directory(self) -> str:
        """The directory that paths in the files start from, relative to `root`."""
        if self.start or not self.files:
            return self.start or "."
        return os.path.dirname(self.files[0]) or "."  # noqa: PTH120  # a Path knows no plain `.`

    def argv(self, *arguments: str) -> list[str]:
        """`docker compose` with this project's options and then `arguments`."""
        options = ["--project-directory", self.directory] if self.files else []
        options += [word for name in self.files for word in ("-f", name)]
        options += ["-p", self.project] if self.project else []
        options += [word for name in self.profiles for word in ("--profile", name)]
        return ["docker", "compose", *options, *arguments]


_asked: dict[tuple[tuple[str, ...], Path], process.Question] = {}


def resolve_ahead(invocation: Invocation, *, interpolate: bool = True) -> None:
    """Ask Compose for a model that will be wanted, while this program still gets ready; a fault shows when it is wanted."""
    argv = tuple(_resolving(invocation, interpolate=interpolate))
    if (argv, invocation.root) in _asked:
        return
    with suppress(OSError):
        _asked[argv, invocation.root] = process.Question(argv, invocation.root)


def resolve(invocation: Invocation, *, interpolate: bool = True) -> dict[str, Any]:
    """The resolved model of the project; with `interpolate` off, variables stay as they are written.

    Raises:
        ConfigError: Compose refuses the files, with its own words.
        ToolError: Compose is not installed.
    """
    return read(answer(invocation, interpolate=interpolate), interpolate=interpolate)


def answer(invocation: Invocation, *, interpolate: bool = True) -> str:
    """The text of the model as Compose prints it; raises what `resolve` does."""
    argv = _resolving(invocation, interpolate=interpolate)
    asked = _asked.pop((tuple(argv), invocation.root), None)
    if asked is not None:
        done = asked.answer(CONFIG_SECONDS)
    else:
        done = process.ask(argv, cwd=invocation.root, timeout=CONFIG_SECONDS, check=False)
    if done.exit_code:
        words = "\n".join(line for line in done.stderr.strip().splitlines() if "level=warning" not in line)
        if any(sign in words for sign in NO_COMPOSE):
            raise ToolError("the Compose plugin of docker is missing: `inv engine-up` installs it")
        raise ConfigError(f"Compose does not accept the files in {invocation.root}:\n    {words}")
    return done.stdout


def _resolving(invocation: Invocation, *, interpolate: bool) -> list[str]:
    return invocation.argv(*RESOLVE, *([] if interpolate else ["--no-interpolate"]))


def read(text: str, *, interpolate: bool = True) -> dict[str, Any]:
    """The model of Compose's text; raises ToolError where it holds none."""
    model = json.loads(text)
    if not isinstance(model, dict):
        raise ToolError("docker compose config answered with no model; Compose 2.33 or newer is needed")
    return {key: _unescaped(value) for key, value in model.items()} if interpolate else model


def profiles_of(invocation: Invocation, service: str) -> tuple[str, ...]:
    """The profiles that a service is under, whether they are active or not; none where there is no such service."""
    try:
        model = resolve(replace(invocation, profiles=("*",)))
    except ConfigError:
        return ()
    return tuple(((model.get("services") or {}).get(service) or {}).get("profiles") or ())


def digest(text: str) -> str:
    """The SHA-256 of Compose's answer: while it is the same, so is the model."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _unescaped(value: Any) -> Any:  # noqa: ANN401  # a JSON value
    """The value itself: Compose writes every `$` of a resolved model as `$$`, so that its output can be read again."""
    if isinstance(value, str):
        return value.replace("$$", "$")
    if isinstance(value, dict):
        return {key.replace("$$", "$"): _unescaped(inner) for key, inner in value.items()}
    return [_unescaped(inner) for inner in value] if isinstance(value, list) else value


def default_files(root: Path) -> tuple[str, ...]:
    """The files that Compose takes by itself in `root`: COMPOSE_FILE's, else the first of its names and an override.

    The names and their order are Compose's (docs.docker.com/compose/how-tos/environment-variables/envvars).
    """
    named = os.environ.get("COMPOSE_FILE") or _env_file(root).get("COMPOSE_FILE")
    if named:
        separator = (
            os.environ.get("COMPOSE_PATH_SEPARATOR") or _env_file(root).get("COMPOSE_PATH_SEPARATOR") or os.pathsep
        )
        return tuple(name for name in named.split(separator) if name)
    return standard_files(root)


def standard_files(root: Path) -> tuple[str, ...]:
    """The files in `root` that Compose takes by their names alone."""
    found = [name for name in FILE_NAMES if (root / name).is_file()][:1]
    overrides = [name for name in OVERRIDE_NAMES if (root / name).is_file()][:1]
    return (*found, *overrides) if found else ()


def _env_file(root: Path) -> dict[str, str]:
    path = root / ".env"
    lines = path.read_text(errors="replace").splitlines() if path.is_file() else []
    pairs = (line.partition("=") for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}


def profiles(invocation: Invocation) -> tuple[str, ...]:
    """All profiles that the files have, sorted, whether active or not; raises WorkFailed."""
    return tuple(sorted(ask(invocation, "config", "--profiles").stdout.split()))


def run(invocation: Invocation, *arguments: str, env: Mapping[str, str] | None = None) -> int:
    """Run a Compose command that a person watches; returns its exit code."""
    return process.show(invocation.argv(*arguments), cwd=invocation.root, env=env)


def ask(
    invocation: Invocation, *arguments: str, timeout: float | None = 120.0, check: bool = True
) -> process.Completed:
    """Run a Compose command whose output is captured."""
    return process.ask(invocation.argv(*arguments), cwd=invocation.root, timeout=timeout, check=check)
