"""Tasks that build images."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command

DRY_RUN = "print the plan and write the files, build nothing"
NO_CACHE = "build every step anew, taking nothing from the cache"


@command(
    "images",
    words="name",
    help={"name": "base images by their keys under `bases:`; all by default", "dry_run": DRY_RUN, "no_cache": NO_CACHE},
)
def build_base(context: Context, name: list[str] | None = None, dry_run: bool = False, no_cache: bool = False) -> None:
    """Build the shared base images, root images first.

    Example: inv build-base python-poetry
    """
    from cispeed_tasks.run import build

    build.build_base(name or [], dry_run=dry_run, no_cache=no_cache)


@command(
    "images",
    words="service",
    help={
        "service": "services by their Compose names; all by default",
        "dry_run": DRY_RUN,
        "no_cache": NO_CACHE,
        "push": "push to the `registry:` of cispeed.yaml instead of loading into the engine",
    },
)
def build_optimized(
    context: Context,
    service: list[str] | None = None,
    dry_run: bool = False,
    no_cache: bool = False,
    push: bool = False,
) -> None:
    """Build the full images of all services, or of those named, in one bake, base images first.

    Prints the plan, then bake's own progress, then a line an image with time, size and digest.

    Example: inv build-optimized backend client
    """
    from cispeed_tasks.run import build

    build.build_optimized(service or [], dry_run=dry_run, no_cache=no_cache, push=push)
