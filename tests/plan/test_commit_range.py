"""Every event of CI, and every wish, leads to two states with a reason, or to a reason why that cannot be told."""

from __future__ import annotations

from typing import Any

import pytest

from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.ci_event import Event, read_event
from cispeed_tasks.plan.commit_range import CannotTell, CommitRange, State, Wish, choose_range

A, B, ZEROS = "a" * 40, "b" * 40, "0" * 40
REPOSITORY = {"repository": {"default_branch": "main"}}
PULL_REQUEST: dict[str, Any] = {**REPOSITORY, "pull_request": {"base": {"sha": A}, "head": {"sha": B}}}


def github(name: str, reference: str = "refs/heads/main", **payload: Any) -> Event | None:
    return read_event({"GITHUB_EVENT_NAME": name, "GITHUB_REF": reference, "CI": "true"}, {**REPOSITORY, **payload})


def other(system: str, **variables: str) -> Event | None:
    """An event of Buildkite or Jenkins."""
    known = {system: "true", "CI": "true", "BUILDKITE_PIPELINE_DEFAULT_BRANCH": "main"}
    return read_event({**known, **variables}, None)


def gitlab(source: str, **variables: str) -> Event | None:
    known = {"GITLAB_CI": "true", "CI_PIPELINE_SOURCE": source, "CI_DEFAULT_BRANCH": "main", "CI": "true"}
    return read_event({**known, **variables}, None)


def chosen(event: Event | None, wish: Wish = Wish()) -> str:  # noqa: B008  # it is frozen
    """The choice as it is printed."""
    return str(choose_range(event, wish, "origin/main" if event is None else None, has_commits=True))


def cannot(cause: str) -> str:
    return f"cannot tell what changed, so everything counts as changed: {cause}"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (github("pull_request", "refs/pull/1/merge", **PULL_REQUEST), f"{A}...{B}: what the pull request adds to its base"),
        (github("pull_request_target", **PULL_REQUEST), f"{A}...{B}: what the pull request adds to its base"),
        (github("pull_request", "refs/pull/1/merge"), cannot("pull_request names no state to compare with; --base names one")),
        (github("merge_group", "refs/heads/gh-readonly-queue/main/pr-1", merge_group={"base_sha": A, "head_sha": B}), f"{A}..{B}: what the merge queue adds"),
        (github("push", before=A), f"{A}..HEAD: the state before the push"),
        (github("push", "refs/heads/topic", before=A), f"{A}..HEAD: the state before the push"),
        (github("push", before=A, forced=True), f"{A}..HEAD: the state that the force push replaced"),
        (github("push", "refs/heads/topic", before=ZEROS), "origin/main...HEAD: first push of 'topic': since it left the default branch"),
        (github("push", before=ZEROS), "nothing..HEAD: the first push of the default branch 'main'"),
        (github("push"), cannot("push names no state to compare with; --base names one")),
        (github("push", "refs/heads/topic", before=ZEROS, repository=None), cannot("push names no state to compare with; --base names one")),
        (github("push", "refs/tags/v1", before=ZEROS), cannot("a new tag says nothing of what came before it; --base names it")),
        (github("push", "refs/tags/v1", before=A), f"{A}..HEAD: the state before the push"),
        (github("release", "refs/tags/v1"), cannot("release names no state to compare with; --base names one")),
        (github("schedule"), cannot("a schedule runs without a change; --base names a state to compare with")),
        (github("workflow_dispatch"), cannot("workflow_dispatch names no state to compare with; --base names one")),
        (github("workflow_dispatch", "refs/heads/topic"), "origin/main...HEAD: workflow_dispatch of 'topic': since it left the default branch"),
        (gitlab("merge_request_event", CI_MERGE_REQUEST_DIFF_BASE_SHA=A), f"{A}..HEAD: what the merge request adds to its target"),
        (gitlab("merge_request_event", CI_MERGE_REQUEST_DIFF_BASE_SHA=A, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=B), f"{A}..{B}: what the merge request adds to its target"),
        (gitlab("push", CI_COMMIT_BRANCH="main", CI_COMMIT_BEFORE_SHA=A), f"{A}..HEAD: the state before the push"),
        (gitlab("push", CI_COMMIT_BRANCH="topic", CI_COMMIT_BEFORE_SHA=ZEROS), "origin/main...HEAD: first push of 'topic': since it left the default branch"),
        (gitlab("push", CI_COMMIT_BRANCH="main", CI_COMMIT_BEFORE_SHA=ZEROS), "nothing..HEAD: the first push of the default branch 'main'"),
        (gitlab("push", CI_COMMIT_TAG="v1", CI_COMMIT_BEFORE_SHA=ZEROS), cannot("a new tag says nothing of what came before it; --base names it")),
        (gitlab("schedule", CI_COMMIT_BRANCH="main", CI_COMMIT_BEFORE_SHA=A), cannot("a schedule runs without a change; --base names a state to compare with")),
        (other("BUILDKITE", BUILDKITE_PULL_REQUEST="7", BUILDKITE_PULL_REQUEST_BASE_BRANCH="next", BUILDKITE_BRANCH="topic"), "origin/next...HEAD: what the pull request adds to its target"),
        (other("BUILDKITE", BUILDKITE_PULL_REQUEST="false", BUILDKITE_PULL_REQUEST_BASE_BRANCH="", BUILDKITE_BRANCH="topic"), "origin/main...HEAD: push of 'topic': since it left the default branch"),
        (other("BUILDKITE", BUILDKITE_BRANCH="main"), cannot("push names no state to compare with; --base names one")),
        (other("BUILDKITE", BUILDKITE_BRANCH="main", BUILDKITE_SOURCE="schedule"), cannot("a schedule runs without a change; --base names a state to compare with")),
        (other("BUILDKITE", BUILDKITE_TAG="v1", BUILDKITE_BRANCH="v1"), cannot("a new tag says nothing of what came before it; --base names it")),
        (other("JENKINS_URL", CHANGE_TARGET="main", CHANGE_BRANCH="topic", BRANCH_NAME="PR-7"), "origin/main...HEAD: what the pull request adds to its target"),
        (other("JENKINS_URL", BRANCH_NAME="main", GIT_PREVIOUS_SUCCESSFUL_COMMIT=A), f"{A}..HEAD: the state before the push"),
        (other("JENKINS_URL", BRANCH_NAME="topic"), cannot("push names no state to compare with; --base names one")),
        (other("JENKINS_URL", TAG_NAME="v1"), cannot("a new tag says nothing of what came before it; --base names it")),
        (gitlab("web", CI_COMMIT_BRANCH="topic"), "origin/main...HEAD: web of 'topic': since it left the default branch"),
        (read_event({"CI": "true"}, None), cannot("a run of this CI system names no state to compare with; --base names one")),
        (read_event({"CI": "false"}, None), "origin/main...the working tree: since this branch left origin/main, committed or not"),
    ],
)  # fmt: skip
def test_what_an_event_compares(event: Event | None, expected: str) -> None:
    assert chosen(event) == expected


@pytest.mark.parametrize(
    "payload", [None, [], "x", {"pull_request": []}, {"before": 5}, {"pull_request": {"base": None}}]
)
def test_a_payload_that_is_not_understood(payload: object) -> None:
    event = read_event({"GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main"}, payload)
    assert isinstance(choose_range(event, Wish(), None, has_commits=True), CannotTell)


@pytest.mark.parametrize(
    ("event", "wish", "expected"),
    [
        (None, Wish("main"), "main...the working tree: --base names where to start"),
        (None, Wish(A), f"{A}..the working tree: --base names a commit"),
        (None, Wish("HEAD"), "HEAD..the working tree: what is not committed"),
        (None, Wish("main", "topic"), "main...topic: --base names where to start"),
        (None, Wish(head="topic"), "origin/main...topic: since --head left the default branch"),
        (None, Wish(staged=True), "HEAD..what is staged: what the next commit will change"),
        (github("pull_request", **PULL_REQUEST), Wish("v1"), f"v1...{B}: --base names where to start"),
        (github("pull_request", **PULL_REQUEST), Wish(head="x"), f"{A}...x: what the pull request adds to its base"),
        (github("pull_request", **PULL_REQUEST), Wish("HEAD"), "HEAD..the working tree: what is not committed"),
        (github("push", before=A), Wish("main"), f"{A}..HEAD: the state before the push"),
        (github("push", before=A), Wish("refs/heads/main", "main"), f"{A}..HEAD: the state before the push"),
        (github("push", "refs/heads/topic", before=A), Wish("main"), "main...HEAD: --base names where to start"),
        (github("push", "refs/heads/topic", before=A), Wish(B), f"{B}..HEAD: --base names a commit"),
        (github("workflow_dispatch"), Wish(head="x"), "origin/main...x: since --head left the default branch"),
        (github("workflow_dispatch"), Wish("main"), cannot("workflow_dispatch names no state to compare with; --base names one")),
        (github("schedule"), Wish("v1"), "v1...HEAD: --base names where to start"),
    ],
)  # fmt: skip
def test_what_a_user_wishes(event: Event | None, wish: Wish, expected: str) -> None:
    assert chosen(event, wish) == expected


def test_a_wish_is_known_as_one() -> None:
    def is_asked(event: Event | None, wish: Wish) -> bool:
        found = choose_range(event, wish, "main", has_commits=True)
        return isinstance(found, CommitRange) and found.is_asked

    push = github("push", before=A)
    assert [is_asked(push, Wish()), is_asked(None, Wish()), is_asked(push, Wish("main"))] == [False, False, False]
    assert [is_asked(push, Wish("x")), is_asked(push, Wish(head="x")), is_asked(None, Wish("x"))] == [True, True, True]


def test_a_repository_that_has_just_begun() -> None:
    nothing = choose_range(None, Wish(), None, has_commits=False)
    assert str(nothing) == "nothing..the working tree: there is no commit yet"
    staged = choose_range(None, Wish(staged=True), None, has_commits=False)
    assert staged == CommitRange(None, State.INDEX, "what the next commit will change")
    alone = choose_range(None, Wish(), None, has_commits=True)
    assert str(alone) == "HEAD..the working tree: what is not committed; no default branch is known"


@pytest.mark.parametrize("wish", [Wish("main", staged=True), Wish(head="main", staged=True)])
def test_staged_excludes_the_others(wish: Wish) -> None:
    with pytest.raises(UsageError, match=r"^--staged compares what is staged with HEAD; leave out --base and --head$"):
        choose_range(None, wish, None, has_commits=True)


def test_a_head_needs_something_to_be_compared_with() -> None:
    with pytest.raises(
        UsageError, match=r"^--head x: no default branch is known to compare it with; write also --base$"
    ):
        choose_range(None, Wish(head="x"), None, has_commits=True)
