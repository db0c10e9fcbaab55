"""Reading a workflow, and what GitHub would refuse in one."""

from __future__ import annotations

from typing import Any

import pytest

from cispeed_tasks.plan.rehearse_expressions import expression_faults
from cispeed_tasks.plan.rehearse_reading import read_workflow

STEP = {"run": "true"}


def job(**more: Any) -> dict[str, Any]:
    return {"runs-on": "ubuntu-latest", "steps": [STEP], **more}


def faults(workflow: Any) -> list[str]:
    _, found = read_workflow(workflow, "w")
    found += expression_faults(workflow) if isinstance(workflow, dict) else []
    return [f"{'.'.join(map(str, fault.place))}: {fault.message}" for fault in found]


def of_job(**more: Any) -> list[str]:
    return faults({"on": "push", "jobs": {"a": job(**more)}})


def of_step(**step: Any) -> list[str]:
    return of_job(steps=[step])


def test_a_workflow() -> None:
    steps = [{"uses": "actions/checkout@v4", "with": {"fetch-depth": 0}}, {"name": "Test", "id": "t", "run": "a\nb"}]
    data = {"on": {"push": None}, "jobs": {"a": job(), "b": job(needs="a", steps=steps, **{"if": True})}}
    workflow, found = read_workflow(data, "file")
    assert found == []
    assert (workflow.name, workflow.triggers) == ("file", {"push": {}})
    assert (workflow.jobs["b"].needs, workflow.jobs["b"].condition) == (("a",), "true")
    assert workflow.jobs["a"].condition == "success()"
    assert [step.title for step in workflow.jobs["b"].steps] == ["Run actions/checkout@v4", "Test"]
    assert workflow.jobs["a"].steps[0].title == "Run true"


@pytest.mark.parametrize(
    ("workflow", "message"),
    [
        ([], ": a workflow is a mapping with `on` and `jobs`"),
        ({"jobs": {"a": job()}}, "on: a workflow needs `on`: the events that start it"),
        ({"on": "push"}, "jobs: a workflow needs `jobs`, a mapping with at least one job"),
        ({"on": "push", "job": {}, "jobs": {"a": job()}}, "job: unknown key 'job'; did you mean 'jobs'?"),
        ({"on": "push", "jobs": {"a": 1}}, "jobs.a: the job 'a' has to be a mapping"),
    ],
)
def test_faults_of_a_workflow(workflow: Any, message: str) -> None:
    assert faults(workflow) == [message]


def test_faults_of_jobs_and_steps_come_all_at_once() -> None:
    assert of_job(need="x", needs=["b"], **{"runs-on": ""}) == [
        "jobs.a.need: unknown key 'need'; did you mean 'needs'?",
        "jobs.a.needs: the job 'a' needs 'b', and there is no such job",
        "jobs.a: the job 'a' needs `runs-on`",
    ]
    assert of_job(steps=[]) == ["jobs.a: the job 'a' needs `steps`, a list"]
    assert of_job(steps=[{}, {"run": "a", "uses": "b"}, 3, {**STEP, "id": "x"}, {**STEP, "id": "X"}, {**STEP, "env": "E"}]) == [
        "jobs.a.steps.0: a step has either `run` or `uses`",
        "jobs.a.steps.1: a step has either `run` or `uses`",
        "jobs.a.steps.2: a step has to be a mapping",
        "jobs.a.steps.4.id: the id 'x' is used twice in this job",
        "jobs.a.steps.5.env: `env` has to be a mapping",
    ]  # fmt: skip


def test_a_job_that_calls_another_workflow_needs_no_steps() -> None:
    assert faults({"on": "push", "jobs": {"a": {"uses": "./.github/workflows/x.yml"}}}) == []


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (of_job(**{"if": "env.X"}), "jobs.a.if: the context 'env' is not available here; there are github, inputs, needs, vars"),
        (of_job(**{"if": "github.ref = 'x'"}), "jobs.a.if: '=' means nothing here; did you mean ==?"),
        (of_job(**{"if": "main"}), "jobs.a.if: there is no context 'main'; text stands between single quotes"),
        (of_job(name="${{ steps.x }}"), "jobs.a.name: the context 'steps' is not available here; there are github, inputs, matrix, needs, strategy, vars"),
        (of_job(env={"A": "${{ hashFiles('x') }}"}), "jobs.a.env.A: hashFiles() is for steps only: there are no files outside of a job"),
        (of_step(run="${{ always() }}"), "jobs.a.steps.0.run: always() is for an `if` only"),
        (of_step(run="true", **{"if": "secrets.X"}), "jobs.a.steps.0.if: the context 'secrets' is not available here; there are env, github, inputs, job, matrix, needs, runner, steps, strategy, vars"),
        (of_step(run="x ${{ matrix.a"), "jobs.a.steps.0.run: this ${{ has no }} behind it"),
    ],
)  # fmt: skip
def test_expressions_that_github_refuses(found: list[str], wanted: str) -> None:
    assert found == [wanted]


def test_expressions_that_github_takes() -> None:
    step = {
        "run": "${{ env.A }} ${{ secrets.B }} ${{ hashFiles('**/x') }}",
        "if": "always() && steps.x.outcome == 'failure'",
    }
    assert (
        of_job(steps=[step], outputs={"o": "${{ steps.x.outputs.o }}"}, strategy={"matrix": "${{ fromJSON(needs.b) }}"})
        == []
    )
    assert (
        faults({"name": "${{ not read }}", "on": "push", "env": {"A": "${{ secrets.X }}"}, "jobs": {"a": job()}}) == []
    )
