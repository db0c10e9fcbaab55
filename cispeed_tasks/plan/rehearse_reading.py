"""Read a GitHub workflow, and find every fault in it with the place that it is in."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from cispeed_tasks.plan.expression_values import Value
from cispeed_tasks.plan.rehearse_workflow import ALL_PASSED, Fault, Job, Place, Step, Workflow, dig

_TOP = "name run-name on permissions env defaults concurrency jobs"
_JOB = (
    "name needs permissions if runs-on environment concurrency outputs env defaults steps timeout-minutes strategy "
    "continue-on-error container services uses with secrets snapshot"
)
_STEP = "id if name uses run working-directory shell with env continue-on-error timeout-minutes"


def read_workflow(data: object, name: str) -> tuple[Workflow, list[Fault]]:
    """Return a workflow and what is wrong with it; with faults, the workflow is not whole.

    Args:
        data: the data of its YAML, all keys as text.
        name: what it is called where it has no name of its own.
    """
    data = _plain(data)
    if not isinstance(data, Mapping):
        return Workflow(name, {}), [Fault((), "a workflow is a mapping with `on` and `jobs`")]
    faults = list(_unknown(data, _TOP, ()))
    written = data.get("jobs")
    if not isinstance(written, Mapping) or not written:
        faults.append(Fault(("jobs",), "a workflow needs `jobs`, a mapping with at least one job"))
        written = {}
    triggers = _triggers(data.get("on"))
    if not triggers:
        faults.append(Fault(("on",), "a workflow needs `on`: the events that start it"))
    jobs: dict[str, Job] = {}
    for key, job in written.items():
        found = list(_job_faults(key, job, written))
        faults += found
        if not found:
            jobs[key] = _job(key, job)
    return Workflow(str(data.get("name") or name), triggers, jobs, data), faults


def _plain(data: object) -> Value:
    """Return data without the dates that YAML makes of what GitHub takes as text."""
    if isinstance(data, Mapping):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_plain(value) for value in data]
    return data.isoformat() if isinstance(data, datetime) else data


def _triggers(on: Value) -> dict[str, Value]:
    if isinstance(on, str):
        return {on: {}}
    if isinstance(on, list):
        return {str(each): {} for each in on}
    return {key: value or {} for key, value in on.items()} if isinstance(on, Mapping) else {}


def _unknown(data: Mapping[str, Value], known: str, place: Place) -> Iterator[Fault]:
    for key in data:
        if key not in known.split():
            near = difflib.get_close_matches(key, known.split(), n=1)
            advice = f"; did you mean {near[0]!r}?" if near else ""
            yield Fault((*place, key), f"unknown key {key!r}{advice}")


def _needs_of(job: Value) -> tuple[str, ...]:
    """Return the jobs that a job waits for."""
    needs = dig(job, "needs")
    return (needs,) if isinstance(needs, str) else tuple(map(str, needs or ()))


def _job_faults(key: str, job: Value, all_jobs: Mapping[str, Value]) -> Iterator[Fault]:
    place = ("jobs", key)
    if not isinstance(job, Mapping):
        yield Fault(place, f"the job {key!r} has to be a mapping")
        return
    yield from _unknown(job, _JOB, place)
    for need in _needs_of(job):
        if need not in all_jobs:
            yield Fault((*place, "needs"), f"the job {key!r} needs {need!r}, and there is no such job")
    if "uses" in job:
        return
    if not job.get("runs-on"):
        yield Fault(place, f"the job {key!r} needs `runs-on`")
    steps = job.get("steps")
    if not isinstance(steps, list) or not steps:
        yield Fault(place, f"the job {key!r} needs `steps`, a list")
        return
    ids: set[str] = set()
    for number, step in enumerate(steps):
        yield from _step_faults(step, (*place, "steps", number), ids)


def _step_faults(step: Value, place: Place, ids: set[str]) -> Iterator[Fault]:
    if not isinstance(step, Mapping):
        yield Fault(place, "a step has to be a mapping")
        return
    yield from _unknown(step, _STEP, place)
    if ("run" in step) == ("uses" in step):
        yield Fault(place, "a step has either `run` or `uses`")
    for key in ("with", "env"):
        if not isinstance(step.get(key) or {}, Mapping):
            yield Fault((*place, key), f"`{key}` has to be a mapping")
    if (name := str(step.get("id") or "").lower()) in ids:
        yield Fault((*place, "id"), f"the id {name!r} is used twice in this job")
    ids |= {name} - {""}


def _job(key: str, job: Mapping[str, Any]) -> Job:
    steps = tuple(_step(step, key, number) for number, step in enumerate(job.get("steps") or ()))
    return Job(key, job.get("name"), _needs_of(job), _condition(job), steps, job)


def _step(step: Mapping[str, Any], job: str, number: int) -> Step:
    return Step(
        place=("jobs", job, "steps", number),
        number=number + 1,
        id=step.get("id"),
        name=step.get("name"),
        condition=_condition(step),
        uses=step.get("uses"),
        run=step.get("run"),
        shell=step.get("shell"),
        directory=step.get("working-directory"),
        inputs=step.get("with") or {},
        env=step.get("env") or {},
        continue_on_error=step.get("continue-on-error", False),
        timeout_minutes=step.get("timeout-minutes"),
    )


def _condition(data: Mapping[str, Any]) -> str:
    written = data.get("if")
    if isinstance(written, bool):
        return "true" if written else "false"
    return ALL_PASSED if written is None else str(written)
