"""A fresh virtual environment of the Python that runs this, and programs that are not this process's own."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path

from cispeed_tasks.tools import process

_SECONDS = 300.0


def make(directory: Path) -> Path:
    """Make a virtual environment with pip; return the directory of its programs.

    Raises:
        WorkFailed: Python's venv module is not whole.
        ToolError: it took too long.
    """
    process.ask([sys.executable, "-m", "venv", str(directory)], timeout=_SECONDS)
    return directory / ("Scripts" if os.name == "nt" else "bin")


def version() -> str:
    """Return the version of the Python that runs this."""
    return platform.python_version()


def without_own(variables: Mapping[str, str]) -> dict[str, str]:
    """Return variables whose PATH does not lead to the virtual environment that runs this: a job has to make its own."""
    if sys.prefix == sys.base_prefix:
        return dict(variables)
    own = Path(sys.prefix).resolve()
    kept = [part for part in variables.get("PATH", "").split(os.pathsep) if Path(part or ".").resolve().parent != own]
    return {**variables, "PATH": os.pathsep.join(kept)}


def system() -> str:
    """Return this machine's system as GitHub's runners call it."""
    return {"Darwin": "macOS"}.get(platform.system(), platform.system())


def architecture() -> str:
    """Return this machine's architecture as GitHub's runners call it."""
    machine = platform.machine().lower()
    return {"x86_64": "X64", "amd64": "X64", "aarch64": "ARM64", "arm64": "ARM64"}.get(machine, machine.upper())
