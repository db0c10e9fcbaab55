"""Which directories a path lies in; paths are relative to one directory, `.`, and have slashes."""

from __future__ import annotations

from collections.abc import Container

ROOT = "."


def parent(path: str) -> str:
    """Return the directory that holds a path."""
    return path.rpartition("/")[0] or ROOT


def parents(path: str) -> tuple[str, ...]:
    """Return the directories that a path lies in, the nearest first and `.` last."""
    found = []
    while "/" in path:
        path = path.rpartition("/")[0]
        found.append(path)
    return (*found, ROOT)


def is_below(path: str, directory: str) -> bool:
    """Tell whether a path lies somewhere in a directory; one such as `../..` holds everything."""
    return directory == ROOT or not directory.strip("./") or path.startswith(f"{directory}/")


def nearest(path: str, directories: Container[str]) -> str | None:
    """Return the innermost of some directories that a path lies in."""
    return next((directory for directory in parents(path) if directory in directories), None)


def inside(path: str, directory: str) -> str:
    """Return a path that lies in a directory as it is called there."""
    return path if directory == ROOT else path.removeprefix(f"{directory}/")


def join(directory: str, name: str) -> str:
    """Return the path of a name in a directory."""
    return name if directory == ROOT else f"{directory}/{name}"
