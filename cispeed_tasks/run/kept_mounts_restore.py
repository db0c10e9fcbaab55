"""Restore cache mounts to this engine from a directory or a registry."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.kept_mounts_builds import FILLED, write_build
from cispeed_tasks.plan.kept_mounts_restore import plan_restore
from cispeed_tasks.plan.kept_mounts_step import MountStep
from cispeed_tasks.plan.kept_mounts_workers import workers
from cispeed_tasks.run.kept_mounts import Options, carefully, one_mount, place_of, say, say_end
from cispeed_tasks.run.kept_mounts_seen import here, repository_of, run, see_archives, see_contents, see_mounts
from cispeed_tasks.run.look import View
from cispeed_tasks.tools import mount_builds, terminal


def restore(options: Options) -> None:
    """Restore the cache mounts that have nothing on this engine; raises ConfigError and UsageError, and warns of all else."""
    carefully("restored", _restore, options)


def _restore(view: View, options: Options) -> None:
    config = view.project.config.cache_mounts
    mounts = see_mounts(view)
    kept = see_archives(view, mounts.mounts, verify=True)
    archives = kept.archives
    if fault := kept.silent or kept.refused:
        terminal.warn(f"{fault}; nothing is restored")
        return
    known = {one.prefix for one in archives if one.fault is None}
    todo = [one for one in mounts.mounts if one.prefix in known]
    images = workers(view.project, [one.mount for one in todo])
    if todo and not options.dry_run:
        _provide(view, images)
    contents, image = see_contents(view, todo, here(images))
    if options.dry_run and image is None:
        contents = {}
    steps = plan_restore(mounts.mounts, contents, archives, config, anew=options.anew)
    say(mounts, steps, f"cache mounts ← {place_of(view)}")
    chosen = [step for step in steps if step.action == "restore"]
    if options.dry_run or image is None or not chosen:
        say_end(steps, "restore", "restored", dry_run=options.dry_run)
        return
    for step in chosen:
        one_mount("restored", step, partial(_restore_one, view, step, image, anew=options.anew))


def _restore_one(view: View, step: MountStep, image: str, *, anew: bool) -> int:
    archive = step.archive
    if archive is None:
        return 0
    kept_in_registry = repository_of(view) is not None
    build = write_build(
        image,
        step.keyed.mount.identity,
        archive=None if kept_in_registry else Path(archive.place).name,
        image=archive.place if kept_in_registry else None,
        replace=anew,
    )
    context = None if kept_in_registry else Path(archive.place).parent
    try:
        run(view, build, mount_builds.Output(), context=context)
    except mount_builds.BuildFailed as error:
        if error.step_code == FILLED:
            raise UsageError("a build filled it meanwhile") from error
        raise
    return archive.bytes


def _provide(view: View, images: Sequence[str]) -> None:
    """On a fresh runner, get the first image that can work; the build that follows wants it as well."""
    if images and not here(images):
        from cispeed_tasks.run import roots

        roots.provide_roots(images[:1], view.project.config)
