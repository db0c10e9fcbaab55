"""A fresh virtual environment of the Python that runs this, and programs that are not this process's own."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from cispeed_tasks.tools import process

_SECONDS = 300.0
_WHOLE = ".whole"
_PROGRAMS = "Scripts" if os.name == "nt" else "bin"


def make(directory: Path) -> Path:
    """Make a virtual environment with pip; return the directory of its programs.

    Raises:
        WorkFailed: Python's venv module is not whole.
        ToolError: it took too long.
    """
    process.ask([sys.executable, "-m", "venv", str(directory)], timeout=_SECONDS)
    return directory / _PROGRAMS


def make_like(template: Path, directory: Path) -> Path:
    """Make a virtual environment as a copy of another, which is made if it is not whole: a tenth of the time.

    Raises:
        WorkFailed: Python's venv module is not whole.
        ToolError: it took too long.
    """
    if not (template / _WHOLE).exists():
        shutil.rmtree(template, ignore_errors=True)
        make(template)
        (template / _WHOLE).touch()
    shutil.copytree(template, directory, symlinks=True)
    programs = directory / _PROGRAMS
    # The programs, the scripts that activate it, and its settings say where it is.
    for path in [*programs.iterdir(), directory / "pyvenv.cfg"]:
        data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        if os.fsencode(template) in data and b"\0" not in data:
            path.write_bytes(data.replace(os.fsencode(template), os.fsencode(directory)))
    return programs


def identity() -> str:
    """Return a word that is another one for each Python on this machine."""
    digest = hashlib.sha256(f"{sys.base_prefix} {sys.version}".encode()).hexdigest()[:8]
    return f"{version()}-{digest}"


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
