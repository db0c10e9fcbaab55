"""The task that divides images among machines (a stand-in: the builders' branch brings the one that stays)."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.errors import UsageError
from cispeed_tasks.tasks.command import command


@command(
    "ci",
    help={
        "json": 'print {"include": [{"shard": "1/3", "services": "api web"}…]}',
        "all": "all images, whatever changed",
        "base": "branch, tag or commit to compare with; what the CI event or the branch started from by default",
        "shards": "how many machines there are at most; 1 by default",
    },
    wants_compose=True,
)
def build_matrix(
    context: Context,
    json: bool = False,
    all: bool = False,  # noqa: A002  # the option's name
    base: str | None = None,
    shards: str = "1",
) -> None:
    """Divide the images that are affected among machines, as the matrix of a GitHub workflow.

    Example: inv build-matrix --json --shards 3
    """
    from cispeed_tasks.run import build_matrix as run_build_matrix

    if not shards.isdigit() or not int(shards):
        raise UsageError(f"--shards {shards}: not a number of machines; write for example --shards 3")
    run_build_matrix.build_matrix(base, int(shards), is_all=all)
