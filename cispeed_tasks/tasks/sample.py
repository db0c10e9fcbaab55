"""The task that lays the sample repository out."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.errors import UsageError
from cispeed_tasks.tasks.command import command


@command("start here", words="directory", help={"directory": "a new directory, or an empty one"})
def sample(context: Context, directory: list[str] | None = None) -> None:
    """Lay the sample out as a repository of its own: nine services, tests, cispeed.yaml, tasks.py and a first commit.

    It is the quickest way to see the tasks at work, and a place where nothing can be broken. A directory that holds
    anything is left as it is.

    Example: inv sample try-it
    """
    from cispeed_tasks.run import sample as run_sample

    if len(directory or []) != 1:
        raise UsageError("name one directory, such as: inv sample try-it")
    run_sample.lay_out((directory or [])[0])
