"""The task that runs the linters."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command


@command("tests", help={"list": "only say which commands would be run"}, wants_compose=True)
def lint(context: Context, list: bool = False) -> None:  # noqa: A002  # the option's name
    """Run the linters that are configured: ruff, black, isort and mypy, or what `ci: {linters: …}` names.

    They run where cispeed.yaml is, each also after one has failed; the exit code is that of the first that did.

    Example: inv lint
    """
    from cispeed_tasks.run import lint as run_lint

    run_lint.lint(only_list=list)
