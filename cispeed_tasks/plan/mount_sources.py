"""What the checkout has where bind mounts take it from."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from cispeed_tasks.model import ContextFile, Mount
from cispeed_tasks.plan.context_tree import ContextTree
from cispeed_tasks.plan.mount_names import SAFE_FOLDERS, is_data_place, is_key, is_litter, is_placeholder

MOST_SECRETS = 100
MOST_SECRET_BYTES = 500_000
"""What the engine and the orchestrators take for a secret (docs.docker.com/reference/cli/docker/secret)."""


@dataclass(frozen=True)
class MountSource:
    """The source of a bind mount. Paths are relative to it, with slashes; "" is the source itself."""

    kind: str
    """file, directory, missing, or other: a socket, a pipe or a device."""
    entries: tuple[ContextFile, ...] = ()
    """What lies in it, sorted by path; what is never baked (node_modules, .git …) is left out. Of a file, itself."""
    ignored: frozenset[str] = frozenset()
    """What git ignores: files, and directories of which it ignores everything."""
    owners: Mapping[str, str] = field(default_factory=dict)
    """`uid:gid` of what belongs to another one than the directory that it lies in; of the source itself unless root's."""
    text: str | None = field(default=None, repr=False)
    """The text of a small file, where it is text."""
    is_tracked: bool | None = None
    """Whether git tracks any of it; None where there is no git."""

    @property
    def is_ignored(self) -> bool:
        """Whether git ignores all of it."""
        return "" in self.ignored

    @property
    def files(self) -> tuple[ContextFile, ...]:
        """The files and links in it."""
        return tuple(entry for entry in self.entries if entry.kind in {"file", "link"})

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it but what keeps the directory in git."""
        return self.kind == "missing" or (self.kind == "directory" and all(is_placeholder(f.path) for f in self.files))

    def is_private(self, path: str) -> bool:
        """Whether a file never enters an image: git ignores it, or it holds a secret by its name."""
        return self._is_ignored(path) or is_key(path)

    def private_files(self) -> tuple[ContextFile, ...]:
        """The files that never enter an image and may be needed: no litter, and nothing of a directory that git ignores.

        Of a directory for keys, what git ignores counts too.
        """
        return tuple(f for f in self.files if self.is_private(f.path) and self._may_be_needed(f))

    def shareable(self) -> tuple[ContextFile, ...]:
        """The files that may enter an image."""
        return tuple(f for f in self.files if not self.is_private(f.path) and not is_litter(f.path))

    def without_ignored(self) -> MountSource:
        """The source as a checkout has it in which nothing was made that git ignores."""
        if self.is_ignored:
            return MountSource("missing")
        kept = tuple(entry for entry in self.entries if not self._is_ignored(entry.path))
        owners = {path: owner for path, owner in self.owners.items() if not self._is_ignored(path)}
        return replace(self, entries=kept, ignored=frozenset(), owners=owners)

    def _may_be_needed(self, file: ContextFile) -> bool:
        if file.kind != "file" or file.size > MOST_SECRET_BYTES or is_litter(file.path):
            return False
        in_ignored_folder = any(parent in self.ignored for parent in parents(file.path))
        return is_key(file.path) or not in_ignored_folder or bool(SAFE_FOLDERS.search(posixpath.dirname(file.path)))

    def _is_ignored(self, path: str) -> bool:
        return path in self.ignored or any(parent in self.ignored for parent in parents(path))


@dataclass(frozen=True)
class Checkout:
    """What was seen for deciding about mounts."""

    sources: Mapping[str, MountSource]
    """By absolute path: the sources of bind mounts in the checkout."""
    contexts: Mapping[str, ContextTree] = field(default_factory=dict)
    """What Docker would send to the targets of services that have bind mounts, by the target's name."""
    root: str = ""
    """The directory that counts as the checkout: the repository's, which may be above the project's; absolute."""

    def is_data(self, mount: Mount) -> bool:
        """Whether a bind mount is a directory of a service's data, which belongs to the development stack alone.

        A second stack on it would destroy it: two database servers on one data directory. What git tracks is no data.
        """
        if not is_data_place(mount):
            return False
        source = self.sources.get(str(mount.source))
        if source is None:
            return True
        return source.kind != "file" and (source.is_empty or source.is_ignored or not source.is_tracked)

    def source(self, path: str | None) -> MountSource:
        """What lies at a path; nothing was seen of one that is not there."""
        return self.sources.get(path or "", MountSource("missing"))


def parents(path: str) -> Iterable[str]:
    """The directories above a relative path, the nearest first, without the root."""
    while path := posixpath.dirname(path):
        yield path
