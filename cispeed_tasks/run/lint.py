"""Run the linters, each also after one has failed."""

from __future__ import annotations

import time

from cispeed_tasks.errors import TestsFailed
from cispeed_tasks.run.ci_project import find_linters, tasks_directory
from cispeed_tasks.run.look import look
from cispeed_tasks.tools import process, shell, terminal


def lint(*, only_list: bool) -> None:
    """Run the linters; raises TestsFailed with the exit code of the first that failed."""
    view = look()
    commands, directory = find_linters(view), tasks_directory(view)
    if not commands:
        terminal.say("No linter is configured here; `ci: {linters: [...]}` in cispeed.yaml names commands.")
        return
    if only_list:
        for command in commands:
            terminal.say(command)
        return
    failed: list[tuple[str, int]] = []
    for command in commands:
        started = time.monotonic()
        code = process.show(shell.words(command), cwd=directory, env=shell.environment(), said=command)
        failed += [(command, code)] if code else []
        how, took = f"exit code {code}" if code else "clean", terminal.seconds(time.monotonic() - started)
        terminal.outcome("failed" if code else "ok", f"{command}: {how}, {took}")
    if failed:
        names = "; ".join(command for command, _ in failed)
        raise TestsFailed(f"{len(failed)} of {len(commands)} linters failed: {names}", failed[0][1])
