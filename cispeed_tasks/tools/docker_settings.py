"""The docker command line's own settings: where they lie, and what config.json says."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def directory(env: Mapping[str, str] = os.environ) -> Path:
    """The directory of the settings; raises RuntimeError where this user has no home."""
    return Path(env.get("DOCKER_CONFIG") or Path.home() / ".docker")


def settings(env: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """What config.json says (docs.docker.com/reference/cli/docker/#configuration-files); nothing where it cannot be read."""
    try:
        found = json.loads((directory(env) / "config.json").read_bytes())
    except (OSError, ValueError, RuntimeError):
        return {}
    return found if isinstance(found, dict) else {}
