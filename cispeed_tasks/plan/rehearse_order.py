"""In which order the jobs of a workflow run, and whether what they need lets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from cispeed_tasks.plan.expression_values import Value
from cispeed_tasks.plan.rehearse_workflow import Fault, Job


def order(jobs: Mapping[str, Job]) -> list[Job]:
    """Return the jobs, each behind those that it needs and otherwise as they are written; a circle's are left out."""
    done: dict[str, Job] = {}
    while ready := [job for job in jobs.values() if job.id not in done and all(need in done for need in job.needs)]:
        done[ready[0].id] = ready[0]
    return list(done.values())


def circle_faults(jobs: Mapping[str, Job]) -> Iterator[Fault]:
    """Yield a fault for each job that waits for itself."""
    ordered = {job.id for job in order(jobs)}
    for job in jobs.values():
        if job.id not in ordered and all(need in jobs for need in job.needs):
            yield Fault(("jobs", job.id, "needs"), f"the job {job.id!r} waits in a circle of `needs`")


def ancestors(jobs: Mapping[str, Job], of: str) -> tuple[str, ...]:
    """Return all jobs that a job needs, and those need, in the order of the file."""
    found: set[str] = set()
    waiting = list(jobs[of].needs)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += jobs[name].needs
    return tuple(name for name in jobs if name in found)


def longest_chain(jobs: Mapping[str, Job], seconds: Mapping[str, float]) -> float:
    """Return the seconds that jobs take which run beside each other as far as their needs let them.

    Args:
        jobs: those of the workflow.
        seconds: how long each took; of a matrix the longest, and none for a job that was not run.
    """
    ends: dict[str, float] = {}
    for job in order(jobs):
        ends[job.id] = seconds.get(job.id, 0.0) + max((ends[need] for need in job.needs), default=0.0)
    return max(ends.values(), default=0.0)


def job_functions(results: Sequence[str], *, is_cancelled: bool) -> dict[str, Callable[..., Value]]:
    """Return the status functions for a job's condition.

    Args:
        results: success, failure, cancelled or skipped for each job that it needs, directly or not.
        is_cancelled: whether the run was cancelled.
    """
    return {
        "success": lambda *_: not is_cancelled and all(result == "success" for result in results),
        "failure": lambda *_: "failure" in results,
        "cancelled": lambda: is_cancelled,
        "always": lambda: True,
    }


def step_functions(status: str) -> dict[str, Callable[..., Value]]:
    """Return the status functions for a step's condition; `status` is success, failure or cancelled: the job's so far."""
    return {
        "success": lambda *_: status == "success",
        "failure": lambda *_: status == "failure",
        "cancelled": lambda: status == "cancelled",
        "always": lambda: True,
    }


def joint_result(results: Sequence[str]) -> str:
    """Return the result of a job from those of the jobs that its matrix made."""
    for result in ("failure", "cancelled", "success"):
        if result in results:
            return result
    return "skipped"
