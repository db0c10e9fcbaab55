"""The SHA-256 of files, remembered under .cispeed/ by what the file system says of them, as Git's index does."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.model import ContextFile
from cispeed_tasks.tools import checkout

FILE = "file-digests.json"
SCHEMA = "cispeed file digests 1"
READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""The file itself: a link or a pipe that took its place meanwhile is neither followed nor waited for."""
SETTLED_NANOSECONDS = 2_000_000_000
"""A file that changed so shortly before it was read may change again within one tick of the clock (Git: 'racy')."""


class FileDigests:
    """Digests of the files of one project; `save` keeps them for the next task.

    What is remembered holds as long as size, time of change of content and of entry, and inode are the same.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._new: dict[str, str] = {}
        self._kept = 0

    @cached_property
    def _known(self) -> dict[str, str]:
        return _load(self._root)

    def of(self, directory: str) -> Callable[[ContextFile], str]:
        """A function that gives the SHA-256 of files of a context; it raises WorkFailed for one that cannot be read."""
        known, new, start = self._known, self._new, f"{directory}/"

        def find(file: ContextFile) -> str:
            path = start + file.path
            stamp = f"{file.size} {file.stamp} "
            remembered = new.get(path) or known.get(path)
            if remembered is not None and remembered.startswith(stamp):
                new[path] = remembered
                return remembered[len(stamp) :]
            return self._read(path, stamp, file)

        return find

    def _read(self, path: str, stamp: str, file: ContextFile) -> str:
        now = time.time_ns()
        found = _digest(path)
        if max(file.stamp[:2]) < now - SETTLED_NANOSECONDS:
            self._new[path] = stamp + found
            self._kept += 1
        return found

    def save(self) -> None:
        """Remember the digests that were asked for; those of files that are gone are forgotten."""
        if not self._kept:
            return
        gone = {path for path in self._known.keys() - self._new.keys() if not os.path.lexists(path)}
        self._known = {path: text for path, text in self._known.items() if path not in gone} | self._new
        text = json.dumps({"schema": SCHEMA, "files": self._known}, separators=(",", ":"))
        checkout.write_state(self._root, FILE, text)
        self._kept = 0


def _load(root: Path) -> dict[str, str]:
    try:
        data = json.loads((root / checkout.STATE / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    files = data.get("files") if isinstance(data, dict) and data.get("schema") == SCHEMA else None
    return files if isinstance(files, dict) else {}


def _digest(path: str) -> str:
    try:
        with os.fdopen(os.open(path, READ), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WorkFailed(
            f"{path}: cannot be read as part of a build context: {error.strerror}; make it readable, or name it in .dockerignore"
        ) from error
