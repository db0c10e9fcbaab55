"""git answers about real repositories, whatever their files are called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cispeed_tasks.errors import ToolError, UsageError
from cispeed_tasks.tools import git
from tests.git_repositories import Repository, clone, isolate, repository, with_origin

ODD = (
    "a b",
    " lead",
    "trail ",
    'q"uo"te',
    "it's",
    "new\nline",
    "cr\rhere",
    "crlf\r\nx",
    "tab\tx",
    "ü/é",
    "日本",
    "-n",
    "\\b",
)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


@pytest.fixture
def work(tmp_path: Path) -> Repository:
    return repository(tmp_path / "work")


def test_the_root_is_found_from_below_and_may_end_in_a_line_break(tmp_path: Path) -> None:
    made = repository(tmp_path / "odd \n")
    (made.path / "deep/er").mkdir(parents=True)
    assert git.find_root(made.path / "deep/er") == made.path


def test_the_branch_that_is_checked_out(work: Repository) -> None:
    work.git("switch", "-q", "-c", "feature/x")
    assert git.branch(work.path) == "feature/x"
    work.commit(a="1")
    work.git("switch", "-q", "--detach")
    assert git.branch(work.path) is None


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"is no git repository's checkout \(not a git repository.*--files-from FILE`$"
    ):
        git.find_root(tmp_path)
    assert not git.is_checkout(tmp_path)


def test_a_repository_without_a_working_tree(tmp_path: Path) -> None:
    with_origin(tmp_path)
    with pytest.raises(UsageError, match=r"this operation must be run in a work tree"):
        git.find_root(tmp_path / "origin.git")


def test_a_repository_of_somebody_else_is_trusted_in_ci_only(work: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(UsageError, match=r"belongs to another user.*git config --global --add safe.directory"):
        git.find_root(work.path)
    monkeypatch.setenv("CI", "true")
    assert git.find_root(work.path) == work.path


def test_git_is_not_installed(work: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(work.path))
    with pytest.raises(ToolError, match=r"`git` is not installed"):
        git.find_root(work.path)
    assert not git.is_checkout(work.path)


def test_every_name_arrives_as_it_is(work: Repository) -> None:
    base = work.commit("first")
    work.git("config", "core.quotepath", "true")
    work.commit(*ODD)
    assert {path for _, path in git.changed_between(work.path, base, "HEAD")} == set(ODD)
    assert set(git.files_of(work.path, "HEAD")) == set(git.tracked(work.path)) == {"first", *ODD}
    work.write({f"{name}2": "" for name in ODD})
    assert set(git.untracked(work.path)) == {f"{name}2" for name in ODD}


def test_a_name_that_is_no_utf_8(work: Repository) -> None:
    (work.path / os.fsdecode(b"\xff")).write_text("")
    assert git.untracked(work.path) == ("\udcff",)


def test_what_can_happen_to_a_file(work: Repository) -> None:
    base = work.commit("gone", "old", "mode", "link", "edited", "same")
    (work.path / "gone").unlink()
    work.git("mv", "old", "new")
    (work.path / "mode").chmod(0o755)
    (work.path / "link").unlink()
    (work.path / "link").symlink_to("same")
    work.write({"edited": "more"})
    expected = {("D", "gone"), ("D", "old"), ("A", "new"), ("M", "mode"), ("T", "link"), ("M", "edited")}
    assert set(git.changed_since(work.path, base)) == expected
    for setting in ("diff.renames=copies", "diff.external=false", "color.ui=always", "diff.relative=true"):
        work.git("config", *setting.split("="))
    assert set(git.changed_since(work.path, base)) == expected
    work.commit()
    assert set(git.changed_between(work.path, base, "HEAD")) == expected
    assert git.changed_since(work.path, "HEAD") == ()


def test_what_is_staged(work: Repository) -> None:
    work.write({"a": "1"})
    work.git("add", "a")
    assert git.staged(work.path) == (("A", "a"),)
    work.commit("b")
    work.write({"a": "2", "b": "2", "c": ""})
    work.git("add", "b")
    assert git.staged(work.path) == (("M", "b"),)


def test_a_file_whose_time_changed_only_is_unchanged(work: Repository) -> None:
    work.commit("a")
    os.utime(work.path / "a", (1, 1))
    assert git.changed_since(work.path, "HEAD") == ()


def test_ignored_files_and_repositories_inside(work: Repository) -> None:
    work.commit("a", **{".gitignore": "*.log\n"})
    work.write({"x.log": "", "sub/y.log": "", "sub/z": ""})
    repository(work.path / "inner").commit("file")
    assert git.untracked(work.path) == ("inner/", "sub/z")


def test_a_submodule_is_one_path_whatever_its_config_ignores(work: Repository, tmp_path: Path) -> None:
    other = repository(tmp_path / "other")
    other.commit("one")
    base = work.commit("a")
    work.git("submodule", "--quiet", "add", other.path.as_uri(), "sub dir")
    work.git("config", "-f", ".gitmodules", "submodule.sub dir.ignore", "all")
    added = work.commit()
    assert set(git.changed_between(work.path, base, added)) == {("A", ".gitmodules"), ("A", "sub dir")}
    inside = Repository(work.path / "sub dir")
    inside.write({"untracked": ""})
    assert git.changed_since(work.path, added) == (("M", "sub dir"),)
    inside.commit()
    moved = work.commit()
    assert git.changed_between(work.path, added, moved) == (("M", "sub dir"),)


def test_references(work: Repository) -> None:
    assert (git.commit_id(work.path, "HEAD"), git.default_branch(work.path)) == (None, None)
    first = work.commit("a")
    second = work.commit("b")
    work.git("tag", "-a", "-m", "x", "v1", first)
    assert git.default_branch(work.path) == "main"
    assert [git.commit_id(work.path, name) for name in ("v1", "main", "HEAD~1")] == [first, second, first]
    assert {git.commit_id(work.path, name) for name in ("mian", "", "v1..main", "--all", "a\0b", "HEAD:a")} == {None}


def test_origins_own_default_branch_comes_first(tmp_path: Path) -> None:
    work = with_origin(tmp_path)
    work.git("checkout", "--quiet", "-b", "trunk")
    work.commit("a")
    work.git("push", "--quiet", "origin", "trunk", "trunk:main")
    Repository(tmp_path / "origin.git").git("symbolic-ref", "HEAD", "refs/heads/trunk")
    assert git.default_branch(work.path) == "origin/main"
    assert git.default_branch(clone(tmp_path, "other").path) == "origin/trunk"
