"""What a hollow container runs once its packages are installed: the process that its image or Compose file names."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.dockerfile import Instruction
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile
from cispeed_tasks.plan.services import ServiceShape, command_words, image_owner
from cispeed_tasks.plan.targets import Project


def hollow_process(project: Project, shape: ServiceShape, raw: Mapping[str, Any]) -> tuple[list[str], list[str] | None]:
    """The entry point that the start-up script hands over to, and the command where the overlay has to name it."""
    entrypoint = raw.get("entrypoint")
    if isinstance(entrypoint, str):
        entrypoint = shlex.split(entrypoint)
    if shape.service.entrypoint and not entrypoint:
        raise ConfigError(
            f"services.{shape.service.name}: its entrypoint cannot be read without filling in variables; "
            f"write services.{shape.service.name}.hollow-command"
        )
    image_entry, image_command = _image_process(project, shape)
    is_own = isinstance(entrypoint, list)  # then Compose ignores the image's command as well
    words = [str(word) for word in entrypoint] if isinstance(entrypoint, list) else image_entry
    if shape.config.hollow_command:
        return words, [word.replace("$", "$$") for word in command_words(shape.config.hollow_command)]
    command = None if shape.service.command or is_own else image_command
    if not words and not command and not shape.service.command:
        raise ConfigError(
            f"services.{shape.service.name}: nothing says what it runs in hollow mode; "
            f"write services.{shape.service.name}.hollow-command"
        )
    return words, command


def _image_process(project: Project, shape: ServiceShape) -> tuple[list[str], list[str] | None]:
    """ENTRYPOINT and CMD of the service's Dockerfile, which an overlay's entry point would clear."""
    owner = project.shapes[image_owner(project.stack, shape.service.name)]
    text = project.facts.texts.get(owner.dockerfile or "")
    if shape.config.command:
        return [], [*command_words(shape.config.command)]
    if text is None:
        return [], None
    dockerfile = read_dockerfile(text, owner.service.build.args if owner.service.build else {})
    entry, command = dockerfile.last("ENTRYPOINT", owner.stage), dockerfile.last("CMD", owner.stage)
    return _exec_form(entry) if entry else [], [w.replace("$", "$$") for w in _exec_form(command)] if command else None


def _exec_form(instruction: Instruction) -> list[str]:
    try:
        words = json.loads(instruction.rest)
    except ValueError:
        words = None
    return [str(word) for word in words] if isinstance(words, list) else ["/bin/sh", "-c", instruction.rest]
