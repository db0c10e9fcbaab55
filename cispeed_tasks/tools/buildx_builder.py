"""Builders of buildx: what there is of one, creating and starting one, and choosing it for all that follows."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.tools import docker_settings, process

VARIABLE = "BUILDX_BUILDER"
INSPECT_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    """What buildx says of a builder: its name, driver, the first node's endpoint, whether every node runs, platforms."""

    name: str
    driver: str
    endpoint: str
    is_running: bool
    platforms: tuple[str, ...]
    status: str = ""
    """The first node's, in buildx's own word."""


_asked: dict[str | None, process.Question] = {}


def describe_ahead(name: str | None, cwd: Path) -> None:
    """Ask for a builder that will be wanted, while this program still gets ready; a fault shows when it is wanted."""
    with suppress(OSError):
        _asked[name] = process.Question(_inspecting(name), cwd)


def described(name: str | None) -> str:
    """What buildx prints of a builder by its name, or of the one in use; empty where it does not know it."""
    asked = _asked.pop(name, None)
    argv = _inspecting(name)
    done = asked.answer(INSPECT_SECONDS) if asked else process.ask(argv, check=False, timeout=INSPECT_SECONDS)
    return "" if done.exit_code else done.stdout


def _inspecting(name: str | None) -> list[str]:
    return ["docker", "buildx", "inspect", *([name] if name else [])]


def inspect(name: str | None) -> Answer | None:
    """Ask for a builder by its name, or for the one in use; None where buildx does not know it."""
    text = described(name)
    if not text:
        return None
    rows = [(key.strip(), value.strip()) for key, _, value in (line.partition(":") for line in text.splitlines())]

    def all_of(key: str) -> list[str]:
        return [value for word, value in rows if word == key]

    platforms = [one.strip().rstrip("*") for value in all_of("Platforms") for one in value.split(",")]
    states = all_of("Status")
    return Answer(
        all_of("Name")[0],
        all_of("Driver")[0],
        next(iter(all_of("Endpoint")), ""),
        bool(states) and all(state == "running" for state in states),
        tuple(one for one in platforms if one),
        next(iter(states), ""),
    )


def create(argv: Sequence[str], cwd: Path) -> int:
    """Run the command that creates a builder; returns its exit code."""
    return process.show(argv, cwd=cwd)


def boot(name: str) -> int:
    """Start a builder and wait until it answers, which is seen; returns the exit code."""
    return process.watch(["docker", "buildx", "inspect", "--bootstrap", name])


def use(name: str) -> None:
    """Let everything that this process still builds be built on a builder."""
    os.environ[VARIABLE] = name


def is_own_in_use() -> bool:
    """Whether it is certain, without asking buildx, that the engine's own builder is the one in use: nobody chose another.

    The files are buildx's (docker/buildx `store/store.go`): `current` holds the name that `buildx use` was given, and
    `defaults/` those of its `--default`.
    """
    if chosen():
        return False
    home = Path(os.environ.get("BUILDX_CONFIG") or docker_settings.directory() / "buildx")
    try:
        if any((home / "defaults").iterdir()):
            return False
    except FileNotFoundError:
        pass
    except OSError:
        return False
    try:
        return bool(json.loads((home / "current").read_text(encoding="utf-8"))["Name"] == "")
    except FileNotFoundError:
        return True
    except (OSError, ValueError, LookupError, TypeError):
        return False


def own() -> str:
    """The engine's own builder, which is called as the Docker context is."""
    done = process.ask(["docker", "context", "show"], check=False, timeout=60)
    return done.stdout.strip() or "default"


def chosen() -> str | None:
    """The builder that the environment names."""
    return os.environ.get(VARIABLE) or None


def retag(reference: str, digest: str, tag: str) -> int:
    """Give an image in a registry, by its digest, another tag there; returns the exit code."""
    repository = reference.rsplit(":", 1)[0]
    argv = [
        "docker",
        "buildx",
        "imagetools",
        "create",
        "--prefer-index=false",
        "--tag",
        f"{repository}:{tag}",
        f"{repository}@{digest}",
    ]
    return process.ask(argv, check=False, timeout=120).exit_code
