"""The task that divides a build among the runners of a CI workflow."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command, positive_number


@command(
    "images",
    words="service",
    help={
        "service": "services by their Compose names; all by default",
        "shards": "number of runners; as many as make the whole faster by default, 20 at most",
        "base": "branch, tag or commit: only what differs from it needs a build",
        "all": "every image, whether it needs a build or not",
        "json": 'print {"include": [{"shard": "1/2", "services": "api web"}, …]} in one line, for a CI matrix',
    },
    wants_compose=True,
)
def build_matrix(
    context: Context,
    service: list[str] | None = None,
    shards: str = "",
    base: str | None = None,
    all: bool = False,  # noqa: A002  # the option's name
    json: bool = False,
) -> None:
    """Divide the images that need a build among CI runners, balanced by the times of earlier builds.

    Needs a build what the `registry:` of cispeed.yaml does not have; where none is configured, what the pull request,
    the push or the branch changes. Where nothing does, the list is empty.

    Example: inv build-matrix --json
    """
    from cispeed_tasks.run import matrix

    count = max(1, int(positive_number(shards, "shards", "runners"))) if shards else None
    matrix.build_matrix(service or [], matrix.Options(count, base or None, all, json))
