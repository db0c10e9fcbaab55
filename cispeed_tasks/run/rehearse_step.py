"""Run one step of a rehearsal: its script with the files that GitHub would give, or what stands in for its action."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cispeed_tasks.errors import CispeedError
from cispeed_tasks.plan.expression_evaluation import Scope
from cispeed_tasks.plan.expression_template import fill_in
from cispeed_tasks.plan.expression_values import text
from cispeed_tasks.plan.expression_words import ExpressionError
from cispeed_tasks.plan.rehearse_actions import NotRun, stand_in
from cispeed_tasks.plan.rehearse_files import lines, settings
from cispeed_tasks.plan.rehearse_output import Output
from cispeed_tasks.plan.rehearse_results import FAILURE, SUCCESS
from cispeed_tasks.plan.rehearse_shell import script_suffix, shell_command
from cispeed_tasks.plan.rehearse_workflow import Job, Step, dig
from cispeed_tasks.run.rehearse_room import Rehearsal
from cispeed_tasks.run.rehearse_stand_ins import StandIns
from cispeed_tasks.tools import checkout, process, terminal
from cispeed_tasks.tools.script import Scripts

_FILES = ("OUTPUT", "ENV", "PATH", "STATE", "STEP_SUMMARY")


@dataclass(frozen=True)
class Done:
    """What a step did."""

    outcome: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables for the steps after it."""
    not_run: str = ""
    cause: str = ""
    has_timed_out: bool = False


class StepRun:
    """Runs the steps of one job, one after the other."""

    def __init__(
        self, rehearsal: Rehearsal, job: Job, workspace: Path, temporary: Path, scripts: Scripts, output: Output
    ) -> None:
        """Take what the steps of the job share."""
        self._rehearsal, self._job = rehearsal, job
        self._workspace, self._temporary = workspace, temporary
        self._scripts, self._output = scripts, output
        self._path: list[str] = []
        self._stand_ins = StandIns(rehearsal, workspace, temporary)
        self.summaries: list[str] = []

    def run(self, step: Step, scope: Scope, variables: Mapping[str, str], seconds: float) -> Done:
        """Run a step whose condition is met.

        Args:
            step: what it is.
            scope: what its expressions can name.
            variables: all that its script sees, but for the files of this step.
            seconds: how long it may take.

        Raises:
            ExpressionError: an expression of it cannot be evaluated, or a file that it wrote cannot be read.
            KeyboardInterrupt: it was interrupted, and has ended.
        """
        try:
            if step.uses is not None:
                return self._action(step.uses, fill_in(dict(step.inputs), scope))
            return self._script(step, scope, variables, seconds)
        except CispeedError as error:
            return Done(FAILURE, cause=str(error))

    def save_caches(self) -> None:
        """Do what the action cache does at the end of a job that went well."""
        self._stand_ins.save_caches()

    def _action(self, uses: str, inputs: Mapping[str, object]) -> Done:
        found = stand_in(uses)
        if isinstance(found, NotRun):
            return Done(SUCCESS, not_run=found.cause)
        done = self._stand_ins.run(found.kind, {key.lower(): text(value) for key, value in inputs.items()})
        self._path = [*done.path, *self._path]
        return Done(SUCCESS, done.outputs, done.env, not_run=done.not_run)

    def _script(self, step: Step, scope: Scope, variables: Mapping[str, str], seconds: float) -> Done:
        shell = self._setting(step.shell, "shell", scope)
        directory = self._workspace / (self._setting(step.directory, "working-directory", scope) or "")
        name = uuid.uuid4().hex
        script = self._temporary / f"{name}{script_suffix(shell)}"
        checkout.write_whole(script, text(fill_in(step.run, scope)).rstrip("\n") + "\n")
        files = {key: self._temporary / f"{key.lower()}_{name}" for key in _FILES}
        for path in files.values():
            path.touch()
        given = {**variables, "GITHUB_ACTION": step.id or "__run"} | {
            f"GITHUB_{key}": str(path) for key, path in files.items()
        }
        given["PATH"] = os.pathsep.join([*self._path, given.get("PATH", "")])
        argv = shell_command(shell, str(script), has_bash=process.on_path("bash") is not None)
        self._output.begin()
        try:
            code = self._scripts.run(argv, cwd=directory, env=given, line=self._line, timeout=max(seconds, 0.0))
        except TimeoutError:
            return replace(
                self._done(files, FAILURE, f"not done within {terminal.seconds(seconds)}"), has_timed_out=True
            )
        cause = f"exit code {code}" if code else self._output.refused
        return self._done(files, FAILURE if cause else SUCCESS, cause)

    def _setting(self, own: str | None, key: str, scope: Scope) -> str | None:
        """Return the step's own shell or working directory, else the job's default, else the workflow's."""
        workflow = self._rehearsal.workflow.data
        defaults = (self._job.get("defaults", "run", key), dig(workflow, "defaults", "run", key))
        written = next((each for each in (own, *defaults) if each is not None), None)
        return None if written is None else text(fill_in(written, scope))

    def _line(self, line: str) -> None:
        shown = self._output.show(line)
        if shown is not None:
            self._rehearsal.voice.say(f"  {shown}")

    def _done(self, files: Mapping[str, Path], outcome: str, cause: str) -> Done:
        """Read what a script left in its files."""
        written = {key: checkout.text(path) or "" for key, path in files.items()}
        self.summaries.append(written["STEP_SUMMARY"])
        self._path = [*reversed(lines(written["PATH"])), *self._path]
        try:
            outputs, env = settings(written["OUTPUT"], "GITHUB_OUTPUT"), settings(written["ENV"], "GITHUB_ENV")
        except ExpressionError as error:
            return Done(FAILURE, cause=cause or str(error))
        return Done(outcome, outputs, env, cause=cause)
