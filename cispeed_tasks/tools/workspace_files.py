"""The files that patterns of a workflow name, as actions/toolkit's glob finds them: with `**`, `~` and `!`."""

from __future__ import annotations

import glob
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_WILD = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Found:
    """What patterns name."""

    root: Path
    """What the paths in an artifact are relative to: the deepest directory that all patterns lie in."""
    files: tuple[Path, ...]


def split_patterns(written: str) -> list[str]:
    """Return the patterns of a text, a line each."""
    return [line.strip() for line in written.splitlines() if line.strip() and not line.strip().startswith("#")]


def find(workspace: Path, patterns: Sequence[str], *, hidden: bool = True) -> Found:
    """Return the files that patterns name, in directories all that is below them.

    Args:
        workspace: what relative patterns start from.
        patterns: those with `!` before them take files away again.
        hidden: also files and directories whose names begin with a point, below where a pattern's wildcards begin.
    """
    files: dict[Path, None] = {}
    roots: list[Path] = []
    for pattern in patterns:
        whole = absolute(workspace, pattern.removeprefix("!").strip())
        start = _start(whole)
        named = [path for path in _named(whole) if hidden or not _is_hidden(path, start)]
        if pattern.startswith("!"):
            files = {path: None for path in files if path not in set(named)}
        else:
            roots.append(start)
            files |= dict.fromkeys(named)
    return Found(_common(roots, files), tuple(files))


def absolute(workspace: Path, pattern: str) -> str:
    """Return a pattern as an absolute path, which need not exist."""
    expanded = os.path.expanduser(pattern)  # noqa: PTH111  # a pattern, whose wildcards a Path would not keep as they are
    return os.path.normpath(workspace / expanded)


def places(workspace: Path, pattern: str) -> list[Path]:
    """Return the files and directories that a pattern names as they are; a plain path also where nothing is there."""
    whole = absolute(workspace, pattern)
    return [Path(name) for name in sorted(_globbed(whole))] if _WILD.search(whole) else [Path(whole)]


def hash_files(workspace: Path, patterns: Iterable[str]) -> str:
    """Return the hash that hashFiles() gives: SHA-256 over the files' SHA-256, or nothing where there is no file."""
    inside = [path for path in sorted(find(workspace, list(patterns)).files) if path.is_relative_to(workspace)]
    whole = hashlib.sha256()
    for path in inside:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest() if inside else ""


def _named(pattern: str) -> Iterator[Path]:
    for name in sorted(_globbed(pattern)):
        yield from _below(Path(name))


def _globbed(pattern: str) -> list[str]:
    found = glob.glob(pattern, recursive=True, include_hidden=True)  # noqa: PTH207  # Path.glob leaves `**` to directories
    # `gone/**` finds `gone/`, though it is not there.
    return [name for name in found if os.path.lexists(name)]


def _below(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for directory, _, names in os.walk(path):
        for name in sorted(names):
            yield Path(directory) / name


def _start(pattern: str) -> Path:
    """Return where a search begins: the part of a pattern before its first wildcard."""
    kept: list[str] = []
    for part in Path(pattern).parts:
        if _WILD.search(part):
            break
        kept.append(part)
    return Path(*kept)


def _is_hidden(path: Path, start: Path) -> bool:
    below = path.relative_to(start).parts if path.is_relative_to(start) else ()
    return any(part.startswith(".") for part in (start.name, *below))


def _common(starts: Sequence[Path], files: Iterable[Path]) -> Path:
    if len(starts) == 1 and starts[0] in set(files):
        return starts[0].parent
    return Path(os.path.commonpath(starts)) if starts else Path("/")
