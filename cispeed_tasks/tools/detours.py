"""The symbolic links of a checkout, and the repositories inside of it."""

from __future__ import annotations

import os
from pathlib import Path

GIT = ".git"
UNSEEN = frozenset({GIT, ".cispeed"})
"""Directories that no image takes anything of: git's own, and what the tasks write."""


def find_detours(directory: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return what the links in a directory say, by path, and the paths of the repositories in it.

    Paths are relative to the directory and have slashes. What may not be looked into has none; no link is followed.
    """
    links: dict[str, str] = {}
    repositories: list[str] = []
    todo = [""]
    while todo:
        place = todo.pop()
        for entry in _entries(f"{directory}/{place}"):
            if entry.is_symlink():
                # A Path would tidy up what the link says.
                links[place + entry.name] = os.readlink(entry.path)  # noqa: PTH115
            elif entry.name == GIT and place:
                repositories.append(place.rstrip("/"))
            elif entry.is_dir(follow_symlinks=False) and entry.name not in UNSEEN:
                todo.append(f"{place}{entry.name}/")
    return links, tuple(repositories)


def _entries(directory: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return list(entries)
    except OSError:
        return []
