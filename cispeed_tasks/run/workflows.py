"""Write the CI workflows, show what would be written, or compare what there is with what the config says."""

from __future__ import annotations

from pathlib import Path

from cispeed_tasks.errors import UsageError, WorkFailed
from cispeed_tasks.plan.ci_jobs import WORKFLOWS, workflow_jobs
from cispeed_tasks.plan.ci_project import CiProject
from cispeed_tasks.plan.file_changes import FileChange, diff_text
from cispeed_tasks.plan.workflows import MARK, own_lines, workflow_text
from cispeed_tasks.run.ci_project import repository, see_project
from cispeed_tasks.run.look import look
from cispeed_tasks.tools import terminal, user_files

DIRECTORY = ".github/workflows"


def workflows(*, write: bool, check: bool) -> None:
    """Show, write or compare the workflows.

    Raises:
        UsageError: both are wanted, a workflow of that name is not ours, or lines of the user's have lost their job.
        WorkFailed: `check`, and a file is not what the config says.
    """
    if write and check:
        raise UsageError("--check compares and --write writes; leave out one of them")
    view = look()
    top, project = repository(view), see_project(view)
    changes = [_change(top, name, project) for name in WORKFLOWS]
    differing = [change for change in changes if change.before != change.after]
    if check:
        _compare(differing)
    elif write:
        _write(top, changes)
    else:
        terminal.say(
            diff_text(differing).rstrip("\n") or "Nothing would be written: the workflows are as the config says."
        )


def _change(top: Path, name: str, project: CiProject) -> FileChange:
    path = f"{DIRECTORY}/{name}.yml"
    before = (user_files.read(top / path) or "").replace("\r\n", "\n") or None
    if before is not None and not before.startswith(MARK):
        raise UsageError(f"{path} exists and was not made by this task; it is left as it is: move it away first")
    own = own_lines(before or "")
    lost = sorted(set(own) - set(workflow_jobs(name, project)))
    if lost:
        raise UsageError(
            f"{path}: there is no job '{lost[0]}' any more, and it holds lines of yours (\"cispeed: yours {lost[0]}\"): "
            "move them into another job's, or remove them"
        )
    return FileChange(path, before, workflow_text(name, project, own))


def _compare(differing: list[FileChange]) -> None:
    if not differing:
        terminal.outcome("ok", f"the workflows are as the config says: {', '.join(WORKFLOWS)}")
        return
    terminal.say(diff_text(differing).rstrip("\n"))
    names = ", ".join(change.name for change in differing)
    raise WorkFailed(f"not as the config says: {names}; `inv workflows --write` writes them anew")


def _write(top: Path, changes: list[FileChange]) -> None:
    (top / DIRECTORY).mkdir(parents=True, exist_ok=True)
    for change in changes:
        if change.before == change.after:
            terminal.outcome("skipped", f"{change.name} is as the config says already")
            continue
        user_files.write_ours(top / change.name, change.after, MARK)
        terminal.outcome("ok", f"wrote {change.name}")
