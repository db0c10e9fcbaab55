"""Links and repositories inside of a checkout are found, whatever else lies there."""

from __future__ import annotations

import os
from pathlib import Path

from cispeed_tasks.tools.detours import find_detours


def test_links_and_repositories_are_found_and_not_followed(tmp_path: Path) -> None:
    for directory in ("a/b c", ".git/x", "sub/.git", "sub/deep", ".cispeed"):
        (tmp_path / directory).mkdir(parents=True)
    (tmp_path / "worktree").mkdir()
    (tmp_path / "worktree/.git").write_text("gitdir: ../elsewhere\n")
    (tmp_path / "a/file").write_text("")
    for name, text in {"a/up": "..", "sub/deep/l": "./../x//y", "gone": "/no/such", ".git/x/l": "a"}.items():
        os.symlink(text, tmp_path / name)  # noqa: PTH211  # a Path would tidy the text up
    links, repositories = find_detours(tmp_path)
    assert links == {"a/up": "..", "sub/deep/l": "./../x//y", "gone": "/no/such"}
    assert sorted(repositories) == ["sub", "worktree"]


def test_a_directory_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert find_detours(tmp_path / "gone") == ({}, ())
