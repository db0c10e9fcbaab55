"""What is done about each cache mount, and why: saved, restored, or left as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cispeed_tasks.config_schema import CacheMountsConfig
from cispeed_tasks.model import MountArchive
from cispeed_tasks.plan.kept_mounts_keys import KeyedMount, changed, plain
from cispeed_tasks.plan.kept_mounts_limit import Contents, size_of, within
from cispeed_tasks.plan.kept_mounts_secret import secret_files, secret_place

NAMED = 3
"""How many files a line names."""


@dataclass(frozen=True)
class MountStep:
    """What is done about one mount."""

    keyed: KeyedMount
    action: str
    """save, restore or leave."""
    cause: str
    left_out: tuple[str, ...] = ()
    """When it is saved, the files that are not, by their paths in it."""
    archive: MountArchive | None = None
    """What it is restored from."""
    files: int = 0
    bytes: int = 0
    """What is saved of it."""

    def __str__(self) -> str:
        """A line of the printed plan."""
        return f"{self.action} {self.keyed.name}: {self.cause}"


def unwanted(keyed: KeyedMount, config: CacheMountsConfig) -> str | None:
    """Why a mount is never saved nor restored, by the config or since it may hold credentials; None where it may be."""
    names = {keyed.name, keyed.mount.identity.id}
    secret = secret_place((*keyed.mount.places, keyed.mount.identity.id))
    if secret:
        return secret
    if names & set(config.drop):
        return "`cache-mounts: drop:` names it"
    return "`cache-mounts: keep:` does not name it" if config.keep and not names & set(config.keep) else None


def plan_save(
    mounts: Sequence[KeyedMount],
    contents: Mapping[str, Contents | str],
    archives: Sequence[MountArchive],
    config: CacheMountsConfig,
    *,
    anew: bool = False,
) -> tuple[MountStep, ...]:
    """Decide which mounts are saved.

    Args:
        mounts: all mounts of the project.
        contents: what is in each, by its prefix, or why that could not be seen; not needed for those that are left anyway.
        archives: what is saved already.
        config: the section of the config.
        anew: also save what is saved under its key already.
    """
    causes = {one.prefix: why for one in mounts if (why := _why_not(one, contents, archives, config, anew=anew))}
    seen = {one.prefix: contents[one.prefix] for one in mounts if one.prefix not in causes}
    whole = {prefix: _without_secrets(one) for prefix, one in seen.items() if isinstance(one, Contents)}
    own = {one.prefix for one in mounts}
    kept_bytes = sum(one.bytes for one in archives if one.prefix in own and one.prefix not in whole)
    inside = within(whole, size_of(config.limit) - kept_bytes)
    steps = []
    for one in mounts:
        found = seen.get(one.prefix)
        if not isinstance(found, Contents):
            steps.append(MountStep(one, "leave", causes[one.prefix]))
        elif one.prefix not in inside:
            cause = (
                f"beyond the limit of {config.limit}: what was used later takes it, and a part of this one is of no use"
            )
            steps.append(MountStep(one, "leave", cause))
        else:
            steps.append(_saved(one, found, inside[one.prefix], archives, config))
    return tuple(steps)


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


def candidates(keyed: KeyedMount, archives: Iterable[MountArchive]) -> list[MountArchive]:
    """The archives of a mount, the best one first: that of its key, then the newest."""
    own = [one for one in archives if one.prefix == keyed.prefix]
    return sorted(own, key=lambda one: (one.key != keyed.key, -one.saved))


def superseded(
    archives: Iterable[MountArchive], written: KeyedMount, mounts: Sequence[KeyedMount], project: str, platform: str
) -> tuple[MountArchive, ...]:
    """The archives that go when a mount was saved: its older ones, and those of mounts that no Dockerfile has any more."""
    known = {one.prefix for one in mounts}
    end = f"-{plain(platform)}"
    return tuple(
        one
        for one in archives
        if (one.prefix == written.prefix and one.key != written.key)
        or (one.project == project and one.prefix not in known and one.prefix.endswith(end))
    )


def _why_not(
    keyed: KeyedMount,
    contents: Mapping[str, Contents | str],
    archives: Sequence[MountArchive],
    config: CacheMountsConfig,
    *,
    anew: bool,
) -> str | None:
    if why := unwanted(keyed, config):
        return why
    if not anew and any(one.key == keyed.key and one.fault is None for one in archives):
        return f"saved already; {_lock_words(keyed, 'is', 'are')} unchanged since"
    found = contents.get(keyed.prefix, "it was not looked at")
    if isinstance(found, str):
        return found
    return None if found.files else "there is nothing in it on this engine"


def _without_secrets(contents: Contents) -> Contents:
    secrets = frozenset(secret_files(file.path for file in contents.files))
    return Contents(tuple(file for file in contents.files if file.path not in secrets), contents.by_files)


def _saved(
    keyed: KeyedMount,
    contents: Contents,
    beyond: frozenset[str],
    archives: Sequence[MountArchive],
    config: CacheMountsConfig,
) -> MountStep:
    secrets = secret_files(file.path for file in contents.files)
    going = beyond | frozenset(secrets)
    kept = [file for file in contents.files if file.path not in going]
    older = candidates(keyed, archives)
    same = any(one.key == keyed.key for one in older)
    why = "anew" if same else f"{_difference(keyed, older[0])} since it was saved" if older else "not saved before"
    cause = f"{_count(len(kept))}, {why}"
    if beyond:
        cause += f"; those used least lately ({_count(len(beyond))}) are beyond the limit of {config.limit}"
    if secrets:
        cause += f"; without {_named(secrets)}, which may hold credentials"
    return MountStep(keyed, "save", cause, tuple(sorted(going)), None, len(kept), sum(file.size for file in kept))


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
        return MountStep(keyed, "leave", f"this engine has {_count(len(contents.files))} in it already{said}")
    best = whole[0]
    why = (
        f"saved for these very lock files ({_named(keyed.locks)})"
        if best.key == keyed.key and keyed.locks
        else "saved for these very instructions"
        if best.key == keyed.key
        else f"the newest that was saved; {_difference(keyed, best)} since"
    )
    return MountStep(keyed, "restore", f"{why}{said}", archive=best, files=best.files, bytes=best.bytes)


def _difference(keyed: KeyedMount, archive: MountArchive) -> str:
    """What changed between an archive and now."""
    files = changed(keyed.locks, archive.locks)
    return f"{_named(files)} changed" if files else "the instructions that use it changed"


def _lock_words(keyed: KeyedMount, one: str, many: str) -> str:
    if not keyed.locks:
        return f"the instructions that use it {many}"
    return f"{_named(keyed.locks)} {one if len(keyed.locks) == 1 else many}"


def _named(paths: Iterable[str]) -> str:
    names = list(paths)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _count(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"
