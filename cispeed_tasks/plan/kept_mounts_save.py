"""Which cache mounts are saved, and why; which archives go then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cispeed_tasks.config_schema import CacheMountsConfig
from cispeed_tasks.model import MountArchive
from cispeed_tasks.plan.amounts import read_size
from cispeed_tasks.plan.kept_mounts_keys import KeyedMount, plain
from cispeed_tasks.plan.kept_mounts_limit import Contents, within
from cispeed_tasks.plan.kept_mounts_secret import secret_files
from cispeed_tasks.plan.kept_mounts_step import MountStep, candidates, count, difference, lock_words, named, unwanted


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
    inside = within(whole, read_size(config.limit) - kept_bytes)
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
        return f"saved already; {lock_words(keyed)} unchanged since"
    found = contents.get(keyed.prefix, "it was not looked at")
    if isinstance(found, str):
        return found
    if not found.files:
        return "there is nothing in it on this engine"
    return None if _without_secrets(found).files else "all that is in it may hold credentials"


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
    older = candidates(keyed, (one for one in archives if one.fault is None))
    same = any(one.key == keyed.key for one in older)
    why = "anew" if same else f"{difference(keyed, older[0])} since it was saved" if older else "not saved before"
    cause = f"{count(len(kept))}, {why}"
    if beyond:
        cause += f"; those used least lately ({count(len(beyond))}) are beyond the limit of {config.limit}"
    if secrets:
        cause += f"; without {named(secrets)}, which may hold credentials"
    return MountStep(keyed, "save", cause, tuple(sorted(going)), None, len(kept), sum(file.size for file in kept))
