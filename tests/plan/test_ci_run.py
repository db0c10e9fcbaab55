"""A workflow on one machine: what is run, what a failure stops, and what it leaves to the next job."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cispeed_tasks.config_schema import CiConfig
from cispeed_tasks.plan.ci_jobs import Job, workflow_jobs
from cispeed_tasks.plan.ci_run import (
    Ran,
    job_hindrance,
    plan_lines,
    read_outputs,
    services_of,
    step_hindrance,
    step_variables,
)
from tests.plan.workflow_projects import SHAPES

PROJECT = replace(SHAPES["whole"], ci=CiConfig.model_validate({"docker-tests": ["make smoke"]}))
DOCKER = workflow_jobs("docker-ci", PROJECT)
FULL = workflow_jobs("full-ci", PROJECT)
BUILDS_API = {"matrix": '{"include": [{"shard": "1/1", "services": "api"}]}'}


def ran(job: str, step: int, jobs: dict[str, Job] = DOCKER, *, exit_code: int = 0, not_run: str = "") -> Ran:
    return Ran(job, jobs[job].steps[step], exit_code, not_run=not_run)


def test_the_plan_is_the_commands_in_their_order() -> None:
    assert (
        "\n".join(plan_lines(list(DOCKER.values())))
        == """\
plan:
  $ inv affected --github-output
  $ matrix="$(inv build-matrix --json --shards 3)"
    echo "matrix=${matrix//$'\\n'/}" >> "$GITHUB_OUTPUT"
bases, after plan, where something is affected:
  $ inv build-base --services "$SERVICES" --cache auto
  · inv images-save --bases-of "$SERVICES": not here, images stay on this machine
build, after plan, bases, where something is affected:
  $ inv images-load --bases-of "$SERVICES"
  $ inv build-optimized --services "$SERVICES" --cache auto
  · inv images-save --services "$SERVICES": not here, images stay on this machine
up, after plan, bases, build, where something is affected:
  $ inv images-load --services "$SERVICES"
  $ inv build-optimized --pull --cache auto
  $ inv full-up
  $ inv status --check
  $ make smoke
  · inv logs: not here, `inv logs` shows them
  $ inv down"""
    )


def test_a_job_waits_for_those_that_it_needs() -> None:
    assert job_hindrance(DOCKER["plan"], [], {}) == ""
    assert job_hindrance(DOCKER["bases"], [ran("plan", 0, exit_code=2)], {}) == "plan did not pass"
    stopped = ran("bases", 0, not_run="plan did not pass")
    assert job_hindrance(DOCKER["build"], [stopped], BUILDS_API) == "bases did not pass"


def test_images_are_built_where_there_are_any_and_the_stack_is_started_where_a_service_is_affected() -> None:
    before = [ran("plan", 0), ran("plan", 1)]
    assert job_hindrance(DOCKER["bases"], before, {"matrix": '{"include": []}'}) == "nothing of it is affected"
    assert job_hindrance(DOCKER["bases"], before, BUILDS_API) == ""
    assert job_hindrance(DOCKER["up"], before, {"services": ""}) == "nothing of it is affected"
    # The images of an earlier run are in the registry: none is built, and what it did not prove is proven now.
    skipped = [*before, ran("build", 0, not_run="nothing of it is affected")]
    assert job_hindrance(DOCKER["up"], skipped, {"services": "api", "matrix": '{"include": []}'}) == ""


def test_what_is_not_affected_or_not_for_one_machine_stops_nothing() -> None:
    skipped = ran("bases", 0, not_run="nothing of it is affected")
    handed = ran("bases", 1, not_run="images stay on this machine")
    assert job_hindrance(FULL["e2e"], [skipped, handed], {}) == ""


def test_reports_are_merged_also_after_failed_tests() -> None:
    assert job_hindrance(FULL["report"], [ran("e2e", 1, FULL, exit_code=1)], {}) == ""
    stopped = ran("playwright-image", 1, FULL, exit_code=1)
    assert job_hindrance(FULL["report"], [stopped], {}) == "playwright-image did not pass"


def test_after_a_failure_only_what_is_meant_to_goes_on() -> None:
    up = DOCKER["up"]
    failed = [ran("up", 2, exit_code=1)]
    found = {step.name: step_hindrance(step, failed, interrupted=False) for step in up.steps[3:]}
    assert found == {
        "Prove that it runs what the checkout holds": "'Start the stack' failed",
        "make smoke": "",
        "Show the logs": "`inv logs` shows them",
        "Take the stack down": "",
    }


def test_after_an_interruption_only_cleaning_up_goes_on() -> None:
    found = [step.name for step in DOCKER["up"].steps if not step_hindrance(step, [], interrupted=True)]
    assert found == ["Take the stack down"]


def test_one_machine_has_all_services_and_all_tests() -> None:
    tests = FULL["e2e"].steps
    assert step_variables(tests[1], {}, "buy", "") == {"SHARD": "1/1", "GREP": "buy"}
    outputs = {**BUILDS_API, "images": "api web"}
    assert step_variables(DOCKER["build"].steps[1], outputs, "", "") == {"SERVICES": "api"}
    assert step_variables(DOCKER["up"].steps[0], outputs, "", "") == {"SERVICES": "api web"}


@pytest.mark.parametrize(
    ("text", "outputs"),
    [
        ("", {}),
        ("a=1\nb=x=y\n", {"a": "1", "b": "x=y"}),
        ("a<<END\none\ntwo\nEND\nb=2\n", {"a": "one\ntwo", "b": "2"}),
        ("a<<E=1\nx\nE=1\n", {"a": "x"}),
        ("a=x<<y\nb=2\n", {"a": "x<<y", "b": "2"}),
    ],
)
def test_outputs_are_read_as_github_does(text: str, outputs: dict[str, str]) -> None:
    assert read_outputs(text) == outputs


def test_the_services_of_a_matrix() -> None:
    matrix = '{"include": [{"shard": "1/2", "services": "a b"}, {"shard": "2/2", "services": "c"}]}'
    assert services_of({"matrix": matrix}) == "a b c"
    assert services_of({"matrix": '{"include": []}'}) == ""
    assert services_of({}) == ""
