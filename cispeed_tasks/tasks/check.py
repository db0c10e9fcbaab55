"""Tasks about the config and what follows from it."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command


@command("start here", help={"json": "print one object for programs"}, wants_compose=True)
def check(context: Context, json: bool = False) -> None:
    """Check cispeed.yaml and say what was understood of the repository.

    Example: inv check
    """
    from cispeed_tasks.run import check as run_check

    run_check.check(as_json=json)


@command("start here", help={"table": "print a table of all keys for people, in Markdown, instead"})
def config_schema(context: Context, table: bool = False) -> None:
    """Print the JSON Schema of cispeed.yaml, for editors.

    Example: inv config-schema > cispeed.schema.json
    """
    from cispeed_tasks.run import check as run_check

    run_check.config_schema(as_table=table)


@command(
    "images",
    words="service",
    help={
        "service": "services by their Compose names; all that have one by default",
        "write": "write it beside the source, to be yours",
    },
)
def dockerfile(context: Context, service: list[str] | None = None, write: bool = False) -> None:
    """Show the generated Dockerfiles, or write them out for you to own.

    Example: inv dockerfile backend --write
    """
    from cispeed_tasks.run import check as run_check

    run_check.dockerfile(service or [], write=write)
