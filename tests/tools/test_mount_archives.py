"""Archives in a directory: one that is not whole never counts, and nothing of others is touched."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cispeed_tasks.model import MountArchive
from cispeed_tasks.tools import mount_archives

PREFIX = "pip-0011aabb-linux-amd64"
KEY = f"{PREFIX}-{'0' * 16}"


def put(directory: Path, key: str = KEY, content: bytes = b"content") -> MountArchive:
    new = mount_archives.new_archive(directory, key)
    new.write_bytes(content)
    archive = MountArchive(key, PREFIX, "", 5.0, 0, 3, {"poetry.lock": "1"}, "shop")
    assert mount_archives.put(new, archive) == len(content)
    return next(one for one in mount_archives.archives(directory) if one.key == key)


def test_what_was_put_is_read_again(tmp_path: Path) -> None:
    found = put(tmp_path)
    assert replace(found, place="") == MountArchive(KEY, PREFIX, "", 5.0, 7, 3, {"poetry.lock": "1"}, "shop")
    assert Path(found.place).read_bytes() == b"content"
    assert mount_archives.fault(found) is None


def test_a_directory_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert mount_archives.archives(tmp_path / "x") == []


def test_the_same_key_is_replaced_as_a_whole(tmp_path: Path) -> None:
    first = put(tmp_path)
    second = put(tmp_path, content=b"others")
    assert Path(second.place).read_bytes() == b"others"
    assert not Path(first.place).exists()
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda path, _: path.write_bytes(b"cont"), "cut off"),
        (lambda path, _: path.write_bytes(b"c0ntent"), "damaged"),
        (lambda path, _: path.unlink(), "gone"),
        (lambda _, record: record.write_text("{"), "not readable"),
        (lambda _, record: record.write_text("[]"), "not readable"),
        (lambda _, record: record.write_text(json.dumps({**json.loads(record.read_text()), "format": 2})), "not readable (its format is 2"),
        (lambda _, record: record.write_text(json.dumps({**json.loads(record.read_text()), "archive": "../../x"})), "gone"),
        (lambda _, record: record.write_text(json.dumps({**json.loads(record.read_text()), "key": "other"})), "gone"),
    ],
)  # fmt: skip
def test_damage_is_told(damage: Callable[[Path, Path], object], words: str, tmp_path: Path) -> None:
    damage(Path(put(tmp_path).place), tmp_path / f"{KEY}.json")
    found = mount_archives.archives(tmp_path)[0]
    assert (found.key, found.prefix) == (KEY, PREFIX)
    assert (found.fault or mount_archives.fault(found) or "").startswith(words)


def test_what_a_killed_run_left_goes_and_files_of_others_stay(tmp_path: Path) -> None:
    kept = put(tmp_path)
    mount_archives.new_archive(tmp_path, KEY).write_text("half")
    (tmp_path / f"{KEY}.{'a' * 12}.tar").write_text("its record was never written")
    (tmp_path / "mine.tar").write_text("mine")
    (tmp_path / "mine.json").write_text("{}")
    mount_archives.begin(tmp_path, tmp_path / "repository")
    assert mount_archives.archives(tmp_path) == [kept]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["mine.tar", "mine.json", f"{KEY}.json", Path(kept.place).name]
    )


def test_the_directory_is_one_that_git_ignores(tmp_path: Path) -> None:
    mount_archives.begin(tmp_path / ".cispeed/cache-mounts", tmp_path)
    assert (tmp_path / ".cispeed/.gitignore").read_text().endswith("*\n")


def test_an_archive_is_removed_with_its_record(tmp_path: Path) -> None:
    found = put(tmp_path)
    mount_archives.remove(found)
    assert list(tmp_path.iterdir()) == []
    mount_archives.remove(found)
