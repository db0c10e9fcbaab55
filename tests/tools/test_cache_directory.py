"""Cache directories: a whole one is told from a damaged one, and a new one takes the old one's place."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from cispeed_tasks.tools.cache_directory import discard, fault, put_in_place

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def descriptor(directory: Path, content: bytes, kind: str) -> dict[str, str | int]:
    digest = hashlib.sha256(content).hexdigest()
    (directory / "blobs/sha256").mkdir(parents=True, exist_ok=True)
    (directory / "blobs/sha256" / digest).write_bytes(content)
    return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(content)}


def cache(directory: Path, layer: bytes = b"layer") -> Path:
    """A cache as BuildKit writes it: an index that names a manifest, which names a layer."""
    manifest = {"layers": [descriptor(directory, layer, LAYER)]}
    named = descriptor(directory, json.dumps(manifest).encode(), MANIFEST)
    (directory / "index.json").write_text(json.dumps({"manifests": [named]}))
    return directory


def layer_of(directory: Path) -> Path:
    return directory / "blobs/sha256" / hashlib.sha256(b"layer").hexdigest()


def test_a_whole_cache_has_no_fault(tmp_path: Path) -> None:
    assert fault(cache(tmp_path / "app")) is None


@pytest.mark.parametrize("index", ["", "{", "[]", "{}", "7", '{"manifests": 3}', '{"manifests": [{}]}', "\udcff"])
def test_an_index_that_says_nothing_is_a_fault(tmp_path: Path, index: str) -> None:
    directory = cache(tmp_path / "app")
    (directory / "index.json").write_text(index, errors="surrogateescape")
    assert fault(directory) == "index.json cannot be read"


def test_a_layer_that_is_gone_or_cut_off_is_a_fault(tmp_path: Path) -> None:
    directory = cache(tmp_path / "app")
    layer = layer_of(directory)
    layer.write_bytes(b"lay")
    assert fault(directory) == f"{layer.name[:12]} is cut off"
    layer.unlink()
    assert fault(directory) == f"{layer.name[:12]} is missing"
    assert fault(tmp_path / "nowhere") == "index.json is missing"


def test_a_new_cache_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    old, new = cache(tmp_path / "app", b"old"), cache(tmp_path / "app.new")
    assert put_in_place(new, old)
    assert layer_of(old).read_bytes() == b"layer"
    assert [path.name for path in tmp_path.iterdir()] == ["app"]


def test_a_new_cache_that_is_not_whole_leaves_the_old_one(tmp_path: Path) -> None:
    old, new = cache(tmp_path / "app"), tmp_path / "app.new"
    new.mkdir()
    assert not put_in_place(new, old)
    discard(tmp_path / "app.new")
    assert fault(old) is None
    assert [path.name for path in tmp_path.iterdir()] == ["app"]
