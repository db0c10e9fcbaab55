"""Save cache mounts from the engine and restore them to it; no fault of theirs fails anything."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cispeed_tasks.errors import CispeedError, UsageError
from cispeed_tasks.model import MountArchive
from cispeed_tasks.plan.kept_mounts import MountStep, plan_restore, plan_save, superseded
from cispeed_tasks.plan.kept_mounts_builds import FILLED, LEFT_OUT, SmallBuild, read_build, write_build
from cispeed_tasks.plan.kept_mounts_write import who_writes
from cispeed_tasks.run.cache import runner
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
    workers,
)
from cispeed_tasks.run.look import View, look
from cispeed_tasks.tools import engine_http, lock, mount_archives, mount_builds, terminal


@dataclass(frozen=True)
class Options:
    """What the user asked of a save or a restore."""

    dry_run: bool = False
    anew: bool = False


def save(options: Options) -> None:
    """Save the cache mounts whose key is not saved yet; raises ConfigError and UsageError, and warns of all else."""
    _carefully("saved", _save, options)


def restore(options: Options) -> None:
    """Restore the cache mounts that have nothing on this engine; raises ConfigError and UsageError, and warns of all else."""
    _carefully("restored", _restore, options)


def _carefully(word: str, work: Callable[[View, Options], None], options: Options) -> None:
    view = look()
    with ExitStack() as stack:
        try:
            stack.enter_context(lock.held(f"{view.project.name}-cache-mounts", "works on its cache mounts"))
        except UsageError:
            terminal.warn(f"cache mounts: nothing is {word}, since another run is saving or restoring them")
            return
        try:
            work(view, options)
        except (CispeedError, OSError) as error:
            terminal.warn(f"cache mounts: no more is {word}: {_words(error)}")


def _save(view: View, options: Options) -> None:
    config = view.project.config.cache_mounts
    mounts, place = see_mounts(view), _place(view)
    allowed, why = who_writes(config, runner(view.root))
    if not allowed:
        terminal.say(f"save no cache mount: {why}")
        return
    archives, fault = see_archives(view, mounts.mounts, verify=True)
    if fault:
        terminal.warn(f"{fault}; nothing is saved")
        return
    damaged = [one for one in archives if one.fault]
    for one in damaged:
        terminal.warn(f"the archive {one.key} is {one.fault}: it does not count")
    todo = [one for one in mounts.mounts if options.anew or not _is_saved(one.key, archives)]
    contents, image = see_contents(view, todo, here(workers(view.project, [one.mount for one in todo])))
    steps = plan_save(mounts.mounts, contents, archives, config, anew=options.anew)
    _say(mounts, steps, f"cache mounts → {place}: {why}")
    chosen = [step for step in steps if step.action == "save"]
    if options.dry_run or image is None or not chosen:
        _say_end(steps, "save", "saved", dry_run=options.dry_run)
        return
    if not repository_of(view):
        mount_archives.begin(directory_of(view), view.root)
    for step in chosen:
        _one("saved", step, partial(_save_one, view, mounts, step, image, archives))


def _restore(view: View, options: Options) -> None:
    config = view.project.config.cache_mounts
    mounts = see_mounts(view)
    archives, fault = see_archives(view, mounts.mounts, verify=True)
    if fault:
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
    _say(mounts, steps, f"cache mounts ← {_place(view)}")
    chosen = [step for step in steps if step.action == "restore"]
    if options.dry_run or image is None or not chosen:
        _say_end(steps, "restore", "restored", dry_run=options.dry_run)
        return
    for step in chosen:
        _one("restored", step, partial(_restore_one, view, step, image, anew=options.anew))


def _one(word: str, step: MountStep, work: Callable[[], int]) -> None:
    """Save or restore one mount; a fault of it is a warning, and the next one is begun."""
    started = time.monotonic()
    try:
        size = work()
    except (CispeedError, OSError) as error:
        terminal.warn(f"{step.keyed.name} is not {word}: {_words(error)}")
        return
    took = terminal.seconds(time.monotonic() - started)
    shown = f", {terminal.size(size)}" if size else ""
    terminal.outcome("ok", f"{step.keyed.name} {word}: {step.files} files{shown}, in {took}")


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


def _archive(view: View, step: MountStep) -> MountArchive:
    keyed = step.keyed
    return MountArchive(
        keyed.key, keyed.prefix, "", time.time(), step.bytes, step.files, keyed.locks, view.project.name
    )


def _provide(view: View, images: Sequence[str]) -> None:
    """On a fresh runner, get the first image that can work; the build that follows wants it as well."""
    if images and not here(images):
        from cispeed_tasks.run import roots

        roots.provide_roots(images[:1], view.project.config)


def _is_saved(key: str, archives: Sequence[MountArchive]) -> bool:
    return any(one.key == key and one.fault is None for one in archives)


def _place(view: View) -> str:
    return repository_of(view) or os.path.relpath(directory_of(view), view.root)


def _say(mounts: Mounts, steps: Sequence[MountStep], title: str) -> None:
    terminal.say(title)
    for step in steps:
        terminal.say(f"  {step}")
    for one in mounts.unkept:
        terminal.say(f"  {one}")
    if not steps and not mounts.unkept:
        terminal.say("  no Dockerfile has a cache mount")


def _say_end(steps: Sequence[MountStep], action: str, word: str, *, dry_run: bool) -> None:
    chosen = [step for step in steps if step.action == action]
    if dry_run and chosen:
        terminal.note(f"dry run: nothing was {word}")
    elif not chosen:
        terminal.outcome("skipped", f"nothing to {action}")


def _words(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__
