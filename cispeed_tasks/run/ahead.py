"""Begins what a task will want before the libraries are loaded that it needs to know for certain.

It only guesses: what does not fit in the end is asked again.
"""

from __future__ import annotations

import re
from pathlib import Path

from cispeed_tasks.tools import compose

DIRECTORY = re.compile(r"^directory:[ ]*([^#\s'\"]+)", re.MULTILINE)
SAYS_MORE = re.compile(r"^(compose|profiles):", re.MULTILINE)


def resolve_compose(start: Path, name: str) -> None:
    """Have Compose resolve the project around `start`, whose config is called `name`, unless the config says which files."""
    root = _nearest(start, (name,)) or _nearest(start, compose.FILE_NAMES)
    if root is None:
        return
    text = _text(root / name)
    if directory := DIRECTORY.search(text):
        root = root / directory[1]
        text = _text(root / name)
    files = compose.default_files(root)
    if files and not SAYS_MORE.search(text):
        compose.resolve_ahead(compose.Invocation(root, tuple(files)))


def _nearest(start: Path, names: tuple[str, ...]) -> Path | None:
    folders = (start, *start.parents)
    return next((folder for folder in folders if any((folder / name).is_file() for name in names)), None)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
