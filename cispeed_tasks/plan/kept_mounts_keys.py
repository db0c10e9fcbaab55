"""The keys that cache mounts are saved under: which mount, which platform, which lock files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cispeed_tasks.plan.fingerprint import digest
from cispeed_tasks.plan.kept_mounts_found import FoundMount
from cispeed_tasks.plan.packages import LOCKS, MANIFESTS

SCHEMA = "1"
LOCK_NAMES = frozenset(
    {
        *(name for names in LOCKS.values() for name in names),
        *[
            "Cargo.lock",
            "Gemfile.lock",
            "Pipfile.lock",
            "composer.lock",
            "conan.lock",
            "deno.lock",
            "go.sum",
            "gradle.lockfile",
            "mix.lock",
        ],
        *["packages.lock.json", "pdm.lock", "pubspec.lock", "pylock.toml"],
    }
)
REQUIREMENTS = re.compile(r"(.*/)?(requirements|constraints)([-_.][^/]*)?\.txt|(.*/)?requirements/[^/]+\.txt")


@dataclass(frozen=True)
class KeyedMount:
    """A cache mount with the key that it is saved under now.

    `prefix` is the same for all keys of one mount on one platform; `locks` are the lock files of the targets that use
    it, by their paths relative to the project's directory, each with its digest.
    """

    mount: FoundMount
    prefix: str
    key: str
    locks: Mapping[str, str]

    @property
    def name(self) -> str:
        """What a person knows it by."""
        return self.mount.name


def lock_files(paths: Iterable[str]) -> tuple[str, ...]:
    """The lock files among the inputs of a target; where nothing is locked, what says what is installed."""
    known = tuple(paths)
    found = [path for path in known if path.rsplit("/", 1)[-1] in LOCK_NAMES or REQUIREMENTS.fullmatch(path)]
    return tuple(found or [path for path in known if path.rsplit("/", 1)[-1] in MANIFESTS])


def keyed(
    mounts: Iterable[FoundMount], locks: Mapping[str, Mapping[str, str]], platform: str
) -> tuple[KeyedMount, ...]:
    """Give mounts their keys.

    Args:
        mounts: the mounts.
        locks: for each target, by its name, its lock files with their digests.
        platform: what the engine builds for, such as linux/amd64.
    """
    return tuple(_keyed(mount, locks, plain(platform)) for mount in mounts)


def _keyed(mount: FoundMount, locks: Mapping[str, Mapping[str, str]], platform: str) -> KeyedMount:
    own = {path: value for user in mount.users for path, value in locks.get(user, {}).items()}
    own = dict(sorted(own.items()))
    identity = mount.identity
    told = digest(SCHEMA, identity.id, identity.namespace, str((identity.uid, identity.gid, identity.mode)))
    prefix = f"{plain(mount.name)[:40]}-{told[:8]}-{platform}"
    # What is installed without a lock file, by apt say, stands in the instruction itself.
    content = digest(*(f"{path} {value}" for path, value in own.items()), None, *sorted(mount.runs))
    return KeyedMount(mount, prefix, f"{prefix}-{content[:16]}", own)


def common_key(project: str, platform: str, mounts: Iterable[KeyedMount]) -> tuple[str, str]:
    """One key for the directory of all archives, as a CI cache action wants it, and the prefix that finds older ones."""
    prefix = f"cispeed-mounts-{plain(project)}-{plain(platform)}-"
    return prefix + digest(*sorted(one.key for one in mounts))[:16], prefix


def changed(mine: Mapping[str, str], saved: Mapping[str, str]) -> tuple[str, ...]:
    """The lock files that differ between two keys of a mount."""
    return tuple(sorted(path for path in {*mine, *saved} if mine.get(path) != saved.get(path)))


def plain(text: str) -> str:
    """A text as file names and tags may hold it."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "mount"
