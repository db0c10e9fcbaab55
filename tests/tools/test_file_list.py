"""The files of a checkout, with git and without."""

from __future__ import annotations

from pathlib import Path

import pytest

from cispeed_tasks.tools.file_list import list_files
from tests.git_repositories import isolate, repository


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


def test_what_git_tracks_or_would_track_and_is_there(tmp_path: Path) -> None:
    work = repository(tmp_path)
    work.commit("a/b", "gone", "c d", "ü", **{".gitignore": "*.pyc\n"})
    (work.path / "gone").unlink()
    work.write({"a/new": "", "a/x.pyc": ""})
    assert list_files(work.path) == (".gitignore", "a/b", "a/new", "c d", "ü")
    assert list_files(work.path / "a") == ("b", "new")


def test_other_repositories_inside_of_it_are_looked_into(tmp_path: Path) -> None:
    work = repository(tmp_path / "work")
    repository(tmp_path / "lib").commit("money.py")
    work.commit("a")
    work.git("submodule", "--quiet", "add", str(tmp_path / "lib"), "libs/tax")
    repository(work.path / "own").commit("b.py")
    assert list_files(work.path) == (".gitmodules", "a", "libs/tax/money.py", "own/b.py")


def test_without_git_what_is_installed_or_hidden_is_left_out(tmp_path: Path) -> None:
    for name in ("a/b", ".venv/x.py", "node_modules/x.js", "c"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert list_files(tmp_path) == ("a/b", "c")
