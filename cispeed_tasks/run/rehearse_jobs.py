"""Run the jobs of a rehearsal: each when those that it needs are done, under its condition, as often as its matrix says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cispeed_tasks.plan.expression_evaluation import Scope
from cispeed_tasks.plan.expression_template import fill_in, holds
from cispeed_tasks.plan.expression_values import Value, is_true, text
from cispeed_tasks.plan.expression_words import ExpressionError
from cispeed_tasks.plan.rehearse_actions import cannot_run
from cispeed_tasks.plan.rehearse_environment import github_context
from cispeed_tasks.plan.rehearse_matrix import combinations, label
from cispeed_tasks.plan.rehearse_order import ancestors, job_functions, joint_result, longest_chain, order
from cispeed_tasks.plan.rehearse_results import CANCELLED, FAILURE, SKIPPED, SUCCESS, JobResult, needs_context
from cispeed_tasks.plan.rehearse_workflow import ALL_PASSED, Job
from cispeed_tasks.run.rehearse_job import JobRun, Variant
from cispeed_tasks.run.rehearse_room import Rehearsal
from cispeed_tasks.tools import python_environment


class Jobs:
    """The jobs of a run, and how those ended that are done."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        """Begin with none done."""
        self._rehearsal = rehearsal
        self._done: dict[str, list[JobResult]] = {}
        self.is_cancelled = False

    @property
    def results(self) -> list[JobResult]:
        """How they ended, in the order in which they were run."""
        return [one for found in self._done.values() for one in found]

    @property
    def seconds(self) -> tuple[float, float]:
        """How long they took, one after the other, and how long they would beside each other."""
        longest = {name: max(one.seconds for one in found) for name, found in self._done.items()}
        chain = longest_chain(self._rehearsal.workflow.jobs, longest)
        return sum(one.seconds for one in self.results), chain

    def run(self, only: str | None) -> None:
        """Run all jobs, or one and those that it needs; after an interruption the rest counts as cancelled."""
        jobs = self._rehearsal.workflow.jobs
        wanted = set(jobs) if only is None else {only, *ancestors(jobs, only)}
        for job in order(jobs):
            if job.id in wanted:
                self._done[job.id] = list(self._job(job))

    def _job(self, job: Job) -> Iterator[JobResult]:
        name = job.name or job.id
        if self.is_cancelled:
            yield JobResult(job.id, name, CANCELLED, cause="the run was interrupted")
            return
        try:
            scope = self._scope(job)
            if not holds(job.condition, scope):
                yield self._skipped(job, name, self._why_not(job))
                return
            variants = list(self._variants(job, scope))
        except ExpressionError as error:
            self._rehearsal.voice.outcome("failed", f"Job {name}: {error}")
            yield JobResult(job.id, name, FAILURE, cause=str(error))
            return
        yield from self._run_all(job, variants, scope)

    def _run_all(self, job: Job, variants: Sequence[Variant], scope: Scope) -> Iterator[JobResult]:
        is_over = False
        for variant in variants:
            if is_over:
                yield JobResult(job.id, variant.label, CANCELLED, cause="another job of its matrix failed (fail-fast)")
                continue
            if cause := self._why_not_here(job, variant, scope):
                yield self._skipped(job, variant.label, f"not run, {cause}")
                continue
            run = JobRun(self._rehearsal, job, variant, scope.contexts["needs"])
            result = run.run()
            self._rehearsal.room.leave(variant.directory)
            self.is_cancelled = run.was_interrupted
            is_over = self.is_cancelled or (result.effective == FAILURE and is_true(variant.strategy["fail-fast"]))
            yield result

    def _why_not(self, job: Job) -> str:
        """Return why a job's condition does not hold: what it needs, where it says no more than that."""
        others = [one for name in ancestors(self._rehearsal.workflow.jobs, job.id) for one in self._done[name]]
        unlucky = next((one for one in others if one.effective != SUCCESS), None)
        if job.condition != ALL_PASSED or unlucky is None:
            return "its `if` does not hold"
        return f"{unlucky.label} {'was skipped' if unlucky.effective == SKIPPED else 'did not pass'}"

    def _skipped(self, job: Job, name: str, cause: str) -> JobResult:
        self._rehearsal.voice.heading(f"Job {name}")
        self._rehearsal.voice.outcome("skipped", f"skipped: {cause}")
        return JobResult(job.id, name, SKIPPED, cause=cause)

    def _why_not_here(self, job: Job, variant: Variant, scope: Scope) -> str:
        inner = Scope({**scope.contexts, "matrix": variant.matrix, "strategy": variant.strategy}, scope.functions)
        keys = ("container", "services", "runs-on", "uses")
        wanted = {key: fill_in(job.data[key], inner) for key in keys if key in job.data}
        return cannot_run(wanted, python_environment.system())

    def _scope(self, job: Job) -> Scope:
        jobs = self._rehearsal.workflow.jobs
        joint = {name: joint_result([one.effective for one in found]) for name, found in self._done.items()}
        needs = needs_context({name: self._done[name] for name in job.needs}, joint)
        functions = job_functions([joint[name] for name in ancestors(jobs, job.id)], is_cancelled=self.is_cancelled)
        github = github_context(
            self._rehearsal.event,
            self._rehearsal.history,
            self._rehearsal.workflow.name,
            self._rehearsal.file,
            None,
            job.id,
        )
        return Scope({**self._rehearsal.contexts, "github": github, "needs": needs}, functions)

    def _variants(self, job: Job, scope: Scope) -> Iterator[Variant]:
        """Yield the jobs that the matrix makes, named as GitHub names them."""
        strategy: Mapping[str, Any] = fill_in(job.get("strategy"), scope) or {}
        found = combinations(strategy["matrix"]) if "matrix" in strategy else [{}]
        for place, each in enumerate(found):
            shared: dict[str, Value] = {
                "fail-fast": strategy.get("fail-fast", True),
                "job-index": place,
                "job-total": len(found),
                "max-parallel": strategy.get("max-parallel", len(found)),
            }
            inner = Scope({**scope.contexts, "matrix": each, "strategy": shared}, scope.functions)
            name = text(fill_in(job.name, inner)) or job.id
            # A name that says what the matrix chose says it all.
            is_plain = not job.name or name == job.name
            shown = f"{name} ({label(each)})" if each and is_plain and label(each) else name
            yield Variant(shown, f"{job.id}-{place}" if each else job.id, each, shared)
