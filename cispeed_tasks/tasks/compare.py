"""The task that measures the state before and the state after, on engines of their own."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command


@command(
    "measurements",
    words="before",
    help={
        "before": "Compose files of the state before, relative to the project's directory; the project's own by default, "
        "with before/docker-compose*.yml over them where there are such",
        "scenarios": "scenarios separated by commas: cold, fresh-nothing, fresh-up, fresh-code, fresh-dependency, "
        "same-nothing, same-code, same-dependency, ready; all by default",
        "runs": "how often each is measured; 1 by default",
        "service": "service that is edited; by default the first whose code and lock file can be",
        "markdown": "also write the tables into this file",
        "json": "print seconds and bytes for programs; what is being done goes to standard error",
        "dry_run": "print what would be built, on which engines and how often, and do nothing",
    },
    wants_compose=True,
)
def compare(  # each is an option of the command line
    context: Context,
    before: list[str] | None = None,
    scenarios: str = "",
    runs: str = "1",
    service: str | None = None,
    markdown: str | None = None,
    json: bool = False,
    dry_run: bool = False,
) -> None:
    """Measure what these tasks change: `docker compose build` of the state before beside `inv build-optimized`, in turn.

    Each side has an engine of its own, with its own data directory and network, which goes again afterwards, so that
    cold is cold and nothing of yours is emptied; that needs Linux and root. Edits are made in copies of the repository.
    The definition of every scenario is printed. It takes long: a cold build of both sides, and six builds more.

    Example: inv compare --scenarios cold,same-code --runs 3 --markdown compared.md
    """
    from cispeed_tasks.run import compare as run_compare

    options = run_compare.Options(tuple(before or ()), scenarios, runs, service, markdown, json, dry_run)
    run_compare.compare(options)
