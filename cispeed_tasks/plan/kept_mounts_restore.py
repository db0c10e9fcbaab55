"""Which cache mounts are restored, from which archive, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cispeed_tasks.config_schema import CacheMountsConfig
from cispeed_tasks.model import MountArchive
from cispeed_tasks.plan.kept_mounts_keys import KeyedMount
from cispeed_tasks.plan.kept_mounts_limit import Contents
from cispeed_tasks.plan.kept_mounts_step import MountStep, candidates, count, difference, named, unwanted


def plan_restore(
    mounts: Sequence[KeyedMount],
    contents: Mapping[str, Contents | str],
    archives: Sequence[MountArchive],
    config: CacheMountsConfig,
    *,
    anew: bool = False,
) -> tuple[MountStep, ...]:
    """Decide which mounts are restored, and from what: the archive of the very key, else the newest one of the mount.

    Args:
        mounts: all mounts of the project.
        contents: what is in each on this engine, by its prefix, or why that could not be seen.
        archives: what is saved.
        config: the section of the config.
        anew: also restore mounts that have files on this engine; these go.
    """
    return tuple(_restored(one, contents.get(one.prefix), archives, config, anew=anew) for one in mounts)


def _restored(
    keyed: KeyedMount,
    contents: Contents | str | None,
    archives: Sequence[MountArchive],
    config: CacheMountsConfig,
    *,
    anew: bool,
) -> MountStep:
    if why := unwanted(keyed, config):
        return MountStep(keyed, "leave", why)
    own = candidates(keyed, archives)
    damaged = [f"{one.key} is {one.fault}" for one in own if one.fault]
    whole = [one for one in own if not one.fault]
    said = f"; {', '.join(damaged)}, and is not used" if damaged else ""
    if not whole:
        return MountStep(keyed, "leave", f"nothing was saved of it{said}")
    if isinstance(contents, str):
        return MountStep(keyed, "leave", contents)
    if contents is not None and contents.files and not anew:
        return MountStep(keyed, "leave", f"this engine has {count(len(contents.files))} in it already{said}")
    best = whole[0]
    why = (
        f"saved for these very lock files ({named(keyed.locks)})"
        if best.key == keyed.key and keyed.locks
        else "saved for these very instructions"
        if best.key == keyed.key
        else f"the newest that was saved; {difference(keyed, best)} since"
    )
    return MountStep(keyed, "restore", f"{why}{said}", archive=best, files=best.files, bytes=best.bytes)
