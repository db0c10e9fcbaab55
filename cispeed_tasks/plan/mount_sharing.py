"""Which bind mounts services share: what one writes and another reads becomes one volume."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from cispeed_tasks.model import Mount, Stack
from cispeed_tasks.plan.mount_sources import Checkout
from cispeed_tasks.plan.places import is_inside


@dataclass(frozen=True)
class SharedFolder:
    """A directory of the checkout that services share: the key of its volume, who writes it and who else mounts it."""

    path: str
    key: str
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    inner: tuple[tuple[str, str], ...] = ()
    """Services that write it below a directory that they mount, and where it lies there."""


class Sharing:
    """What the services of one stack share."""

    def __init__(self, stack: Stack, seen: Checkout) -> None:
        self._binds = [
            (name, mount)
            for name, service in stack.services.items()
            for mount in service.mounts
            if mount.type == "bind"
        ]
        self._seen = seen
        found = (self._shared(path) for path in dict.fromkeys(str(mount.source) for _, mount in self._binds))
        self.folders = {folder.path: folder for folder in found if folder}

    def volume(self, service: str, mount: Mount) -> str | None:
        """The key of the volume that takes the place of a bind mount of a service; None where it shares none."""
        folder = self.folders.get(str(mount.source))
        return folder.key if folder and service in (*folder.writers, *folder.readers) else None

    def is_read(self, service: str, mount: Mount) -> bool:
        """Whether a service only reads what another one's image or process puts there."""
        folder = self.folders.get(str(mount.source))
        return folder is not None and service in folder.readers

    def inner(self, service: str) -> tuple[tuple[str, str], ...]:
        """Where volumes lie below directories that a service mounts: target in the container, and key."""
        return tuple((place, f.key) for f in self.folders.values() for name, place in f.inner if name == service)

    def reason(self, service: str, mount: Mount) -> str:
        """Why it is shared."""
        folder = self.folders[str(mount.source)]
        others = [n for n in (*folder.writers, *folder.readers, *(n for n, _ in folder.inner)) if n != service]
        return f"one volume with {', '.join(dict.fromkeys(others))}"

    def _shared(self, path: str) -> SharedFolder | None:
        if path not in self._seen.sources and not self._is_data(path):
            return None
        users = [(name, mount) for name, mount in self._binds if mount.source == path]
        source = self._seen.source(path)
        writers = tuple(dict.fromkeys(name for name, mount in users if not mount.read_only))
        readers = tuple(dict.fromkeys(name for name, mount in users if mount.read_only and name not in writers))
        is_output = source.is_empty or source.is_ignored or self._is_data(path)
        inner = self._inner(path, {name for name, _ in users}) if is_output else ()
        is_shared = len({*writers, *readers, *(name for name, _ in inner)}) > 1
        if source.kind == "file" or not is_shared or not (is_output or (len(writers) == 1 and readers)):
            return None
        return SharedFolder(path, _key(path, self._seen.root), writers, readers, inner)

    def _inner(self, path: str, users: set[str]) -> tuple[tuple[str, str], ...]:
        """Other services that can write a directory as part of one that they mount."""
        return tuple(
            (name, posixpath.join(posixpath.normpath(mount.target), path[len(str(mount.source)) :].lstrip("/")))
            for name, mount in self._binds
            if name not in users and not mount.read_only and mount.source != path and is_inside(path, str(mount.source))
        )

    def _is_data(self, path: str) -> bool:
        return any(mount.source == path and self._seen.is_data(mount) for _, mount in self._binds)


def _key(path: str, root: str) -> str:
    inside = path.removeprefix(root).strip("/") or "checkout"
    name = re.sub(r"[^a-zA-Z0-9]+", "-", inside if is_inside(path, root) else posixpath.basename(path)).strip("-")
    return f"cispeed-{name.lower()}"
