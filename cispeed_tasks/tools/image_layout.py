"""Images of the engine as OCI layouts, which buildx hands to a builder that cannot see the engine."""

from __future__ import annotations

import json
import shutil
import tarfile
import tempfile
from pathlib import Path

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.tools import process

INDEX = "index.json"


def write(reference: str, directory: Path) -> str:
    """Write an image into a directory, unless it is there already; returns the digest that it has there.

    Raises:
        WorkFailed: the engine could not give it, or not as an OCI layout.
    """
    if not (directory / INDEX).is_file():
        directory.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory.parent) as temporary:
            _save(reference, Path(temporary))
            (Path(temporary) / "image").rename(directory)
    try:
        return str(json.loads((directory / INDEX).read_bytes())["manifests"][0]["digest"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise WorkFailed(
            f"{reference} could not be handed to the builder: {directory / INDEX} is no OCI index"
        ) from error


def keep_only(directory: Path, names: set[str]) -> None:
    """Take away the layouts of images that are others now."""
    for path in directory.iterdir() if directory.is_dir() else ():
        if path.name not in names:
            shutil.rmtree(path, ignore_errors=True)


def _save(reference: str, temporary: Path) -> None:
    archive = temporary / "image.tar"
    process.ask(["docker", "image", "save", "--output", str(archive), reference], timeout=600)
    with tarfile.open(archive) as tar:
        tar.extractall(temporary / "image", filter="data")
    archive.unlink()
