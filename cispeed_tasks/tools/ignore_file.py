"""Ignore files of a user's: where they are, and writing one whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from cispeed_tasks.errors import UsageError

LONGEST_KEY = 100_000
"""Bytes; a longer file is no key."""


def existing(directories: Iterable[str]) -> list[str]:
    """The paths of all ignore files that lie in some directories, those beside Dockerfiles among them."""
    found = []
    for directory in sorted(set(directories)):
        names = sorted(os.listdir(directory)) if os.path.isdir(directory) else []  # noqa: PTH112, PTH208  # names are wanted
        found += [f"{directory}/{name}" for name in names if name.endswith(".dockerignore")]
    return found


def write(path: Path, text: str) -> None:
    """Write an ignore file with its line ends and its bytes that are not UTF-8 as they are in the text.

    Raises:
        UsageError: it is a link.
    """
    if path.is_symlink():
        raise UsageError(f"{path} is a link and is left as it is; put the block into the file that it leads to")
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(text.encode("utf-8", errors="surrogateescape"))
    if path.exists():
        shutil.copymode(path, temporary)
    temporary.replace(path)


def holds_private_key(path: Path) -> bool:
    """Whether a file is a private key in a form that says so; one that cannot be read is none."""
    try:
        return path.stat().st_size <= LONGEST_KEY and b"PRIVATE KEY-----" in path.read_bytes()
    except OSError:
        return False
