"""What changed for every event of CI, in whole clones of real repositories and in shallow ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.commit_range import Wish
from cispeed_tasks.run.changed_files import ChangedFiles, changed_files
from tests.git_repositories import Repository, clone, isolate, topic_and_main

ZEROS = "0" * 40
NO_WISH = Wish()
Event = Callable[..., None]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


@pytest.fixture
def event(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Event:
    """Sets the variables and the file of a GitHub event."""

    def set_event(name: str, reference: str = "refs/heads/main", **payload: Any) -> None:
        path = tmp_path / "event.json"
        path.write_text(json.dumps({"repository": {"default_branch": "main"}, **payload}))
        variables = {"CI": "true", "GITHUB_EVENT_NAME": name, "GITHUB_REF": reference, "GITHUB_EVENT_PATH": str(path)}
        for key, value in variables.items():
            monkeypatch.setenv(key, value)

    return set_event


@pytest.fixture
def work(tmp_path: Path) -> Repository:
    return topic_and_main(tmp_path)


def found(repository: Repository, wish: Wish = NO_WISH) -> dict[str, str]:
    answer = changed_files(repository.path, wish)
    assert not answer.is_everything, answer.compared
    return dict(answer.files)


def everything(repository: Repository, wish: Wish = NO_WISH) -> ChangedFiles:
    answer = changed_files(repository.path, wish)
    assert answer.is_everything, answer.compared
    return answer


@pytest.mark.parametrize("options", [(), ("--depth=1",), ("--depth=1", "--single-branch", "--branch=topic")])
def test_a_pull_request(work: Repository, tmp_path: Path, event: Event, options: tuple[str, ...]) -> None:
    base, head = work.git("rev-parse", "main"), work.git("rev-parse", "topic")
    copy = clone(tmp_path, "copy", *options)
    event("pull_request", "refs/pull/1/merge", pull_request={"base": {"sha": base}, "head": {"sha": head}})
    assert found(copy) == {"of-topic": "added"}
    assert found(copy, Wish("main")) == {"of-topic": "added"}


def test_a_pull_request_in_its_merge_commit(work: Repository, tmp_path: Path, event: Event) -> None:
    base, head = work.git("rev-parse", "main"), work.git("rev-parse", "topic")
    work.git("merge", "--quiet", "-m", "x", "topic")
    work.git("push", "--quiet", "origin", "HEAD:refs/pull/1/merge")
    copy = Repository(tmp_path / "copy")
    copy.path.mkdir()
    copy.git("init", "--quiet")
    copy.git("remote", "add", "origin", (tmp_path / "origin.git").as_uri())
    copy.git("fetch", "--quiet", "--depth=1", "origin", "+refs/pull/1/merge:refs/remotes/pull/1/merge")
    copy.git("checkout", "--quiet", "refs/remotes/pull/1/merge")
    event("pull_request", "refs/pull/1/merge", pull_request={"base": {"sha": base}, "head": {"sha": head}})
    assert found(copy) == {"of-topic": "added"}


def test_a_push_of_several_commits_to_a_shallow_clone(work: Repository, tmp_path: Path, event: Event) -> None:
    before = work.git("rev-parse", "HEAD")
    work.commit("one")
    work.commit("two")
    work.git("push", "--quiet", "origin", "main")
    event("push", before=before)
    copy = clone(tmp_path, "copy", "--depth=1")
    copy.write({"made by an earlier step": ""})
    assert found(copy) == {"one": "added", "two": "added"}


def test_a_force_push_is_compared_with_what_it_replaced(work: Repository, tmp_path: Path, event: Event) -> None:
    work.git("checkout", "--quiet", "topic")
    before = work.git("rev-parse", "HEAD")
    work.git("reset", "--quiet", "--hard", "main")
    work.commit("again")
    work.git("push", "--quiet", "--force", "origin", "topic")
    event("push", "refs/heads/topic", before=before, forced=True)
    expected = {"again": "added", "of-main": "added", "of-topic": "deleted"}
    assert found(clone(tmp_path, "copy", "--depth=1", "--branch=topic")) == expected
    Repository(tmp_path / "origin.git").git("gc", "--quiet", "--prune=now")
    answer = everything(clone(tmp_path, "later", "--branch=topic"))
    assert answer.compared.startswith("cannot tell what changed, so everything counts as changed: ")
    assert f"{before}..HEAD: the state that the force push replaced; but '{before}' is no branch" in answer.compared
    assert {path for path, _ in answer.files} == {"a", "b", "of-main", "again"}


@pytest.mark.parametrize("options", [("--branch=topic",), ("--depth=1", "--branch=topic")])
def test_the_first_push_of_a_branch(work: Repository, tmp_path: Path, event: Event, options: tuple[str, ...]) -> None:
    assert work.git("branch", "--show-current") == "main"
    event("push", "refs/heads/topic", before=ZEROS)
    assert found(clone(tmp_path, "copy", *options)) == {"of-topic": "added"}


def test_the_first_push_of_the_default_branch(work: Repository, event: Event) -> None:
    work.write({"untracked": ""})
    event("push", before=ZEROS)
    assert found(work) == {"a": "added", "b": "added", "of-main": "added"}


def test_a_merge_queue(work: Repository, tmp_path: Path, event: Event) -> None:
    base = work.git("rev-parse", "main")
    work.git("merge", "--quiet", "-m", "x", "topic")
    work.git("push", "--quiet", "origin", "main")
    event("merge_group", "refs/heads/queue", merge_group={"base_sha": base, "head_sha": work.git("rev-parse", "HEAD")})
    assert found(clone(tmp_path, "copy", "--depth=1")) == {"of-topic": "added"}


@pytest.mark.parametrize(("name", "reference"), [("schedule", "refs/heads/main"), ("push", "refs/tags/v1")])
def test_events_that_name_nothing(work: Repository, event: Event, name: str, reference: str) -> None:
    event(name, reference, before=ZEROS)
    assert {path for path, _ in everything(work).files} == {"a", "b", "of-main"}
    work.git("tag", "v0", "main~1")
    assert found(work, Wish("v0")) == {"of-main": "added"}


def test_an_unknown_ci_system_is_not_taken_for_a_person(work: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert "--base names one" in everything(work).compared


def test_gitlab(work: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = work.git("rev-parse", "main~1")
    copy = clone(tmp_path, "copy", "--depth=1", "--branch=topic")
    variables = {
        "GITLAB_CI": "true",
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
    }
    for key, value in variables.items():
        monkeypatch.setenv(key, value)
    assert found(copy) == {"of-topic": "added"}


def test_a_fetch_that_fails_makes_it_everything_or_is_the_users_concern(
    work: Repository, tmp_path: Path, event: Event
) -> None:
    copy = clone(tmp_path, "copy", "--depth=1", "--branch=topic", "--no-single-branch")
    event("workflow_dispatch", "refs/heads/topic")
    (tmp_path / "origin.git").rename(tmp_path / "moved.git")
    assert "origin gives no more of it" in everything(copy).compared
    with pytest.raises(UsageError, match=r"origin gives no more of it.*fetch-depth: 0"):
        changed_files(copy.path, Wish("main"))
    assert work.git("branch", "--show-current") == "main"
