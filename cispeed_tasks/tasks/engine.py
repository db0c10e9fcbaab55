"""Tasks for the engine itself."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command


@command("start here", help={"dry_run": "only say what would be done"})
def engine_up(context: Context, dry_run: bool = False) -> None:
    """Install and start a Docker Engine where none answers (Debian and Ubuntu, as root).

    Says first what it installs, from where, and how that is undone. Where an engine answers, it changes nothing.

    Example: inv engine-up --dry-run
    """
    from cispeed_tasks.run import engine

    engine.engine_up(dry_run=dry_run)


@command("clean up", help={"purge": "also remove the packages and files that engine-up installed"})
def engine_down(context: Context, purge: bool = False) -> None:
    """Stop the engine that engine-up started; --purge also undoes what it installed.

    Images and volumes are kept.

    Example: inv engine-down --purge
    """
    from cispeed_tasks.run import engine

    engine.engine_down(purge=purge)
