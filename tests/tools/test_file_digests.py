"""Digests of files, and what is remembered of them."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path

import pytest

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from cispeed_tasks.tools import file_digests
from cispeed_tasks.tools.context import context_files
from cispeed_tasks.tools.file_digests import FileDigests


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def digests(root: Path) -> dict[str, str]:
    """The digests of the files in root/context, as one task after another would ask for them."""
    known = FileDigests(root)
    find = known.of(str(root / "context"))
    files = [f for f in context_files(root / "context", read_ignore_file("")) if f.kind == "file"]
    found = {file.path: find(file) for file in files}
    known.save()
    return found


def remembered(root: Path) -> dict[str, str]:
    path = root / ".cispeed" / file_digests.FILE
    return dict(json.loads(path.read_text())["files"]) if path.exists() else {}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "context").mkdir()
    (tmp_path / "context/a").write_text("one")
    monkeypatch.setattr(file_digests, "SETTLED_NANOSECONDS", 0)
    time.sleep(0.02)  # so that the file is older than one tick of the clock
    return tmp_path


def test_a_file_that_is_as_it_was_is_not_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert digests(root) == {"a": sha("one")}
    monkeypatch.setattr(file_digests, "_digest", lambda _: pytest.fail("it was read"))
    assert digests(root) == {"a": sha("one")}


def test_a_change_that_keeps_size_and_time_is_seen(root: Path) -> None:
    digests(root)
    status = (root / "context/a").stat()
    (root / "context/a").write_text("two")
    os.utime(root / "context/a", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert digests(root) == {"a": sha("two")}


def test_another_file_in_its_place_is_seen(root: Path) -> None:
    (root / "context/b").write_text("two")
    digests(root)
    status = (root / "context/a").stat()
    (root / "context/b").rename(root / "context/a")
    os.utime(root / "context/a", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert digests(root) == {"a": sha("two")}


def test_what_changed_just_now_is_not_remembered(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_digests, "SETTLED_NANOSECONDS", 2_000_000_000)
    assert digests(root) == {"a": sha("one")}
    assert remembered(root) == {}
    os.utime(root / "context/a", ns=(1, time.time_ns() + 10**12))
    digests(root)
    assert remembered(root) == {}


def test_what_is_gone_is_forgotten_and_what_was_not_asked_for_is_kept(root: Path) -> None:
    for name in ("b", "c"):
        (root / "context" / name).write_text(name)
    time.sleep(0.02)
    digests(root)
    (root / "context/b").unlink()
    (root / "context/d").write_text("d")
    time.sleep(0.02)
    digests(root)
    assert {Path(name).name for name in remembered(root)} == {"a", "c", "d"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "other", "files": {}}', '{"files": 1}'])
def test_a_damaged_memory_is_none(root: Path, text: str) -> None:
    digests(root)
    (root / ".cispeed" / file_digests.FILE).write_text(text)
    assert digests(root) == {"a": sha("one")}


def test_a_file_that_cannot_be_read_is_named(root: Path) -> None:
    find = FileDigests(root).of(str(root / "context"))
    file = context_files(root / "context", read_ignore_file(""))[0]
    (root / "context/a").unlink()
    (root / "context/a").symlink_to("elsewhere")
    with pytest.raises(WorkFailed, match="context/a: cannot be read as part of a build context"):
        find(file)
