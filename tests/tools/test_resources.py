"""What this machine has to give, compared with what the system's own tools say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cispeed_tasks.tools import resources


def test_room_is_that_of_the_nearest_directory_that_there_is(tmp_path: Path) -> None:
    found = resources.room(tmp_path / "not" / "there")
    assert (found.path, found.total) == (str(tmp_path / "not" / "there"), shutil.disk_usage(tmp_path).total)
    assert 0 < found.free <= found.total
    assert found.free_inodes is None or 0 < found.free_inodes <= 1


def test_memory_is_what_the_kernel_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "MEMORY", tmp_path / "meminfo")
    assert resources.available_memory() is None
    (tmp_path / "meminfo").write_text("MemTotal:  100 kB\nMemAvailable:   42 kB\n")
    assert resources.available_memory() == 42 * 1024


@pytest.mark.parametrize(("text", "limit"), [("max\n", None), ("1048576\n", 1048576), ("9223372036854771712\n", None)])
def test_a_limit_of_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, limit: int | None) -> None:
    (tmp_path / "limit").write_text(text)
    monkeypatch.setattr(resources, "LIMITS", (tmp_path / "no", tmp_path / "limit"))
    assert resources.memory_limit() == limit


def test_a_directory_takes_what_its_files_do(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_bytes(b"12345")
    (tmp_path / "y").write_bytes(b"678")
    (tmp_path / "z").symlink_to("nowhere")
    assert resources.bytes_of(tmp_path) == 8 + len("nowhere")
