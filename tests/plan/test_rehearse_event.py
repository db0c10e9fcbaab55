"""The events that a rehearsal plays, and what they say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.ci_event import read_event
from cispeed_tasks.plan.expression_values import text
from cispeed_tasks.plan.rehearse_environment import Machine, clean_environment, default_variables, github_context
from cispeed_tasks.plan.rehearse_environment import runner_context as runner
from cispeed_tasks.plan.rehearse_event import choose_event, dispatch_inputs, make_event
from cispeed_tasks.plan.rehearse_payload import History
from cispeed_tasks.plan.rehearse_reading import read_workflow
from cispeed_tasks.plan.rehearse_workflow import Workflow

HISTORY = History(
    "o/shop", "main", "main", "b" * 40, "topic", "c" * 40, "d" * 40, "Add it", "2026-11-25T03:00:00+00:00"
)
MACHINE = Machine("Linux", "X64", "/w/shop/shop", "/t", "/tools", "/event.json")


def workflow(on: Any) -> Workflow:
    found, faults = read_workflow({"on": on, "jobs": {"a": {"runs-on": "x", "steps": [{"run": "true"}]}}}, "w")
    assert faults == []
    return found


@pytest.mark.parametrize(
    ("on", "name", "wanted"),
    [
        ("push", "push", ("refs/heads/topic", "c", "", "")),
        (["push"], "push", ("refs/heads/topic", "c", "", "")),
        ({"push": {"branches": ["release-*", "main"]}}, "push", ("refs/heads/main", "c", "", "")),
        ({"push": {"branches": "topic"}}, "push", ("refs/heads/topic", "c", "", "")),
        ("pull_request", "pull_request", ("refs/pull/1/merge", "d", "main", "topic")),
        ("merge_group", "merge_group", (f"refs/heads/gh-readonly-queue/main/pr-1-{'b' * 40}", "d", "", "")),
        ("workflow_dispatch", "workflow_dispatch", ("refs/heads/topic", "c", "", "")),
        ({"schedule": [{"cron": "0 3 * * *"}]}, "schedule", ("refs/heads/main", "c", "", "")),
    ],
)
def test_what_an_event_is_about(on: Any, name: str, wanted: tuple[str, str, str, str]) -> None:
    event = make_event(name, workflow(on), HISTORY, {})
    assert (event.ref, event.sha[0], event.base_ref, event.head_ref) == wanted


def test_the_tasks_own_reading_of_each_payload() -> None:
    found = {}
    for name in ("pull_request", "merge_group", "push"):
        event = make_event(name, workflow(name), HISTORY, {})
        read = read_event({"GITHUB_EVENT_NAME": name, "GITHUB_REF": event.ref}, event.payload)
        assert read is not None
        found[name] = (read.base, read.head, read.default_branch)
    assert found == {
        "pull_request": ("b" * 40, "c" * 40, "main"),
        "merge_group": ("b" * 40, "d" * 40, "main"),
        "push": ("b" * 40, "HEAD", "main"),
    }


@pytest.mark.parametrize(
    ("types", "action"),
    [(None, "synchronize"), (["opened", "synchronize"], "synchronize"), (["ready_for_review"], "ready_for_review"), ("opened", "opened")],
)  # fmt: skip
def test_the_kind_of_a_pull_request_event(types: Any, action: str) -> None:
    payload = make_event("pull_request", workflow({"pull_request": {"types": types}}), HISTORY, {}).payload
    assert payload["action"] == action
    assert payload["pull_request"]["draft"] is False


def test_a_kind_that_is_asked_for() -> None:
    there = workflow({"pull_request": {"types": ["opened", "ready_for_review"]}, "push": None})
    name = choose_event(there, "pull_request.ready_for_review")
    event = make_event(name, there, HISTORY, {})
    assert (event.name, event.payload["action"], event.sha[0]) == ("pull_request", "ready_for_review", "d")


def test_a_pull_request_of_a_fork() -> None:
    request = make_event("pull_request", workflow("pull_request"), replace(HISTORY, is_fork=True), {}).payload[
        "pull_request"
    ]
    assert (request["head"]["repo"]["full_name"], request["head"]["repo"]["fork"]) == ("fork/shop", True)
    assert (request["base"]["repo"]["full_name"], request["base"]["repo"]["fork"]) == ("o/shop", False)


def test_the_schedule_is_the_first_one() -> None:
    on = {"schedule": [{"cron": "0 3 * * *"}, {"cron": "1 1 1 1 1"}]}
    assert make_event("schedule", workflow(on), HISTORY, {}).payload["schedule"] == "0 3 * * *"


def test_the_event_that_is_chosen() -> None:
    there = workflow(["issues", "schedule", "push", "pull_request"])
    assert choose_event(there, None) == "pull_request"
    assert choose_event(there, "schedule") == "schedule"


@pytest.mark.parametrize(
    ("on", "asked", "message"),
    [
        ("push", "pull_request", "--event pull_request: w is not started by it, but by push"),
        ("push", "pr", "--event pr: it is one of pull_request, push, merge_group, workflow_dispatch, schedule"),
        ("push", "push.x", "--event push.x: only pull_request has kinds"),
        (
            "pull_request",
            "pull_request.labeled",
            "--event pull_request.labeled: w is started by pull_request, but of the kinds synchronize, opened, reopened",
        ),
        (["issues", "release"], None, "w is started by issues, release; of these none can be rehearsed"),
    ],
)
def test_events_that_there_are_not(on: Any, asked: str | None, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        choose_event(workflow(on), asked)
    assert str(caught.value) == message


INPUTS = {
    "inputs": {
        "level": {"type": "choice", "options": ["low", "high"], "default": "low"},
        "push": {"type": "boolean"},
        "name": {"required": True},
        "count": {"default": 3},
    }
}


def test_inputs_by_their_types() -> None:
    assert dispatch_inputs(INPUTS, {"name": "x", "push": "true"}) == {
        "level": "low",
        "push": True,
        "name": "x",
        "count": "3",
    }
    event = make_event("workflow_dispatch", workflow({"workflow_dispatch": INPUTS}), HISTORY, {"name": "x"})
    assert event.payload["inputs"] == {"level": "low", "push": "false", "name": "x", "count": "3"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "the input 'name' is required; write --input name=VALUE"),
        ({"name": "x", "colour": "red"}, "--input colour: the workflow's inputs are level, push, name, count"),
        ({"name": "x", "push": "yes"}, "--input push=yes: it is true or false"),
        ({"name": "x", "level": "top"}, "--input level=top: it is one of low, high"),
    ],
)
def test_inputs_that_are_wrong(given: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        dispatch_inputs(INPUTS, given)
    assert str(caught.value) == message


def test_inputs_are_for_one_event_only() -> None:
    with pytest.raises(UsageError, match=r"^--input is for --event workflow_dispatch, and this is push$"):
        make_event("push", workflow("push"), HISTORY, {"a": "b"})


def test_what_a_job_sees_of_a_persons_variables() -> None:
    mine = {
        "PATH": "/bin",
        "HOME": "/me",
        "LC_ALL": "C",
        "https_proxy": "p",
        "PIP_INDEX_URL": "i",
        "npm_config_registry": "r",
    }
    assert clean_environment({**mine, "AWS_SECRET": "s", "VIRTUAL_ENV": "v", "GITHUB_TOKEN": "t", "CI": ""}) == mine


def test_the_variables_of_every_step() -> None:
    event = make_event("pull_request", workflow("pull_request"), HISTORY, {})
    github = github_context(event, HISTORY, "w", ".github/workflows/w.yml", MACHINE, "a")
    found = default_variables(github, runner(MACHINE))
    wanted = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REF": "refs/pull/1/merge",
        "GITHUB_REF_NAME": "1/merge",
        "GITHUB_BASE_REF": "main",
        "GITHUB_HEAD_REF": "topic",
        "GITHUB_REPOSITORY": "o/shop",
        "GITHUB_REPOSITORY_OWNER": "o",
        "GITHUB_SHA": "d" * 40,
        "GITHUB_WORKSPACE": "/w/shop/shop",
        "GITHUB_EVENT_PATH": "/event.json",
        "GITHUB_WORKFLOW_REF": "o/shop/.github/workflows/w.yml@refs/pull/1/merge",
        "RUNNER_OS": "Linux",
        "RUNNER_TEMP": "/t",
    }
    assert {key: found[key] for key in wanted} == wanted
    assert "GITHUB_TOKEN" not in found
    assert text(github["token"]) == ""
