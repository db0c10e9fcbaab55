"""List the files of a checkout: those that git tracks or would track, or all where there is no git."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from cispeed_tasks.tools import git
from cispeed_tasks.tools.checkout import SKIPPED


def list_files(directory: Path) -> tuple[str, ...]:
    """Return the paths of the files that lie in a directory and are there, sorted, relative to it and with slashes.

    What git ignores is left out; what lies in submodules and in other repositories inside of this one is not.
    """
    return tuple(sorted(_of_git(directory) if git.is_checkout(directory) else _of_disk(directory)))


def _of_git(directory: Path) -> Iterator[str]:
    for name in dict.fromkeys((*git.tracked(directory), *git.untracked(directory))):
        path = directory / name
        if path.is_file():
            yield name
        elif (path / ".git").exists():
            yield from (f"{name.rstrip('/')}/{inner}" for inner in list_files(path))


def _of_disk(directory: Path) -> Iterator[str]:
    for place, folders, names in os.walk(directory):
        folders[:] = [name for name in folders if name not in SKIPPED and not name.startswith(".")]
        yield from ((Path(place) / name).relative_to(directory).as_posix() for name in names)
