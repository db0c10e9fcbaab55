"""The tasks that tell what changed, and what that reaches."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command


@command(
    "changes",
    help={
        "base": "branch, tag or commit to compare with; what CI's event says, else the default branch",
        "head": "branch, tag or commit that is compared; what CI's event says, else the files as they lie here",
        "staged": "only what is staged, compared with HEAD",
        "files_from": "a file, or -, with the changed files: STATUS<TAB>PATH or a path in each line; git is not asked",
        "filters": "a file of dorny/paths-filter's filters; by default they follow from the services",
        "quantifier": "how the rules of a filter go together: some (by default), every or some-with-excludes",
        "json": 'print {"changes": [NAME…], "files": {NAME: [PATH…]}}',
        "list_files": "name all files, as none (by default: the first few), csv, json, shell or escape",
        "github_output": "also write paths-filter's outputs to the file that GITHUB_OUTPUT names",
    },
)
def changes(
    context: Context,
    base: str | None = None,
    head: str | None = None,
    staged: bool = False,
    files_from: str | None = None,
    filters: str | None = None,
    quantifier: str = "some",
    json: bool = False,
    list_files: str = "none",
    github_output: bool = False,
) -> None:
    """Say which services, or which of dorny/paths-filter's filters, the changed files belong to.

    On a person's machine: all since the branch left the default branch, committed, uncommitted and untracked. In CI:
    what the event says. Where what changed cannot be told, everything counts as changed, and it says why.

    Unlike paths-filter: untracked files count where the working tree is compared; a branch that is here is taken as it
    is here, also when origin's is another; every push is compared with the state before it.

    Example: inv changes --filters .github/filters.yml --base main --json
    """
    from cispeed_tasks.plan.commit_range import Wish
    from cispeed_tasks.run import changes as run_changes

    # An option that is empty or blank was not given, as with paths-filter's inputs.
    texts = [(text or "").strip() or None for text in (base, head, files_from, filters)]
    sources = run_changes.Sources(Wish(texts[0], texts[1], staged), texts[2], texts[3], quantifier.strip())
    run_changes.changes(sources, run_changes.Form(json, list_files.strip().lower(), github_output))


@command(
    "changes",
    help={
        "base": "branch, tag or commit to compare with; what the CI event or the branch started from by default",
        "json": "print images, services and tests with their causes for programs",
        "github_output": "also write the names of services to the file that GITHUB_OUTPUT names: `images`, those whose images are affected, and `services`, all that are",
    },
    wants_compose=True,
)
def affected(context: Context, base: str | None = None, json: bool = False, github_output: bool = False) -> None:
    """Show what the changed files reach: images, services and tests, each with its cause.

    The project is compared with what it was, by meaning: a line in a Compose file affects what it says another thing of.

    Example: inv affected --base origin/main
    """
    from cispeed_tasks.run import affected as run_affected

    run_affected.affected(base, as_json=json, github_output=github_output)
