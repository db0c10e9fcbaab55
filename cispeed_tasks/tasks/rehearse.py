"""The task that rehearses a workflow on this machine."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.errors import UsageError
from cispeed_tasks.tasks.command import command


@command(
    "ci",
    words="workflow",
    help={
        "workflow": "one of .github/workflows by its name, such as quick-ci, or a path",
        "event": "pull_request (or, for one, pull_request.ready_for_review), push, merge_group, workflow_dispatch or schedule; the first of them that the workflow has",
        "base": "what a pull request goes to, or was there before a push; the default branch, or the commit before HEAD",
        "input": "NAME=VALUE: an input of workflow_dispatch; may be repeated",
        "job": "only this job, by its key, and those that it needs",
        "fork": "the pull request comes from a fork",
        "dirty": "also take what is not committed: changed files, and new ones that git does not ignore",
        "keep": "leave the temporary directory with the jobs' checkouts and files, and say where it is",
        "json": "print jobs and steps with results and seconds for programs; what else is said goes to standard error",
        "act": "have nektos/act run it in containers, where that is installed",
    },
    wants_word=True,
    repeatable=["input"],
)
def rehearse(
    context: Context,
    workflow: list[str] | None = None,
    event: str | None = None,
    base: str | None = None,
    input: list[str] | None = None,  # noqa: A002  # the option's name
    job: str | None = None,
    fork: bool = False,
    dirty: bool = False,
    keep: bool = False,
    json: bool = False,
    act: bool = False,
) -> None:
    """Run a GitHub workflow on this machine, as GitHub would for an event.

    Conditions, matrices, needs and outputs are evaluated; each job runs its `run` steps in a fresh checkout, with the
    files and variables that GitHub gives and no other variables of yours. Checkout, caches, artifacts and Python have
    stand-ins; other actions are not run, and listed. Jobs run one after the other; the summary also says how long they
    would take beside each other.

    The steps run as you, with your home directory and Docker Engine: images and stacks that they make are yours.

    Example: inv rehearse quick-ci --event pull_request --base main
    """
    from cispeed_tasks.run import rehearse as run_rehearse
    from cispeed_tasks.run.rehearse_history import Wish

    if len(workflow or []) != 1:
        raise UsageError("name one workflow: inv rehearse quick-ci")
    options = run_rehearse.Options(
        event=event or None,
        wish=Wish(base or None, dirty, fork),
        inputs=_inputs(input or []),
        job=job or None,
        as_json=json,
        keep=keep,
        act=act,
    )
    run_rehearse.rehearse((workflow or [""])[0], options)


def _inputs(given: list[str]) -> dict[str, str]:
    for each in given:
        if "=" not in each:
            raise UsageError(f"--input {each}: write NAME=VALUE")
    return dict(each.split("=", 1) for each in given)
