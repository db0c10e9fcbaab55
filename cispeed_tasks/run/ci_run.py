"""Run the commands of a CI workflow on this machine, in its order, and sum them up."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from cispeed_tasks.errors import CispeedError, Interrupted, TestsFailed
from cispeed_tasks.plan.ci_jobs import KUBECONFIG, Job, Step, workflow_jobs
from cispeed_tasks.plan.ci_run import (
    Ran,
    job_hindrance,
    plan_lines,
    read_outputs,
    step_hindrance,
    step_variables,
)
from cispeed_tasks.run.ci_project import see_project, tasks_directory
from cispeed_tasks.run.look import look
from cispeed_tasks.tools import checkout, process, shell, terminal


def run_workflow(name: str, *, dry_run: bool, grep: str = "") -> None:
    """Run a workflow's commands; raises TestsFailed with the exit code of the first that failed."""
    view = look()
    jobs = list(workflow_jobs(name, see_project(view)).values())
    if dry_run:
        terminal.say("\n".join(plan_lines(jobs)))
        return
    run = _Run(tasks_directory(view), view.root / checkout.STATE / KUBECONFIG, grep)
    try:
        for job in jobs:
            run.job(job)
    finally:
        _say(name, run.ended)
    if run.interrupted:
        raise Interrupted(f"{name} was interrupted")
    failed = [ran for ran in run.ended if ran.exit_code]
    if failed:
        names = "; ".join(f"{ran.job}: {ran.step.name}" for ran in failed)
        raise TestsFailed(f"{name} failed: {names}", failed[0].exit_code)


class _Run:
    """A workflow that is being run: what became of its steps so far, and what they said to those after them."""

    def __init__(self, directory: Path, kubeconfig: Path, grep: str) -> None:
        self.ended: list[Ran] = []
        self.interrupted = False
        self._directory, self._kubeconfig, self._grep = directory, str(kubeconfig), grep
        self._outputs: dict[str, str] = {}

    def job(self, job: Job) -> None:
        """Run a job, or say why not."""
        why = "interrupted" if self.interrupted else job_hindrance(job, self.ended, self._outputs)
        if why:
            self.ended += [Ran(job.name, step, not_run=step.not_here or why) for step in job.steps]
            return
        terminal.heading(job.name)
        earlier: list[Ran] = []
        for step in job.steps:
            why = step_hindrance(step, earlier, interrupted=self.interrupted)
            earlier.append(Ran(job.name, step, not_run=why) if why else self._step(job, step))
        self.ended += earlier

    def _step(self, job: Job, step: Step) -> Ran:
        started = time.monotonic()
        variables = {**shell.environment(), **step_variables(step, self._outputs, self._grep, self._kubeconfig)}
        with tempfile.TemporaryDirectory() as folder:
            outputs = Path(folder) / "outputs"
            outputs.touch()
            if step.id:
                variables["GITHUB_OUTPUT"] = str(outputs)
            code = self._run(step, variables)
            if step.id and code == 0:
                self._outputs |= read_outputs(outputs.read_text(encoding="utf-8"))
        return Ran(job.name, step, code, time.monotonic() - started)

    def _run(self, step: Step, variables: dict[str, str]) -> int:
        shown = [f"{name}={process.command_line([variables[name]])}" for name in step.env]
        try:
            return process.show(
                shell.words(step.run), cwd=self._directory, env=variables, said=" ".join([*shown, step.run])
            )
        except KeyboardInterrupt:
            self.interrupted = True
            return Interrupted.exit_code
        except CispeedError as error:
            terminal.outcome("failed", str(error))
            return error.exit_code


def _say(name: str, ended: Sequence[Ran]) -> None:
    terminal.heading(name)
    for ran in ended:
        how = ran.not_run or (f"exit code {ran.exit_code}, " if ran.exit_code else "") + terminal.seconds(ran.seconds)
        terminal.outcome(ran.mark, f"{ran.job}: {ran.step.name}: {how}")
    total = sum(ran.seconds for ran in ended)
    failed = sum(1 for ran in ended if ran.exit_code)
    terminal.outcome(
        "failed" if failed else "ok",
        f"{name}: {f'{failed} failed' if failed else 'passed'} in {terminal.seconds(total)}",
    )
