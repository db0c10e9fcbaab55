"""The task that lists what an image is made of."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.errors import UsageError
from cispeed_tasks.tasks.command import command


@command(
    "changes",
    words="service",
    help={"service": "the service, by its Compose name", "json": "print it for programs"},
    wants_compose=True,
)
def inputs(context: Context, service: list[str] | None = None, json: bool = False) -> None:
    """List the files that a service's image is made of, with sizes, as its Dockerfile and ignore file say.

    Example: inv inputs backend
    """
    from cispeed_tasks.run import inputs as run_inputs

    if not service or len(service) != 1:
        raise UsageError("name one service, such as: inv inputs backend")
    run_inputs.inputs(service[0], as_json=json)
