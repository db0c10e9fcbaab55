"""Directories that are gone when the work in them is done."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cispeed_tasks.tools import terminal


@contextmanager
def directory(prefix: str, *, keep: bool = False) -> Iterator[Path]:
    """Give an empty directory, removed when the block is left unless it is to be kept.

    What cannot be removed, such as files that a container wrote as another user, is said and left.
    """
    path = Path(tempfile.mkdtemp(prefix=prefix)).resolve()
    try:
        yield path
    finally:
        if not keep:
            remove(path)
            if path.exists():
                terminal.aside(f"{path} could not be removed whole: some files in it belong to another user")


def remove(path: Path) -> None:
    """Remove a directory, as far as that can be done."""
    shutil.rmtree(path, ignore_errors=True)
