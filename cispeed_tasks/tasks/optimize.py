"""The task that says what the existing Dockerfiles cost, and writes better ones."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command


@command(
    "images",
    words="service",
    help={
        "service": "services by their Compose names; all by default",
        "write": "write Dockerfile.optimized beside each Dockerfile, and docker-compose.optimized.yml, which names them",
        "json": "print it for programs",
    },
    wants_compose=True,
)
def optimize(context: Context, service: list[str] | None = None, write: bool = False, json: bool = False) -> None:
    """Say what of the existing Dockerfiles and Compose files costs time or size, with file, line and what to do.

    With --write, what can be mended without a doubt is written beside them, never over them; the image then holds the
    same files of the application. What is left as it is, is said with the reason, and how all is undone.

    Example: inv optimize backend --write
    """
    from cispeed_tasks.run import optimize as run_optimize

    run_optimize.optimize(service or [], write=write, as_json=json)
