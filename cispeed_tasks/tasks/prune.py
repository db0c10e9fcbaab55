"""The task that removes what is no longer current."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command, positive_number


@command(
    "clean up",
    help={
        "dry_run": "only say what would go",
        "keep": "previous images to keep of each target; 1 by default",
        "all": "also current images, all volumes of packages and their caches, and all results",
        "volumes": "also data volumes of the full and hollow stacks, after a question",
        "yes": "answer that question with yes, for scripts",
        "cache_older_than": "also build cache, of every project, that was not used for this long, such as 7d or 24h",
        "cache_keep": "also build cache, of every project, beyond this size, such as 5gb",
    },
    wants_compose=True,
)
def prune(  # each is an option of the command line
    context: Context,
    dry_run: bool = False,
    keep: str = "1",
    all: bool = False,  # noqa: A002  # the option's name
    volumes: bool = False,
    yes: bool = False,
    cache_older_than: str | None = None,
    cache_keep: str | None = None,
) -> None:
    """Remove what this project has left on the engine and is no longer current; nothing of anybody else's.

    Images that newer ones replaced (the last is kept), stopped containers, packages of old lock files, results of
    old test runs. Data volumes go only with --volumes and a yes. Says how many bytes came back, measured.

    Example: inv prune --dry-run
    """
    from cispeed_tasks.plan.prune import Wish
    from cispeed_tasks.run import prune as run_prune

    number = int(positive_number(keep, "keep", "images"))
    wish = Wish(keep=number, everything=all, volumes=volumes, cache_older_than=cache_older_than, cache_keep=cache_keep)
    run_prune.prune(wish, dry_run=dry_run, yes=yes)
