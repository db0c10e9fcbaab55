"""Directories that stand in for GitHub's caches and artifacts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.tools.rehearsal_store import Artifacts, Caches
from cispeed_tasks.tools.workspace_files import find

PATHS = ["pkg", "deep/*/x"]


def workspace(path: Path, **files: str) -> Path:
    for name, text in files.items():
        place = path / name.replace("__", "/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    path.mkdir(exist_ok=True)
    return path


def test_a_cache_comes_back_under_its_key(tmp_path: Path) -> None:
    caches, work = Caches(tmp_path / "cache"), workspace(tmp_path / "one", pkg__a="1", deep__b__x="2", other="3")
    assert caches.find(PATHS, "k-1", ["k-"]) is None
    assert caches.save(PATHS, "k-1", work) == []
    entry = caches.find(PATHS, "k-1", [])
    assert entry is not None
    fresh = workspace(tmp_path / "two")
    caches.restore(entry, fresh)
    assert sorted(path.relative_to(fresh).as_posix() for path in fresh.rglob("*") if path.is_file()) == [
        "deep/b/x",
        "pkg/a",
    ]


def test_keys_that_begin_so_are_taken_in_their_order_and_the_newest_first(tmp_path: Path) -> None:
    caches, work = Caches(tmp_path / "cache"), workspace(tmp_path / "one", pkg__a="1")
    for age, key in enumerate(["a-2", "b-1", "b-2", "b-3"]):
        caches.save(PATHS, key, work)
        entry = caches.find(PATHS, key, [])
        assert entry is not None
        os.utime(entry.path / "cache.json", (1000 - age, 1000 - age))
    found = [caches.find(PATHS, key, beginnings) for key, beginnings in [("b-9", ["b-"]), ("x", ["y", "a-", "b-"]), ("b-3", ["b-"]), ("x", [])]]  # fmt: skip
    assert [entry and entry.key for entry in found] == ["b-1", "a-2", "b-3", None]


def test_other_paths_are_another_cache_and_none_is_replaced(tmp_path: Path) -> None:
    caches, work = Caches(tmp_path / "cache"), workspace(tmp_path / "one", pkg__a="1")
    caches.save(PATHS, "k", work)
    assert caches.find(["pkg"], "k", []) is None
    (work / "pkg/a").write_text("2")
    caches.save(PATHS, "k", work)
    entry = caches.find(PATHS, "k", [])
    assert entry is not None
    assert (entry.path / "files/pkg/a").read_text() == "1"


def test_what_lies_outside_is_left_alone(tmp_path: Path) -> None:
    mine = workspace(tmp_path / "home", mine="1")
    caches, work = Caches(tmp_path / "cache"), workspace(tmp_path / "one", pkg__a="1")
    assert caches.save([str(mine), "pkg"], "k", work) == [str(mine)]
    entry = caches.find([str(mine), "pkg"], "k", [])
    assert entry is not None
    assert [path.name for path in (entry.path / "files").iterdir()] == ["pkg"]


def test_artifacts_go_from_job_to_job(tmp_path: Path) -> None:
    artifacts, work = Artifacts(tmp_path / "artifacts"), workspace(tmp_path / "one", out__a="1", out__b__c="2")
    assert artifacts.names() == []
    artifacts.upload("out-1", find(work, ["out"]), overwrite=False)
    artifacts.upload("other", find(work, ["out/a"]), overwrite=False)
    artifacts.download("out-1", tmp_path / "two")
    assert (tmp_path / "two/b/c").read_text() == "2"
    assert artifacts.names("out-*") == ["out-1"]


def test_what_an_artifact_cannot_be(tmp_path: Path) -> None:
    artifacts, work = Artifacts(tmp_path / "artifacts"), workspace(tmp_path / "one", a="1")
    artifacts.upload("a", find(work, ["a"]), overwrite=False)
    with pytest.raises(
        WorkFailed, match=r"^there is an artifact 'a' already; give it another name, or `overwrite: true`$"
    ):
        artifacts.upload("a", find(work, ["a"]), overwrite=False)
    artifacts.upload("a", find(work, ["a"]), overwrite=True)
    with pytest.raises(WorkFailed, match=r"^there is no artifact 'b'; there are a$"):
        artifacts.download("b", tmp_path / "two")
    with pytest.raises(WorkFailed, match=r"^'\.\./a' cannot be the name of an artifact"):
        artifacts.upload("../a", find(work, ["a"]), overwrite=False)
