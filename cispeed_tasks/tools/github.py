"""The files by which a GitHub workflow and its steps talk: the event, and a step's outputs."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from pathlib import Path

from cispeed_tasks.errors import UsageError


def event_payload() -> object:
    """Return the data of the event that started the workflow, or None where there is none that can be read."""
    try:
        return json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_bytes())
    except (KeyError, OSError, ValueError):
        return None


def require_outputs() -> Path:
    """Return the file that a step's outputs go to; raises UsageError outside of a workflow."""
    name = os.environ.get("GITHUB_OUTPUT")
    if not name:
        raise UsageError("--github-output: the variable GITHUB_OUTPUT is not set; it is in a step of a GitHub workflow")
    return Path(name)


def write_outputs(path: Path, outputs: Mapping[str, str]) -> None:
    """Append outputs, each between delimiters that no value can hold (docs.github.com, 'Multiline strings')."""
    delimiter = f"cispeed_{uuid.uuid4()}"
    text = "".join(f"{name}<<{delimiter}\n{value}\n{delimiter}\n" for name, value in outputs.items())
    try:
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"--github-output: {path} cannot be written: {error.strerror}") from error
