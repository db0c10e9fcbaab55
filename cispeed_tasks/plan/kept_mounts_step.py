"""A step about one cache mount, and the words that its cause is said in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cispeed_tasks.config_schema import CacheMountsConfig
from cispeed_tasks.model import MountArchive
from cispeed_tasks.plan.kept_mounts_keys import KeyedMount, changed
from cispeed_tasks.plan.kept_mounts_secret import secret_place

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


def candidates(keyed: KeyedMount, archives: Iterable[MountArchive]) -> list[MountArchive]:
    """The archives of a mount, the best one first: that of its key, then the newest."""
    own = [one for one in archives if one.prefix == keyed.prefix]
    return sorted(own, key=lambda one: (one.key != keyed.key, -one.saved))


def difference(keyed: KeyedMount, archive: MountArchive) -> str:
    """What changed between an archive and now."""
    files = changed(keyed.locks, archive.locks)
    return f"{named(files)} changed" if files else "the instructions that use it changed"


def lock_words(keyed: KeyedMount) -> str:
    """The lock files of a mount as the subject of a sentence, with its verb."""
    if not keyed.locks:
        return "the instructions that use it are"
    return f"{named(keyed.locks)} {'is' if len(keyed.locks) == 1 else 'are'}"


def named(paths: Iterable[str]) -> str:
    """The first few of some files, and how many more there are."""
    names = list(paths)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def count(number: int) -> str:
    """A number of files."""
    return "1 file" if number == 1 else f"{number} files"
