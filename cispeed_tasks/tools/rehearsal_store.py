"""Directories that stand in for GitHub's caches, kept from one rehearsal to the next, and artifacts, of one rehearsal."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.tools.workspace_files import Found, places

_MADE = "cache.json"
_FILES = "files"


@dataclass(frozen=True)
class Entry:
    """A cache under its key."""

    key: str
    path: Path


@dataclass(frozen=True)
class Caches:
    """The caches of a repository, each of a key and the paths that it is of."""

    path: Path

    def find(self, paths: Sequence[str], key: str, beginnings: Sequence[str]) -> Entry | None:
        """Return the cache of a key or, where there is none, the newest one whose key begins as one of some, in order."""
        there = list(self._entries(_version(paths)))
        exact = [entry for entry in there if entry.key == key]
        return next(
            (entry for begin in (key, *beginnings) for entry in exact or there if entry.key.startswith(begin)), None
        )

    def restore(self, entry: Entry, workspace: Path) -> None:
        """Put a cache's files back into a workspace."""
        shutil.copytree(entry.path / _FILES, workspace, symlinks=True, dirs_exist_ok=True)

    def save(self, paths: Sequence[str], key: str, workspace: Path) -> list[str]:
        """Keep what lies at some paths, whole or not at all; return those outside of the workspace, which are left alone.

        Raises:
            OSError: a file cannot be read or written.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        target = self.path / hashlib.sha256(f"{_version(paths)} {key}".encode()).hexdigest()[:32]
        if target.exists():
            return []
        outside: list[str] = []
        with tempfile.TemporaryDirectory(dir=self.path, prefix=".new-") as temporary:
            new = Path(temporary) / "entry"
            (new / _FILES).mkdir(parents=True)
            for place in [place for pattern in paths for place in places(workspace, pattern)]:
                if not place.is_relative_to(workspace):
                    outside.append(str(place))
                elif place.exists():
                    _copy(place, new / _FILES / place.relative_to(workspace))
            (new / _MADE).write_text(json.dumps({"key": key, "version": _version(paths)}))
            new.rename(target)
        return outside

    def _entries(self, version: str) -> Iterator[Entry]:
        made = [path for path in self.path.glob(f"*/{_MADE}") if not path.parent.name.startswith(".")]
        for path in sorted(made, key=lambda each: each.stat().st_mtime_ns, reverse=True):
            data = json.loads(path.read_text())
            if data["version"] == version:
                yield Entry(data["key"], path.parent)


@dataclass(frozen=True)
class Artifacts:
    """The artifacts of a rehearsal, by name."""

    path: Path

    def upload(self, name: str, found: Found, *, overwrite: bool) -> None:
        """Keep files under a name; raises WorkFailed where there is such an artifact."""
        target = self._of(name)
        if target.exists() and not overwrite:
            raise WorkFailed(f"there is an artifact {name!r} already; give it another name, or `overwrite: true`")
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for path in found.files:
            _copy(path, target / os.path.relpath(path, found.root))

    def names(self, pattern: str = "*") -> list[str]:
        """Return the names of those artifacts that a pattern fits."""
        there = sorted(path.name for path in self.path.iterdir()) if self.path.is_dir() else []
        return [name for name in there if fnmatch.fnmatchcase(name, pattern)]

    def download(self, name: str, directory: Path) -> None:
        """Put an artifact's files into a directory; raises WorkFailed where there is none of that name."""
        if not self._of(name).is_dir():
            raise WorkFailed(f"there is no artifact {name!r}; there are {', '.join(self.names()) or 'none'}")
        shutil.copytree(self._of(name), directory, dirs_exist_ok=True)

    def _of(self, name: str) -> Path:
        if not name or set(name) & set('"/\\:<>|*?\r\n'):
            raise WorkFailed(f'{name!r} cannot be the name of an artifact: it must not hold any of " / \\ : < > | * ?')
        return self.path / name


def _version(paths: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(paths).encode()).hexdigest()[:16]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir() and not source.is_symlink():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    else:
        shutil.copy2(source, target, follow_symlinks=False)
