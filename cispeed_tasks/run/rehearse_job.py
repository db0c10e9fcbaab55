"""Run one job of a rehearsal: its steps in their order, each under its condition, on a machine of its own."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cispeed_tasks.plan.expression_evaluation import Scope
from cispeed_tasks.plan.expression_template import fill_in, holds
from cispeed_tasks.plan.expression_values import CaseSensitive, Value, is_true, number, text
from cispeed_tasks.plan.expression_words import ExpressionError
from cispeed_tasks.plan.rehearse_environment import default_variables, github_context, runner_context
from cispeed_tasks.plan.rehearse_order import step_functions
from cispeed_tasks.plan.rehearse_output import Output
from cispeed_tasks.plan.rehearse_results import CANCELLED, FAILURE, MARKS, SKIPPED, SUCCESS, JobResult, StepResult
from cispeed_tasks.plan.rehearse_workflow import Job, Step, shortened
from cispeed_tasks.run.rehearse_room import Rehearsal
from cispeed_tasks.run.rehearse_step import Done, StepRun
from cispeed_tasks.tools import terminal
from cispeed_tasks.tools.script import Scripts
from cispeed_tasks.tools.workspace_files import hash_files

_MINUTES = 360.0
_GRACE_SECONDS = 300.0
"""What steps that always run may take when the job's own time is over."""


@dataclass(frozen=True)
class Variant:
    """One of the jobs that a matrix makes of one; of a job without a matrix the only one."""

    label: str
    directory: str
    matrix: Mapping[str, Value]
    strategy: Mapping[str, Value]


class JobRun:
    """A job that is being run."""

    def __init__(self, rehearsal: Rehearsal, job: Job, variant: Variant, needs: Mapping[str, Any]) -> None:
        """Make its machine and what its expressions can name."""
        self._rehearsal, self._job, self._variant = rehearsal, job, variant
        machine = rehearsal.room.machine(variant.directory, rehearsal.history.repository)
        self._workspace = Path(machine.workspace)
        name, file = rehearsal.workflow.name, rehearsal.file
        github = github_context(rehearsal.event, rehearsal.history, name, file, machine, job.id)
        runner = runner_context(machine)
        self._contexts: dict[str, Value] = {
            **rehearsal.contexts,
            "github": github,
            "runner": runner,
            "needs": dict(needs),
            "matrix": dict(variant.matrix),
            "strategy": dict(variant.strategy),
            "steps": {},
        }
        self._output = Output()
        self._scripts = Scripts()
        self._defaults = default_variables(github, runner)
        self._step_run = StepRun(rehearsal, job, self._workspace, Path(machine.temporary), self._scripts, self._output)
        self._env: dict[str, str] = {}
        self._status = SUCCESS
        self.was_interrupted = False
        self._results: list[StepResult] = []

    def run(self) -> JobResult:
        """Run its steps; return how it ended, also when it was interrupted."""
        started = time.monotonic()
        self._rehearsal.voice.heading(f"Job {self._variant.label}")
        try:
            self._begin()
            deadline = started + 60 * self._minutes(self._job.get("timeout-minutes"), self._scope())
            for step in self._job.steps:
                self._add(self._step(step, deadline))
            if self._status == SUCCESS:
                self._step_run.save_caches()
            return self._ended(time.monotonic() - started, self._outputs())
        except ExpressionError as error:
            self._status = FAILURE
            return self._ended(time.monotonic() - started, {}, cause=str(error))
        finally:
            self._scripts.end()

    def _begin(self) -> None:
        levels = (self._rehearsal.workflow.data.get("env"), self._job.get("env"))
        for level in levels:
            self._env |= {key: text(value) for key, value in (fill_in(level, self._scope()) or {}).items()}

    def _scope(self, more: Mapping[str, str] | None = None) -> Scope:
        contexts = {**self._contexts, "job": {"status": self._status, "container": {}, "services": {}}}
        contexts["env"] = CaseSensitive(self._env | dict(more or {}))
        hashes = {"hashfiles": lambda *patterns: hash_files(self._workspace, map(text, patterns))}
        return Scope(contexts, {**step_functions(self._status), **hashes})

    def _step(self, step: Step, deadline: float) -> StepResult:
        started = time.monotonic()
        title = shortened(step.title)
        try:
            env = {key: text(value) for key, value in fill_in(dict(step.env), self._scope()).items()}
            scope = self._scope(env)
            title = shortened(self._output.masked(text(fill_in(step.title, scope))))
            if not holds(step.condition, scope):
                self._rehearsal.voice.outcome("skipped", f"{title}: its `if` does not hold")
                return StepResult(title, step.id, SKIPPED, SKIPPED)
            self._rehearsal.voice.say(terminal.styled(f"▸ {title}", "bold"))
            done = self._run(step, scope, self._rehearsal.variables | self._env | env | self._defaults, deadline)
            is_tolerated = is_true(fill_in(step.continue_on_error, scope))
        except ExpressionError as error:
            done, is_tolerated = Done(FAILURE, cause=str(error)), False
        except KeyboardInterrupt:
            done, is_tolerated = self._interrupted(), False
        self._env |= done.env
        conclusion = SUCCESS if done.outcome == FAILURE and is_tolerated else done.outcome
        took = time.monotonic() - started
        return StepResult(title, step.id, done.outcome, conclusion, took, done.outputs, done.not_run, done.cause)

    def _run(self, step: Step, scope: Scope, variables: Mapping[str, str], deadline: float) -> Done:
        minutes = self._minutes(step.timeout_minutes, scope)
        left = deadline - time.monotonic()
        done = self._step_run.run(step, scope, variables, min(60 * minutes, left if left > 0 else _GRACE_SECONDS))
        if done.has_timed_out and left > 0 and time.monotonic() >= deadline:
            return replace(done, outcome=CANCELLED, cause="the job's timeout-minutes are over")
        return done

    def _interrupted(self) -> Done:
        if self.was_interrupted:
            raise KeyboardInterrupt
        self.was_interrupted = True
        self._rehearsal.voice.say(
            "interrupted: steps with always() or cancelled() are run, as on GitHub; Ctrl-C again ends all"
        )
        return Done(CANCELLED, cause="interrupted")

    def _add(self, result: StepResult) -> None:
        self._results.append(result)
        if result.conclusion in {FAILURE, CANCELLED} and self._status != CANCELLED:
            self._status = result.conclusion
        if result.id:
            self._contexts["steps"] = {**self._contexts["steps"], result.id: result.context}
        if result.not_run:
            self._rehearsal.voice.outcome("skipped", f"{result.title}: not run, {result.not_run}")
        elif result.outcome != SKIPPED:
            mark = "warn" if result.conclusion != result.outcome else MARKS[result.outcome]
            line = f"{result.title}{result.cause and f': {result.cause}'} ({terminal.seconds(result.seconds)})"
            self._rehearsal.voice.outcome(mark, self._output.masked(line))

    def _outputs(self) -> dict[str, str]:
        written = fill_in(self._job.get("outputs") or {}, self._scope())
        return {key: text(value) for key, value in written.items()}

    def _ended(self, seconds: float, outputs: Mapping[str, str], cause: str = "") -> JobResult:
        is_tolerated = self._status == FAILURE and is_true(fill_in(self._job.get("continue-on-error"), self._scope()))
        return JobResult(
            id=self._job.id,
            label=self._variant.label,
            result=self._status,
            seconds=seconds,
            steps=tuple(self._results),
            outputs=outputs,
            cause=cause,
            is_tolerated=is_tolerated,
            summary="".join(self._step_run.summaries),
        )

    @staticmethod
    def _minutes(written: Value, scope: Scope) -> float:
        return number(fill_in(written, scope)) or _MINUTES
