"""How the jobs and steps of a rehearsal ended, and the words for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SUCCESS, FAILURE, CANCELLED, SKIPPED = "success", "failure", "cancelled", "skipped"
MARKS = {SUCCESS: "ok", FAILURE: "failed", CANCELLED: "failed", SKIPPED: "skipped"}


@dataclass(frozen=True)
class StepResult:
    """How a step ended."""

    title: str
    id: str | None
    outcome: str
    """success, failure, cancelled or skipped."""
    conclusion: str
    """The same after continue-on-error."""
    seconds: float = 0.0
    outputs: Mapping[str, str] = field(default_factory=dict)
    not_run: str = ""
    """Why it was not run although its condition is met; its outcome is then success."""
    cause: str = ""
    """Why it failed or was skipped, in a few words."""

    @property
    def context(self) -> dict[str, Any]:
        """What later steps see of it."""
        return {"outputs": dict(self.outputs), "outcome": self.outcome, "conclusion": self.conclusion}


@dataclass(frozen=True)
class JobResult:
    """How one job ended, or one of those that a matrix made of it."""

    id: str
    label: str
    result: str
    seconds: float = 0.0
    steps: tuple[StepResult, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)
    cause: str = ""
    """Why it was not run, or failed without a step of its own failing."""
    is_tolerated: bool = False
    """Whether it failed under continue-on-error, so that the run goes on as if it had passed."""
    summary: str = ""
    """The Markdown that its steps wrote for GitHub's summary page."""

    @property
    def effective(self) -> str:
        """Its result as the jobs see it that need it."""
        return SUCCESS if self.is_tolerated else self.result

    @property
    def ran(self) -> int:
        """How many of its steps were run."""
        return sum(1 for step in self.steps if step.outcome != SKIPPED and not step.not_run)


def needs_context(results: Mapping[str, Sequence[JobResult]], joint: Mapping[str, str]) -> dict[str, Any]:
    """Return the context needs: of each job its result and outputs; of a matrix the last ones written."""
    return {
        name: {
            "result": joint[name],
            "outputs": {key: value for one in found for key, value in one.outputs.items() if value},
        }
        for name, found in results.items()
    }


def table_rows(results: Sequence[JobResult], duration: Mapping[int, str]) -> list[list[str]]:
    """Return a row for each job: its name, result, steps and time; `duration` has the times as text, by position."""
    return [
        [one.label, _result(one), f"{one.ran} of {len(one.steps)}" if one.steps else "-", duration[place]]
        for place, one in enumerate(results)
    ]


def not_run_lines(results: Sequence[JobResult]) -> list[str]:
    """Return a line for each cause why something was not run, with all that it holds for."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in results:
        for step in one.steps:
            if step.not_run:
                found.setdefault((step.title, step.not_run), []).append(one.label)
    return [f"{title} ({', '.join(dict.fromkeys(labels))}): {cause}" for (title, cause), labels in found.items()]


def failures(results: Sequence[JobResult]) -> list[str]:
    """Return a line for each job that failed, with the step that it failed in."""
    return [f"{one.label}: {_cause(one)}" for one in results if one.effective in {FAILURE, CANCELLED}]


def as_data(results: Sequence[JobResult]) -> list[dict[str, Any]]:
    """Return the results for programs."""
    return [
        {
            "id": one.id,
            "name": one.label,
            "result": one.result,
            "seconds": round(one.seconds, 2),
            "outputs": dict(one.outputs),
            "cause": one.cause,
            "steps": [_step_data(step) for step in one.steps],
        }
        for one in results
    ]


def _step_data(step: StepResult) -> dict[str, Any]:
    return {
        "name": step.title,
        "outcome": step.outcome,
        "conclusion": step.conclusion,
        "seconds": round(step.seconds, 2),
        "not_run": step.not_run,
        "cause": step.cause,
    }


def _result(one: JobResult) -> str:
    if one.is_tolerated:
        return f"{one.result} (continue-on-error)"
    return f"{one.result}: {one.cause}" if one.cause and one.result == SKIPPED else one.result


def _cause(one: JobResult) -> str:
    failed = next((step for step in one.steps if step.conclusion in {FAILURE, CANCELLED}), None)
    if one.cause or failed is None:
        return one.cause or one.result
    return f"step {failed.title!r} {failed.cause or failed.outcome}"
