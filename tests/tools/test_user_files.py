"""The user's own files: made, appended to, never replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from cispeed_tasks.errors import UsageError, WorkFailed
from cispeed_tasks.tools import user_files


def test_a_file_is_made_and_read_as_it_is(tmp_path: Path) -> None:
    user_files.create(tmp_path / "new", "a\r\n\udce9")
    assert (tmp_path / "new").read_bytes() == b"a\r\n\xe9"
    assert user_files.read(tmp_path / "new") == "a\r\n\udce9"
    assert user_files.read(tmp_path / "none") is None


def test_one_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("theirs")
    with pytest.raises(UsageError, match="exists and is left as it is"):
        user_files.create(tmp_path / "old", "ours")
    assert (tmp_path / "old").read_text() == "theirs"


def test_a_link_to_nowhere_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="exists and is left as it is"):
        user_files.create(tmp_path / "link", "ours")
    assert not (tmp_path / "nowhere").exists()


def test_appending_keeps_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"\xff")
    user_files.append(tmp_path / "old", "\nx\n")
    assert (tmp_path / "old").read_bytes() == b"\xff\nx\n"


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for act in (user_files.create, user_files.append):
        with pytest.raises(WorkFailed, match="cannot be written: Not a directory; make its directory writable"):
            act(tmp_path / "file" / "x", "text")


def test_ours_is_written_over_ours_only(tmp_path: Path) -> None:
    path = tmp_path / "ours"
    for text in ("# ours 1", "# ours 2", "# ours 2"):
        user_files.write_ours(path, text, "# ours")
        assert path.read_text() == text
    path.write_text("theirs")
    with pytest.raises(UsageError, match="was not made by this task"):
        user_files.write_ours(path, "# ours 3", "# ours")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("ours", "theirs")]
