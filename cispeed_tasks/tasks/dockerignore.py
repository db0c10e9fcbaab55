"""The task that proposes ignore files for build contexts."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command


@command(
    "images",
    words="service",
    help={
        "service": "services and bases whose contexts are meant; all by default",
        "write": "write the ignore files; without it nothing is written",
        "json": "print it for programs",
    },
    wants_compose=True,
)
def dockerignore(context: Context, service: list[str] | None = None, write: bool = False, json: bool = False) -> None:
    """Propose a .dockerignore for each build context: what it holds today, what it would, what stays, and why.

    BuildKit sends what the Dockerfile takes, the classic builder everything that the ignore file lets through; both are
    shown, today and with the proposal. It never leaves out what a Dockerfile takes by name, nor source that git tracks
    and a `COPY . .` takes. Lines of your own stay as they are and win: the block that is written stands above them.
    Contexts of generated Dockerfiles have their ignore file already.

    Example: inv dockerignore backend --write
    """
    from cispeed_tasks.run import dockerignore as run_dockerignore

    run_dockerignore.dockerignore(service or [], write=write, as_json=json)
