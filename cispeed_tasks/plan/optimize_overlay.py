"""The overlay for plain Compose that names the optimised Dockerfiles, and what is written where."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cispeed_tasks.plan.optimize import MARK, SUFFIX, Note, Optimized

OVERLAY_FILE = "docker-compose.optimized.yml"


@dataclass(frozen=True)
class ToWrite:
    """What --write writes: texts by path relative to the project's directory, and the services that get a new Dockerfile."""

    texts: Mapping[str, str]
    services: Mapping[str, str]
    """For each service what its build section's `dockerfile` becomes."""
    left: tuple[tuple[str, Note], ...] = ()
    """What stays as it is, by Dockerfile."""
    changes: tuple[tuple[str, Note], ...] = ()
    """What is changed, by Dockerfile."""


def to_write(optimized: Sequence[Optimized], dockerfiles: Mapping[str, str]) -> ToWrite:
    """Put together what is written of the services' mended Dockerfiles.

    Args:
        optimized: of each service.
        dockerfiles: for each service what its build section says, relative to its context.
    """
    texts: dict[str, str] = {}
    services: dict[str, str] = {}
    left = {(one.build.file, note): None for one in optimized for note in one.left}
    for file in dict.fromkeys(one.build.file for one in optimized):
        of_file = [one for one in optimized if one.build.file == file]
        if len({(one.text, one.ignore) for one in of_file}) > 1:
            names = ", ".join(one.build.service for one in of_file)
            left[file, Note(1, f"{names} build it from different contexts, each of which wants another text")] = None
        elif of_file[0].text is not None:
            texts[of_file[0].file] = of_file[0].text
            texts[f"{of_file[0].file}.dockerignore"] = of_file[0].ignore
            services |= {one.build.service: f"{dockerfiles[one.build.service]}{SUFFIX}" for one in of_file}
    changes = {(one.build.file, note): None for one in optimized if one.file in texts for note in one.changes}
    return ToWrite(texts, services, tuple(left), tuple(changes))


def overlay_model(services: Mapping[str, str]) -> dict[str, Any]:
    """The overlay's model: of each service nothing but its Dockerfile."""
    return {"services": {name: {"build": {"dockerfile": file}} for name, file in services.items()}}


def overlay_header(files: Sequence[str]) -> str:
    """What the overlay says at its top."""
    words = " ".join(f"-f {shlex.quote(name)}" for name in (*files, OVERLAY_FILE))
    return f"{MARK}. Use: docker compose {words} build\nTo undo: rm {OVERLAY_FILE}"


def undo(paths: Sequence[str]) -> str:
    """The command that takes away what was written."""
    return f"rm {shlex.join(paths)}"
