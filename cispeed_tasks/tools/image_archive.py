"""Archives of images as `docker save` writes them."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.tools import process

SAVE_SECONDS = 900.0
TOO_OLD = ("unknown flag: --platform", '"--platform" requires API version')


def save(names: Sequence[str], archive: Path, platform: str | None) -> None:
    """Write images of the engine into an archive, for one platform where the engine can do that; raises WorkFailed."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    argv = ["docker", "save", *(["--platform", platform] if platform else []), "--output", str(archive), *names]
    done = process.ask(argv, timeout=SAVE_SECONDS, check=False)
    if platform and any(sign in done.stderr for sign in TOO_OLD):
        save(names, archive, None)
    elif done.exit_code:
        raise WorkFailed(process.failure(done))


def read(archive: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The index of an archive, and the manifests and indexes that it leads to by their digests; raises WorkFailed."""
    with tarfile.open(archive) as tar:
        index = _data(tar, "index.json")
        if index is None:
            raise WorkFailed(f"{archive} has no index.json: Engine 25 or newer is needed to load images into a cluster")
        digests = [str(one["digest"]) for one in index.get("manifests") or ()]
        inner = {digest: _data(tar, f"blobs/{digest.replace(':', '/')}") for digest in digests}
    return index, {digest: data for digest, data in inner.items() if data is not None}


def load(archive: Path) -> None:
    """Give the engine the images of an archive; raises WorkFailed."""
    process.ask(["docker", "load", "--quiet", "--input", str(archive)], timeout=SAVE_SECONDS)


def _data(tar: tarfile.TarFile, name: str) -> dict[str, Any] | None:
    try:
        member = tar.extractfile(name)
    except KeyError:
        return None
    return dict(json.loads(member.read())) if member else None
