"""The repository that a rehearsal's checkouts come from, and what actions/checkout leaves of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.tools.rehearsal_origin import Origin, Wanted, check_out
from tests.git_repositories import Repository, clone, isolate, repository, topic_and_main


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


def state(work: Repository) -> tuple[str, str, list[str]]:
    """All that a rehearsal must not change: what git says of the files, its references, and its objects."""
    objects = sorted(str(path) for path in (work.path / ".git/objects").rglob("*") if path.is_file())
    return work.git("status", "--porcelain"), work.git("for-each-ref"), objects


def test_a_pull_requests_merge_with_the_least_history(tmp_path: Path) -> None:
    work = topic_and_main(tmp_path)
    before = state(work)
    origin = Origin.of(work.path, tmp_path / "o.git")
    main, topic = work.git("rev-parse", "main"), work.git("rev-parse", "topic")
    merged = origin.merge(main, topic)
    origin.point("refs/pull/1/merge", merged)
    at = check_out(origin.path, tmp_path / "job", Wanted("refs/pull/1/merge", merged))
    job = Repository(tmp_path / "job")
    assert at == merged
    assert sorted(path.name for path in job.path.iterdir()) == [".git", "a", "b", "of-main", "of-topic"]
    assert job.git("rev-list", "--count", "HEAD") == "1"
    assert job.git("for-each-ref", "--format=%(refname)") == "refs/remotes/pull/1/merge"
    assert Repository(origin.path).git("rev-parse", f"{merged}^1", f"{merged}^2").split() == [main, topic]
    assert state(work) == before


def test_a_branch_with_all_of_history(tmp_path: Path) -> None:
    work = topic_and_main(tmp_path)
    work.git("tag", "v1")
    origin = Origin.of(work.path, tmp_path / "o.git")
    main = work.git("rev-parse", "main")
    assert check_out(origin.path, tmp_path / "job", Wanted("refs/heads/main", main, depth=0)) == main
    job = Repository(tmp_path / "job")
    assert job.git("branch", "--show-current") == "main"
    names = job.git("for-each-ref", "--format=%(refname)").split()
    assert names == ["refs/heads/main", "refs/remotes/origin/main", "refs/remotes/origin/topic", "refs/tags/v1"]


@pytest.mark.parametrize("wanted", ["topic", "v1", "commit"])
def test_what_a_step_names(tmp_path: Path, wanted: str) -> None:
    work = topic_and_main(tmp_path)
    topic = work.git("rev-parse", "topic")
    work.git("tag", "v1", "topic")
    origin = Origin.of(work.path, tmp_path / "o.git")
    assert check_out(origin.path, tmp_path / "job", Wanted(topic if wanted == "commit" else wanted)) == topic
    assert Repository(tmp_path / "job").git("branch", "--show-current") == ("topic" if wanted == "topic" else "")
    with pytest.raises(WorkFailed, match=r"couldn't find remote ref gone"):
        check_out(origin.path, tmp_path / "other", Wanted("gone"))


def test_a_shallow_clone_is_enough(tmp_path: Path) -> None:
    topic_and_main(tmp_path)
    work = clone(tmp_path, "shallow", "--depth=1", "--branch=topic")
    origin = Origin.of(work.path, tmp_path / "o.git")
    head = work.git("rev-parse", "HEAD")
    assert check_out(origin.path, tmp_path / "job", Wanted("refs/heads/topic", head)) == head


def test_what_is_not_committed_becomes_a_commit_of_the_origin_only(tmp_path: Path) -> None:
    work = repository(tmp_path / "work")
    work.commit("a", "b", **{".gitignore": "*.log"})
    work.write({"a": "changed", "new": "x", "x.log": "", "sub/y": ""})
    (work.path / "b").unlink()
    work.git("add", "new")
    before = state(work)
    origin = Origin.of(work.path, tmp_path / "o.git")
    commit = origin.snapshot(work.path)
    check_out(origin.path, tmp_path / "job", Wanted("refs/heads/main", commit))
    job = Repository(tmp_path / "job")
    assert job.git("ls-files").split() == [".gitignore", "a", "new", "sub/y"]
    assert (job.path / "a").read_text() == "changed"
    assert Repository(origin.path).git("rev-parse", f"{commit}^") == work.git("rev-parse", "HEAD")
    assert state(work) == before


def test_a_conflict_is_said(tmp_path: Path) -> None:
    work = repository(tmp_path / "work")
    work.commit(a="1")
    work.git("checkout", "--quiet", "-b", "topic")
    topic = work.commit(a="2")
    work.git("checkout", "--quiet", "main")
    main = work.commit(a="3")
    with pytest.raises(WorkFailed, match=r"^\w{12} cannot be merged into \w{12}: CONFLICT \(content\): .* in a; merge"):
        Origin.of(work.path, tmp_path / "o.git").merge(main, topic)
