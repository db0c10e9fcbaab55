"""Which commands of a RUN make something of the source, so that a container that only mounts the source lacks it."""

from __future__ import annotations

import re

from cispeed_tasks.plan.dockerfile import Instruction, json_words
from cispeed_tasks.plan.hollow_dockerfile import ARRANGING, is_independent

INSTALLS = re.compile(
    r"\b(pip3?|python3? -m pip|uv|poetry|pipenv|pdm) (install|sync|pip|venv|export|config|cache|lock|self|add|download|wheel)\b"
    r"|\b(npm|pnpm|bun|yarn) (ci|i|install|fetch|prune|cache|config|set|rebuild|dedupe|add)\b|\byarn(\s+--\S+)*\s*$"
    r"|\b(bundle|composer) install\b|\bcorepack\b|\bpython3? -m (venv|compileall)\b"
)
WITHOUT_EFFECT = {"set", "cd", "true", ":", "echo", "test", "[", "ls", "export", *ARRANGING}
"""Arranging files needs no build: of the mounted source they are as the checkout has them."""
SPLIT = re.compile(r"\s*(?:&&|;|\n)\s*")


def works_on_source(instruction: Instruction, workdir: str) -> tuple[str, ...]:
    """The commands of a RUN that may make something of the source; installing packages is none."""
    words = json_words(instruction.rest)
    text = " ".join(words) if words else instruction.rest
    if instruction.heredocs:
        text = "\n".join(instruction.heredocs)
    commands = [re.sub(r"\s+", " ", re.sub(r"\\\s", " ", command)).strip() for command in SPLIT.split(text)]
    return tuple(command for command in commands if command and not _is_harmless(command, workdir))


def _is_harmless(command: str, workdir: str) -> bool:
    if INSTALLS.search(command) or is_independent(command, workdir):
        return True
    return command.startswith("#") or (command.split(maxsplit=1)[0] in WITHOUT_EFFECT and ">" not in command)
