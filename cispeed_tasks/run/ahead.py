"""Begins what a task will want before the libraries are loaded that it needs to know for certain.

It only guesses: what does not fit in the end is asked again.
"""

from __future__ import annotations

import re
from pathlib import Path

from cispeed_tasks.tools import buildx_builder, compose

DIRECTORY = re.compile(r"^directory:[ ]*([^#\s'\"]+)", re.MULTILINE)
SAYS_MORE = re.compile(r"^(compose|compose-directory|profiles):", re.MULTILINE)


def resolve_compose(start: Path, name: str) -> None:
    """Have Compose resolve the project around `start`, whose config is called `name`, unless the config says which files."""
    invocation = _invocation(start, name)
    if invocation is not None:
        compose.resolve_ahead(invocation)


def expect_build(start: Path, name: str) -> None:
    """Ask what a build wants besides, since something changed: the model with its variables, and the builder."""
    invocation = _invocation(start, name)
    if invocation is not None:
        compose.resolve_ahead(invocation, interpolate=False)
        if not buildx_builder.is_own_in_use():
            buildx_builder.describe_ahead(buildx_builder.chosen(), start)


def _invocation(start: Path, name: str) -> compose.Invocation | None:
    root = project_root(start, name)
    files = compose.default_files(root) if root else ()
    if root is None or not files or SAYS_MORE.search(_text(root / name)):
        return None
    return compose.Invocation(root, tuple(files))


def project_root(start: Path, name: str) -> Path | None:
    """The directory of the project around `start`, as far as that can be told without reading the config as YAML."""
    root = nearest(start, (name,)) or nearest(start, compose.FILE_NAMES)
    directory = DIRECTORY.search(_text(root / name)) if root else None
    return (root / directory[1]).resolve() if root and directory else root


def nearest(start: Path, names: tuple[str, ...]) -> Path | None:
    """The nearest directory upwards that has a file of one of these names."""
    folders = (start, *start.parents)
    return next((folder for folder in folders if any((folder / name).is_file() for name in names)), None)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
