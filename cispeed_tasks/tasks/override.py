"""The task that makes an override of the Compose files for development."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command


@command(
    "stack",
    help={
        "dev": "the package managers' caches as volumes: the one kind that there is, and so the default",
        "write": "write it beside the Compose files, such as docker-compose.cache.yml, instead of printing it",
    },
    wants_compose=True,
)
def override(context: Context, dev: bool = False, write: bool = False) -> None:
    """Make an override for your own development stack that keeps the package managers' downloads in volumes.

    For poetry, pip, uv, npm, pnpm, yarn and bun. It adds volumes and variables to your services and changes nothing
    else; Compose takes it only when it is named: docker compose -f docker-compose.yml -f docker-compose.cache.yml up

    Example: inv override --write
    """
    from cispeed_tasks.run import override as run_override

    run_override.override(write=write)
