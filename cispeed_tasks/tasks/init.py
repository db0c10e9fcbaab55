"""The task that adopts the tasks in a repository."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command


@command(
    "start here",
    help={
        "diff": "show what would be written as a unified diff, also against the cispeed.yaml there is; write nothing"
    },
    wants_compose=True,
)
def init(context: Context, diff: bool = False) -> None:
    """Write a first cispeed.yaml of what cannot be inferred, a tasks.py, and a line of .gitignore, where missing.

    Looks at the Compose files, lock files, Dockerfiles and Playwright tests; needs Compose, but no Docker Engine.
    What was inferred stands in cispeed.yaml as comments. No file that exists is changed, but .gitignore gets a line.
    Without a tasks.py, type: python -m cispeed_tasks init

    Example: inv init --diff
    """
    from cispeed_tasks.run import init as run_init

    run_init.init(diff=diff)
