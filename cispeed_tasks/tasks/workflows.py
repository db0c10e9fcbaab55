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


@command("ci", help={"dry_run": DRY_RUN}, wants_compose=True)
def quick_ci(context: Context, dry_run: bool = False) -> None:
    """Run what the workflow quick-ci does, here: lint, and the tests of what is affected.

    The same commands in the same order; what does not depend on a failure is run all the same. A summary follows, and
    the exit code is that of the first failure.

    Example: inv quick-ci
    """
    from cispeed_tasks.run import ci_run

    ci_run.run_workflow("quick-ci", dry_run=dry_run)


@command("ci", help={"dry_run": DRY_RUN}, wants_compose=True)
def docker_ci(context: Context, dry_run: bool = False) -> None:
    """Run what the workflow docker-ci does, here: build what is affected, bring the stack up, prove and test it.

    Here one machine builds all images, so that none is handed over. The stack is taken down at the end, data is kept.

    Example: inv docker-ci --dry-run
    """
    from cispeed_tasks.run import ci_run

    ci_run.run_workflow("docker-ci", dry_run=dry_run)


@command(
    "ci",
    help={"dry_run": DRY_RUN, "grep": "only end-to-end tests whose title matches this regular expression"},
    wants_compose=True,
)
def full_ci(context: Context, dry_run: bool = False, grep: str = "") -> None:
    """Run what the workflow full-ci does, here: all tests, all images, the stack, and the end-to-end tests.

    Example: inv full-ci --grep journey
    """
    from cispeed_tasks.run import ci_run

    ci_run.run_workflow("full-ci", dry_run=dry_run, grep=grep)


@command("ci", help={"gh": "as a script of gh's commands"}, wants_compose=True)
def repo_settings(context: Context, gh: bool = False) -> None:
    """Print the settings of the repository on GitHub that the workflows want: required checks, rights, allowed actions.

    Nothing is applied.

    Example: inv repo-settings --gh
    """
    from cispeed_tasks.run import repo_settings as run_settings

    run_settings.settings(as_commands=gh)
