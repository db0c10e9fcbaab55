"""What changed on a person's machine, in real repositories."""

from __future__ import annotations

from pathlib import Path

import pytest

from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.commit_range import Wish
from cispeed_tasks.run.changed_files import ChangedFiles, changed_files, listed_files
from tests.git_repositories import Repository, isolate, topic_and_main, with_origin

NO_WISH = Wish()


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


@pytest.fixture
def work(tmp_path: Path) -> Repository:
    return topic_and_main(tmp_path)


def found(repository: Repository, wish: Wish = NO_WISH) -> dict[str, str]:
    answer = changed_files(repository.path, wish)
    assert not answer.is_everything, answer.compared
    return dict(answer.files)


def test_locally_all_counts_since_the_branch_left(work: Repository) -> None:
    work.git("checkout", "--quiet", "topic")
    work.write({"a": "2", "staged": "", "sub/untracked": ""})
    work.git("add", "staged")
    (work.path / "b").unlink()
    assert found(work) == {
        "a": "modified",
        "b": "deleted",
        "of-topic": "added",
        "staged": "added",
        "sub/untracked": "added",
    }
    assert found(work, Wish(staged=True)) == {"staged": "added"}
    assert set(found(work, Wish("HEAD"))) == {"a", "b", "staged", "sub/untracked"}
    assert found(work, Wish("main", "topic")) == {"of-topic": "added"}
    assert found(work, Wish("topic", "main")) == {"of-main": "added"}
    assert found(work, Wish(head="topic")) == {"of-topic": "added"}


def test_a_commit_as_base_is_compared_as_it_is(work: Repository) -> None:
    assert found(work, Wish(work.git("rev-parse", "topic"), "main")) == {"of-main": "added", "of-topic": "deleted"}


def test_what_is_not_pushed_counts_on_the_default_branch_too(work: Repository) -> None:
    assert found(work) == {}
    work.commit("ahead")
    assert found(work) == {"ahead": "added"}
    assert found(work, Wish("main")) == {}
    assert found(work, Wish("origin/main")) == {"ahead": "added"}


def test_from_below_paths_are_those_of_the_root(work: Repository) -> None:
    work.write({"deep/er/new": ""})
    assert dict(changed_files(work.path / "deep/er", NO_WISH).files) == {"deep/er/new": "added"}


def test_no_longer_tracked_and_still_there_is_modified(work: Repository) -> None:
    work.git("rm", "--quiet", "--cached", "a")
    assert found(work) == {"a": "modified"}


def test_a_conflict(work: Repository) -> None:
    for branch in ("topic", "main"):
        work.git("checkout", "--quiet", branch)
        work.commit(a=branch)
    with pytest.raises(AssertionError):
        work.git("merge", "--quiet", "topic")
    assert found(work)["a"] == "modified"
    assert found(work, Wish(staged=True))["a"] == "unmerged"


def test_a_repository_without_commits_is_all_new(tmp_path: Path) -> None:
    work = with_origin(tmp_path)
    assert found(work) == {}
    work.write({"a": "", "b": ""})
    work.git("add", "a")
    assert found(work) == {"a": "added", "b": "added"}
    assert found(work, Wish(staged=True)) == {"a": "added"}
    with pytest.raises(UsageError, match=r"^'main' is no branch"):
        changed_files(work.path, Wish("main"))


def test_a_merge_commit_brings_what_it_merged(work: Repository) -> None:
    before = work.git("rev-parse", "HEAD")
    work.git("merge", "--quiet", "-m", "x", "topic")
    assert found(work, Wish(before, "HEAD")) == found(work, Wish("HEAD~1", "main")) == {"of-topic": "added"}


def test_histories_without_a_common_commit(work: Repository) -> None:
    work.git("checkout", "--quiet", "--orphan", "other")
    work.git("rm", "--quiet", "-r", "--cached", ".")
    work.commit("a", "new")
    answer = changed_files(work.path, Wish("main", "other"))
    assert "there is no common ancestor" in answer.compared
    assert dict(answer.files)["new"] == "added"


def test_a_list_of_files() -> None:
    assert listed_files("D\ta\n", "-") == ChangedFiles((("a", "deleted"),), "standard input lists them")
    assert listed_files("a", "x.txt").compared == "x.txt lists them"
