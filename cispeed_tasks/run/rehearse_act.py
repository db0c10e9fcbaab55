"""Hand a workflow to nektos/act, where that is installed and wanted."""

from __future__ import annotations

from pathlib import Path

from cispeed_tasks.errors import TestsFailed, ToolError
from cispeed_tasks.plan.expression_values import text
from cispeed_tasks.run.rehearse_room import Rehearsal
from cispeed_tasks.tools import process
from cispeed_tasks.tools.rehearsal_origin import Wanted, check_out


def run_act(rehearsal: Rehearsal, workflow: Path, job: str | None) -> None:
    """Run a workflow by act, in a fresh checkout and with the event that was made.

    Raises:
        ToolError: act is not installed.
        TestsFailed: it ended with an exit code of its own.
    """
    if process.on_path("act") is None:
        raise ToolError("`act` is not installed or not on PATH; see nektosact.com, or leave out --act")
    directory = rehearsal.room.path / "act"
    check_out(rehearsal.room.origin.path, directory, Wanted(rehearsal.event.ref, rehearsal.event.sha, depth=0))
    inputs = [f"--input={key}={text(value)}" for key, value in (rehearsal.event.inputs or {}).items()]
    chosen = [f"--job={job}"] if job else []
    event_file = str(rehearsal.room.path / "event.json")
    argv = ["act", rehearsal.event.name, "--workflows", str(workflow), "--eventpath", event_file, *chosen, *inputs]
    if code := process.show(argv, cwd=directory):
        raise TestsFailed("act failed", code)
