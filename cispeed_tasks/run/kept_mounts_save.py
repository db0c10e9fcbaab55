"""Save the cache mounts of this engine into a directory or a registry."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from cispeed_tasks.model import MountArchive
from cispeed_tasks.plan.kept_mounts_builds import LEFT_OUT, SmallBuild, read_build
from cispeed_tasks.plan.kept_mounts_save import plan_save, superseded
from cispeed_tasks.plan.kept_mounts_step import MountStep
from cispeed_tasks.plan.kept_mounts_workers import workers
from cispeed_tasks.plan.kept_mounts_write import in_the_way, who_writes
from cispeed_tasks.run.cache import runner
from cispeed_tasks.run.kept_mounts import Options, carefully, one_mount, place_of, say, say_end
from cispeed_tasks.run.kept_mounts_seen import (
    LABEL,
    Mounts,
    directory_of,
    here,
    repository_of,
    run,
    see_archives,
    see_contents,
    see_mounts,
)
from cispeed_tasks.run.look import View
from cispeed_tasks.tools import engine_http, mount_archives, mount_builds, terminal


def save(options: Options) -> None:
    """Save the cache mounts whose key is not saved yet; raises ConfigError and UsageError, and warns of all else."""
    carefully("saved", _save, options)


def _save(view: View, options: Options) -> None:
    config = view.project.config.cache_mounts
    mounts = see_mounts(view)
    allowed, why = who_writes(config, runner(view.root))
    blocked = in_the_way(config, view.project.targets.values(), view.root)
    if not allowed or blocked:
        terminal.say(f"save no cache mount: {blocked or why}")
        return
    # Where rights are missing to read, those to write may be there: a repository begins with the first push.
    kept = see_archives(view, mounts.mounts, verify=True)
    archives = kept.archives
    if kept.silent:
        terminal.warn(f"{kept.silent}; nothing is saved")
        return
    for one in (one for one in archives if one.fault):
        terminal.warn(f"the archive {one.key} is {one.fault}: it does not count")
    todo = [one for one in mounts.mounts if options.anew or not _is_saved(one.key, archives)]
    contents, image = see_contents(view, todo, here(workers(view.project, [one.mount for one in todo])))
    steps = plan_save(mounts.mounts, contents, archives, config, anew=options.anew)
    say(mounts, steps, f"cache mounts → {place_of(view)}: {why}")
    chosen = [step for step in steps if step.action == "save"]
    if options.dry_run or image is None or not chosen:
        say_end(steps, "save", "saved", dry_run=options.dry_run)
        return
    if not repository_of(view):
        mount_archives.begin(directory_of(view), view.root)
    for step in chosen:
        one_mount("saved", step, partial(_save_one, view, mounts, step, image, archives))


def _is_saved(key: str, archives: Sequence[MountArchive]) -> bool:
    return any(one.key == key and one.fault is None for one in archives)


def _save_one(view: View, mounts: Mounts, step: MountStep, image: str, archives: Sequence[MountArchive]) -> int:
    build = read_build(image, step.keyed.mount.identity)
    archive = _archive(view, step)
    with tempfile.TemporaryDirectory(prefix="cispeed-mounts-") as context:
        listed = "".join(f"{path}\0" for path in step.left_out)
        Path(context, LEFT_OUT).write_text(listed, errors="surrogateescape")
        repository = repository_of(view)
        if repository:
            _push(view, build, archive, repository, Path(context))
            return step.bytes
        new = mount_archives.new_archive(directory_of(view), archive.key)
        try:
            run(view, build, mount_builds.Output("tar", new), context=Path(context))
            size = mount_archives.put(new, archive)
        finally:
            new.unlink(missing_ok=True)
    for one in superseded(archives, step.keyed, mounts.mounts, view.project.name, mounts.platform):
        mount_archives.remove(one)
    return size


def _push(view: View, build: SmallBuild, archive: MountArchive, repository: str, context: Path) -> None:
    tags = [f"{repository}:{tag}" for tag in (archive.key, archive.prefix)]
    labels = {LABEL: json.dumps(mount_archives.record_of(archive))}
    try:
        run(view, build, mount_builds.Output("push"), context=context, tags=tags, labels=labels)
    finally:
        engine_http.remove_images(tags)


def _archive(view: View, step: MountStep) -> MountArchive:
    keyed = step.keyed
    return MountArchive(
        keyed.key, keyed.prefix, "", time.time(), step.bytes, step.files, keyed.locks, view.project.name
    )
