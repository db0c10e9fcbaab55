"""The tasks about CI: its workflows, the same commands on this machine, and the settings of the repository."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command

DRY_RUN = "only say which commands would be run"


@command(
    "ci",
    help={
        "write": "write .github/workflows/quick-ci.yml, docker-ci.yml and full-ci.yml",
        "check": "fail, with a diff, where a file is not what the config says",
    },
    wants_compose=True,
)
def workflows(context: Context, write: bool = False, check: bool = False) -> None:
    """Make the GitHub workflows quick-ci, docker-ci and full-ci of cispeed.yaml; without an option, show what would change.

    Their jobs set up a machine and call the tasks; `ci:` in cispeed.yaml says where, when and with which commands.
    Lines between "cispeed: yours" and "cispeed: end" stay as they are. A workflow of yours is never overwritten.

    Example: inv workflows --write
    """
    from cispeed_tasks.run import workflows as run_workflows

    run_workflows.workflows(write=write, check=check)
