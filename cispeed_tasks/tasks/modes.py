"""The task that shows what the modes do with mounts."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command


@command(
    "stack",
    words="service",
    help={"service": "services by their Compose names; all by default", "json": "print a list of mounts for programs"},
    wants_compose=True,
)
def modes(context: Context, service: list[str] | None = None, json: bool = False) -> None:
    """Show every mount of the Compose files: what it is, what full mode does with it, and why.

    full-up does nothing that is not said here. `services: {NAME: {mounts: {/place: keep}}}` in cispeed.yaml decides
    otherwise: keep, drop, bake or fresh.

    Example: inv modes
    """
    from cispeed_tasks.run import mount_table

    mount_table.show(service or [], as_json=json)
