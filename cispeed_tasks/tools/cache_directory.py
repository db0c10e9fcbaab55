"""Build caches in directories (BuildKit's `type=local`): whether one can be read, and a new one in its place.

BuildKit adds to such a directory and never takes anything away, so that each build writes a new one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

INDEX = "index.json"


def fault(directory: Path) -> str | None:
    """Why a cache cannot be read; None for a whole one. What is in the blobs is looked at by BuildKit itself."""
    try:
        for descriptor in _descriptors(directory, json.loads((directory / INDEX).read_bytes())):
            blob = _blob(directory, descriptor)
            if blob.stat().st_size != descriptor["size"]:
                return f"{blob.name[:12]} is cut off"
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        name = Path(str(getattr(error, "filename", None) or INDEX)).name[:12]
        return f"{name} is missing" if isinstance(error, FileNotFoundError) else f"{name} cannot be read"
    return None


def _descriptors(directory: Path, document: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  # a JSON value
    """What a manifest or an index names, and what that names in turn."""
    for descriptor in document["manifests"] if "manifests" in document else document["layers"]:
        yield descriptor
        if descriptor["mediaType"].endswith((".index.v1+json", ".manifest.v1+json", ".list.v2+json")):
            yield from _descriptors(directory, json.loads(_blob(directory, descriptor).read_bytes()))


def _blob(directory: Path, descriptor: dict[str, Any]) -> Path:
    algorithm, _, digest = str(descriptor["digest"]).partition(":")
    return directory / "blobs" / algorithm / digest


def put_in_place(new: Path, directory: Path) -> bool:
    """Put a new cache where the old one was, if it was written whole; whether it was."""
    if fault(new) is not None:
        _remove(new)
        return False
    old = directory.with_name(f"{directory.name}.old")
    _remove(old)
    if directory.exists():
        directory.rename(old)
    new.rename(directory)
    _remove(old)
    return True


def discard(new: Path) -> None:
    """Take away what a build that did not end well has left."""
    _remove(new)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
