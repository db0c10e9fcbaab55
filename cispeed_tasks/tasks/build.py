"""Tasks that build images."""

from __future__ import annotations

import os
from pathlib import Path

from invoke.context import Context

from cispeed_tasks.tasks.command import command

DRY_RUN = "print the plan and write the files, build nothing"
NO_CACHE = "build every step anew, taking nothing from the cache"
FORCE = "build also what is there already, from the cache where that holds it"
EXPLAIN = "say for every image whether it is built or not, and what changed"
CACHE = "build cache of this run: auto, local, registry, gha, inline or none; that of cispeed.yaml by default"


@command(
    "images",
    words="name",
    help={
        "name": "base images by their keys under `bases:`; all by default",
        "services": "only those that the full images of these services stand on; separated by commas or spaces",
        "dry_run": DRY_RUN,
        "no_cache": NO_CACHE,
        "force": FORCE,
        "explain": EXPLAIN,
        "cache": CACHE,
    },
    wants_compose=True,
)
def build_base(  # each is an option of the command line
    context: Context,
    name: list[str] | None = None,
    services: str | None = None,
    dry_run: bool = False,
    no_cache: bool = False,
    force: bool = False,
    explain: bool = False,
    cache: str = "",
) -> None:
    """Build the shared base images, root images first; those of which nothing changed are left as they are.

    Example: inv build-base python-poetry
    """
    from cispeed_tasks.run import build

    options = build.Options(dry_run=dry_run, no_cache=no_cache, force=force, explain=explain, cache=cache or None)
    below = None if services is None else services.replace(",", " ").split()
    build.build_base(name or [], below, options)


@command(
    "images",
    words="service",
    help={
        "service": "services by their Compose names; all by default",
        "dry_run": DRY_RUN,
        "no_cache": NO_CACHE,
        "force": FORCE,
        "explain": EXPLAIN,
        "cache": CACHE,
        "services": "services, separated by commas or spaces",
        "pull": "also fetch images that the `registry:` of cispeed.yaml has already",
        "push": "push to the `registry:` of cispeed.yaml what that does not have",
        "shard": "this runner's part of the images, such as 2/6 for the second of six runners",
    },
    wants_compose=True,
)
def build_optimized(  # each is an option of the command line
    context: Context,
    service: list[str] | None = None,
    dry_run: bool = False,
    no_cache: bool = False,
    force: bool = False,
    explain: bool = False,
    cache: str = "",
    services: str = "",
    pull: bool = False,
    push: bool = False,
    shard: str | None = None,
) -> None:
    """Build the full images of all services, or of those named, base images first, where anything changed.

    An image is left as it is when nothing that can reach it changed: no file, build argument, setting or base.
    Prints the plan with a cause for each image, bake's own progress, then a line an image with time, size and digest.
    What is built takes its steps from the build cache that `cache:` of cispeed.yaml or --cache names, and leaves them
    there; no fault of a cache fails a build.

    With --shard, runners that look at the same checkout divide the images among them, by the times of earlier builds
    where all have the same ones: none is left out, and none is built twice but bases, which only one builds where
    `registry:` and --push let the others have them. `inv build-matrix` gives the rows of a CI matrix instead.

    Example: inv build-optimized backend client --explain
    """
    from cispeed_tasks.run import ahead, unchanged

    names = [*(service or []), *services.replace(",", " ").split()]
    is_plain = not any((dry_run, no_cache, force, explain, pull, push, cache, shard))
    if is_plain and unchanged.say_unchanged(names):
        return
    ahead.expect_build(Path.cwd().resolve(), os.environ["CISPEED_CONFIG"])
    from cispeed_tasks.plan.shards import read_shard
    from cispeed_tasks.run import build

    options = build.Options(
        dry_run=dry_run,
        no_cache=no_cache,
        force=force,
        explain=explain,
        pull=pull,
        push=push,
        cache=cache or None,
        shard=read_shard(shard) if shard else None,
    )
    build.build_optimized(names, options)
