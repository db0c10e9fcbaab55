"""The docker command line's own settings: where they lie, and what config.json says."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def directory(env: Mapping[str, str] = os.environ) -> Path:
    """The directory of the settings; below the working directory where this user has no home, as docker has it."""
    if given := env.get("DOCKER_CONFIG"):
        return Path(given)
    try:
        return Path.home() / ".docker"
    except RuntimeError:  # such as any user id in a container
        return Path(".docker")


def settings(env: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """What config.json says (docs.docker.com/reference/cli/docker/#configuration-files); nothing where it cannot be read."""
    try:
        found = json.loads((directory(env) / "config.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
