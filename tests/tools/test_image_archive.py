"""Reading archives of images."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.tools.image_archive import read

DIGEST = f"sha256:{'a' * 64}"
ABSENT = f"sha256:{'b' * 64}"


def archive(path: Path, files: dict[str, object]) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, data in files.items():
            text = json.dumps(data).encode()
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text))
    return path


def test_the_index_and_what_it_leads_to(tmp_path: Path) -> None:
    index = {"manifests": [{"digest": DIGEST}, {"digest": ABSENT}]}
    manifest = {"config": {"digest": ABSENT}}
    path = archive(tmp_path / "a.tar", {"index.json": index, f"blobs/sha256/{'a' * 64}": manifest, "manifest.json": []})
    assert read(path) == (index, {DIGEST: manifest})


def test_an_archive_of_an_old_engine_has_no_index(tmp_path: Path) -> None:
    with pytest.raises(WorkFailed, match=r"a\.tar has no index\.json: Engine 25 or newer is needed"):
        read(archive(tmp_path / "a.tar", {"manifest.json": []}))
