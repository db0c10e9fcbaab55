"""What is not here comes from origin, and no more of it than is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cispeed_tasks.errors import UsageError
from cispeed_tasks.tools import git, git_fetch
from tests.git_repositories import Repository, clone, isolate, with_origin


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


def long_history(tmp_path: Path, commits: int) -> tuple[Repository, str]:
    """A repository whose branch `topic` left `main` that many commits ago, and the commit where it did."""
    work = with_origin(tmp_path)
    start = work.commit("a")
    for branch in ("topic", "main"):
        work.git("checkout", "--quiet", "-B", branch, start)
        for number in range(commits):
            work.commit(f"{branch}{number}")
    work.git("tag", "v1", "main")
    work.git("push", "--quiet", "origin", "main", "topic", "v1")
    return work, start


@pytest.mark.parametrize("protocol", ["0", "2"])
def test_a_shallow_clone_is_deepened_until_the_merge_base_shows(tmp_path: Path, protocol: str) -> None:
    work, start = long_history(tmp_path, 70)
    shallow = clone(tmp_path, "shallow", "--depth=1", "--branch=topic")
    shallow.git("config", "protocol.version", protocol)
    main = git_fetch.obtain(shallow.path, "main")
    assert main == work.git("rev-parse", "main")
    assert git.merge_base(shallow.path, main, "HEAD") is None
    if protocol == "0":
        shallow.git("config", "--add", "remote.origin.fetch", "+refs/heads/main:refs/remotes/origin/main")
    assert git_fetch.obtain_merge_base(shallow.path, main, "HEAD") == start


def test_only_what_is_needed_is_fetched(tmp_path: Path) -> None:
    work, _ = long_history(tmp_path, 3)
    work.commit("later")
    work.git("push", "--quiet", "origin", "main", "HEAD:other")
    shallow = clone(tmp_path, "shallow", "--depth=1", "--branch=topic")
    assert git_fetch.obtain(shallow.path, "v1") == work.git("rev-parse", "v1")
    assert git_fetch.obtain(shallow.path, work.git("rev-parse", "main")) == work.git("rev-parse", "main")
    assert git.is_shallow(shallow.path)
    references = shallow.git("for-each-ref", "--format=%(refname)").split()
    assert references == ["refs/heads/topic", "refs/remotes/origin/topic", "refs/tags/v1"]


def test_a_whole_history_stays_whole(tmp_path: Path) -> None:
    work, _ = long_history(tmp_path, 2)
    whole = clone(tmp_path, "whole", "--single-branch", "--branch=topic", "--no-tags")
    assert git_fetch.obtain(whole.path, "origin/main") == git_fetch.obtain(whole.path, "refs/tags/v1")
    assert git_fetch.obtain(whole.path, "refs/heads/main") == work.git("rev-parse", "main")
    assert not git.is_shallow(whole.path)


def test_a_commit_before_those_of_a_shallow_clone(tmp_path: Path) -> None:
    work, _ = long_history(tmp_path, 3)
    shallow = clone(tmp_path, "shallow", "--depth=1")
    assert git_fetch.obtain(shallow.path, "HEAD~2") == work.git("rev-parse", "main~2")
    with pytest.raises(UsageError, match=r"^'HEAD~200' is no branch, tag or commit of this repository or of origin$"):
        git_fetch.obtain(shallow.path, "HEAD~200")


@pytest.mark.parametrize("reference", ["mian", "-x", "feat*", "a b", "x..y", ":/x", "0" * 40, "feature/[x]", "ü"])
def test_what_nobody_knows(tmp_path: Path, reference: str) -> None:
    work, _ = long_history(tmp_path, 1)
    with pytest.raises(UsageError, match=r" is no branch, tag or commit of this repository or of origin$"):
        git_fetch.obtain(work.path, reference)


def test_a_branch_here_comes_before_that_of_origin(tmp_path: Path) -> None:
    work, _ = long_history(tmp_path, 1)
    ahead = work.commit("unpushed")
    assert git_fetch.obtain(work.path, "main") == ahead
    assert git_fetch.obtain(work.path, "origin/main") == work.git("rev-parse", "main~1")


def test_origin_is_gone(tmp_path: Path) -> None:
    long_history(tmp_path, 3)
    shallow = clone(tmp_path, "shallow", "--depth=1", "--no-single-branch")
    (tmp_path / "origin.git").rename(tmp_path / "moved.git")
    with pytest.raises(UsageError, match=r"^'other' is no .*; this clone is shallow: `git fetch --unshallow`"):
        git_fetch.obtain(shallow.path, "other")
    with pytest.raises(UsageError, match=r"origin gives no more of it: .*does not appear to be a git repository"):
        git_fetch.obtain_merge_base(shallow.path, "origin/topic", "HEAD")


def test_histories_without_a_common_commit(tmp_path: Path) -> None:
    work = with_origin(tmp_path)
    work.commit("a")
    work.git("checkout", "--quiet", "--orphan", "other")
    work.commit("b")
    assert git_fetch.obtain_merge_base(work.path, "main", "other") is None
