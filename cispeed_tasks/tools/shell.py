"""Lines of shell that a user wrote, and how they are run: as a GitHub workflow runs them."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def words(script: str) -> list[str]:
    """The argument list that runs a script as a workflow's step is run: by bash, ended by its first failure."""
    return ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]


def environment() -> dict[str, str]:
    """Variables by which a script finds the programs that are installed beside this one, `inv` among them."""
    own = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    return {} if own in path.split(os.pathsep) else {"PATH": os.pathsep.join([own, path])}
