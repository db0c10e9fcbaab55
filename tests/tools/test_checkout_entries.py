"""All that lies in a directory and can be read, and what lies above it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cispeed_tasks.plan.kept_files import KeptFiles
from cispeed_tasks.tools import checkout_entries


def test_what_cannot_be_read_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("data/x", "a.py", ".git/x", "database/x"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "broken").symlink_to("nowhere")
    access = os.access
    # Who is root may read everything.
    monkeypatch.setattr(os, "access", lambda path, mode: "database" not in str(path) and access(path, mode))
    found = checkout_entries.list_entries(tmp_path, KeptFiles())
    assert [entry.path for entry in found] == ["a.py", "broken", "data", "data/x"]


def test_links_are_followed_to_their_end(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("../elsewhere")
    top = tmp_path.resolve()
    assert checkout_entries.follow(tmp_path, ["a"]) == {"a": top.parent / "elsewhere"}


def test_a_single_file_is_what_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("1234")
    (tmp_path / "link").symlink_to("real")
    found = checkout_entries.file_entry(tmp_path / "link")
    assert (found.path, found.kind, found.size) == ("link", "file", 4)


def test_settings_above(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    for name in ("wanted", "a/wanted", "a/b/wanted", "a/other"):
        (tmp_path / name).write_text(name)
    found = checkout_entries.texts_above(tmp_path / "a/b", lambda name: name == "wanted")
    assert found == {"../wanted": "a/wanted", "../../wanted": "wanted"}
