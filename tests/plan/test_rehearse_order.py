"""The order of jobs, what they need, and what that makes of their conditions."""

from __future__ import annotations

import pytest

from cispeed_tasks.plan.expression_evaluation import Scope
from cispeed_tasks.plan.expression_template import holds
from cispeed_tasks.plan.rehearse_order import (
    ancestors,
    circle_faults,
    job_functions,
    joint_result,
    longest_chain,
    order,
)
from cispeed_tasks.plan.rehearse_reading import read_workflow
from cispeed_tasks.plan.rehearse_workflow import Job


def jobs(**needs: object) -> dict[str, Job]:
    written = {name: {"runs-on": "x", "needs": need, "steps": [{"run": "true"}]} for name, need in needs.items()}
    workflow, faults = read_workflow({"on": "push", "jobs": written}, "w")
    assert faults == []
    return dict(workflow.jobs)


def test_a_job_comes_behind_what_it_needs_and_otherwise_as_written() -> None:
    there = jobs(verdict=["build", "lint"], lint=[], build="plan", plan=[], other=None)
    assert [job.id for job in order(there)] == ["lint", "plan", "build", "verdict", "other"]
    assert ancestors(there, "verdict") == ("lint", "build", "plan")
    assert ancestors(there, "other") == ()


def test_circles() -> None:
    there = jobs(a="b", b="a", c="b", d=[])
    assert [job.id for job in order(there)] == ["d"]
    assert [fault.message for fault in circle_faults(there)] == [
        "the job 'a' waits in a circle of `needs`",
        "the job 'b' waits in a circle of `needs`",
        "the job 'c' waits in a circle of `needs`",
    ]


@pytest.mark.parametrize(
    ("results", "runs"),
    [
        ((), "success, !failure, always"),
        (("success", "success"), "success, !failure, always"),
        (("success", "failure"), "failure, always"),
        # A job that was skipped takes those along that need it, also through others.
        (("success", "skipped"), "!failure, always"),
        (("cancelled",), "!failure, always"),
    ],
)
def test_conditions_of_a_job_by_the_results_before_it(results: tuple[str, ...], runs: str) -> None:
    scope = Scope({}, job_functions(results, is_cancelled=False))
    conditions = {"success": "success()", "failure": "failure()", "!failure": "!failure()", "always": "always()"}
    assert ", ".join(name for name, written in conditions.items() if holds(written, scope)) == runs


def test_a_run_that_is_cancelled() -> None:
    scope = Scope({}, job_functions(["success"], is_cancelled=True))
    assert [holds(each, scope) for each in ("success()", "cancelled()", "always()", "!cancelled()")] == [
        False,
        True,
        True,
        False,
    ]


def test_how_long_jobs_take_beside_each_other() -> None:
    there = jobs(lint=[], plan=[], build=["plan"], verdict=["lint", "build"])
    assert longest_chain(there, {"lint": 8, "plan": 2, "build": 5, "verdict": 1}) == 9
    assert longest_chain(there, {"lint": 3, "plan": 2, "build": 5, "verdict": 1}) == 8
    assert longest_chain(there, {"plan": 2}) == 2


@pytest.mark.parametrize(
    ("results", "joint"),
    [
        (["success", "success"], "success"),
        (["success", "failure", "cancelled"], "failure"),
        (["success", "cancelled"], "cancelled"),
        (["skipped"], "skipped"),
    ],
)
def test_the_result_of_a_matrix(results: list[str], joint: str) -> None:
    assert joint_result(results) == joint
