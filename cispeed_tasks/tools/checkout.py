"""The files of the checkout: reading what plans need, writing what they made into .cispeed/."""

from __future__ import annotations

import fnmatch
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

from cispeed_tasks.model import Folder

STATE = ".cispeed"
PROJECT_TABLE = re.compile(r"^\[(project|tool\.poetry|tool\.uv)\b", re.MULTILINE)
ENVIRONMENT = "pyvenv.cfg"
"""The file by which Python knows a virtual environment."""
SKIPPED = ("node_modules", "venv", "site-packages", "dist", "build")


def folder(path: Path) -> Folder:
    """The names of the files in a directory and in its requirements/, and the scripts of its package.json."""
    try:
        entries = list(os.scandir(path))
    except PermissionError:  # a database's directory, say; nothing of it is a package manager's
        return Folder()
    files = [entry.name for entry in entries if entry.is_file()]
    directories = sorted(entry.name for entry in entries if entry.is_dir())
    if "pyproject.toml" in files and not PROJECT_TABLE.search(text(path / "pyproject.toml") or ""):
        files.remove("pyproject.toml")  # it only configures tools
    if "requirements" in directories:
        files += [f"requirements/{entry.name}" for entry in os.scandir(f"{path}/requirements") if entry.is_file()]
    environments = [name for name in directories if os.path.lexists(f"{path}/{name}/{ENVIRONMENT}")]
    scripts = _scripts(path / "package.json") if "package.json" in files else ()
    return Folder(tuple(sorted(files)), scripts, tuple(directories), tuple(environments))


def folders_with(root: Path, pattern: str, *, depth: int) -> list[Path]:
    """The directories up to `depth` levels below `root` that hold a file of that pattern; hidden and installed ones not."""
    return [Path(path) for path in _folders_with(str(root), re.compile(fnmatch.translate(pattern)), depth)]


def _folders_with(root: str, pattern: re.Pattern[str], depth: int) -> list[str]:
    if not depth:
        return [root] if any(map(pattern.match, _names(root))) else []
    try:
        with os.scandir(root) as found:
            entries = list(found)
    except PermissionError:
        return []
    here = [root] if any(pattern.match(entry.name) for entry in entries) else []
    inside = [
        entry.path
        for entry in entries
        if entry.name[0] != "." and entry.name not in SKIPPED and entry.is_dir(follow_symlinks=False)
    ]
    return here + [path for place in sorted(inside) for path in _folders_with(place, pattern, depth - 1)]


def _names(directory: str) -> list[str]:
    try:
        return os.listdir(directory)  # noqa: PTH208  # there may be thousands
    except PermissionError:
        return []


def _entries(directory: Path) -> list[Path]:
    try:
        return sorted(directory.iterdir())
    except PermissionError:
        return []


def is_filled(path: Path) -> bool:
    """Whether a path is a file, or a directory with anything in it that may be seen."""
    return path.is_file() or (path.is_dir() and bool(_entries(path)))


def text(path: Path) -> str | None:
    """The text of a file, or None where there is none."""
    return path.read_text(encoding="utf-8", errors="surrogateescape") if path.is_file() else None


def texts(paths: Iterable[str]) -> dict[str, str]:
    """The texts of those files that exist, by absolute path."""
    return {path: found for path in paths if (found := text(Path(path))) is not None}


def write_state(root: Path, name: str, content: str) -> Path:
    """Write a generated file under .cispeed/, whole or not at all; the same content leaves the file untouched."""
    path = state_directory(root) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
    return path


def state_directory(root: Path) -> Path:
    """The directory .cispeed/, which is made where it is missing, and which git ignores."""
    directory = root / STATE
    directory.mkdir(parents=True, exist_ok=True)
    ignore = directory / ".gitignore"
    if not ignore.exists():
        ignore.write_text("# Made by cispeed: everything in here is generated.\n*\n")
    return directory


def write_whole(path: Path, content: str) -> bool:
    """Write a file, whole or not at all; returns False where the same content leaves it untouched."""
    if text(path) == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(content, encoding="utf-8", errors="surrogateescape")
    temporary.replace(path)
    return True


def write_json(root: Path, name: str, data: object) -> Path:
    """Write generated data under .cispeed/ as JSON that a person can read."""
    return write_state(root, name, json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def make_mount_point(path: Path) -> None:
    """Make a directory that will be mounted over, owned as its parent is, so that the engine makes no root's one."""
    if not path.exists():
        path.mkdir(parents=True)
        owner = path.parent.stat()
        if owner.st_uid != path.stat().st_uid and os.geteuid() == 0:
            os.chown(path, owner.st_uid, owner.st_gid)


def _scripts(path: Path) -> tuple[str, ...]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    scripts = data.get("scripts") if isinstance(data, dict) else None
    return tuple(sorted(scripts)) if isinstance(scripts, dict) else ()
