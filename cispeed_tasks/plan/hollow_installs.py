"""What a hollow container installs at start, and in which directory: by the lock files that it sees."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cispeed_tasks.model import Assumption
from cispeed_tasks.plan.mounted import Mounted, below
from cispeed_tasks.plan.packages import LOCKS, MANIFESTS, PYTHON, Packages, find_packages, named_packages
from cispeed_tasks.plan.workspaces import Texts, package_name, workspace_members

EVERY = "*"
"""Stands for all members of a uv workspace."""


@dataclass(frozen=True)
class Install:
    """The packages of one manager; `directory` and `members` are directories in the container."""

    packages: Packages
    directory: str
    files: tuple[tuple[str, str], ...]
    """The files that decide what is installed: their names from `directory`, and their absolute paths."""
    members: tuple[str, ...] = ()
    """Of a workspace: those members that the container sees, relative to `directory`."""
    package: str = ""
    """Of a uv workspace: the member that is installed with what it needs, or `*`."""

    @property
    def decisive(self) -> tuple[tuple[str, str], ...]:
        """The lock file (for pip every requirements file, without a lock every manifest), and the members' manifests."""
        is_lock = self.packages.locked and self.packages.manager != "pip"
        first = self.packages.manifests[:1] if is_lock else self.packages.manifests
        return tuple(f for f in self.files if f[0] in first or f[0] not in self.packages.manifests)


def find_installs(
    subject: str, mounted: Mounted, workdir: str, others: Sequence[str], managers: Iterable[str], texts: Texts
) -> tuple[tuple[Install, ...], tuple[Assumption, ...]]:
    """Find the managers of a container: the nearest lock file of each language, from the working directory upwards.

    Args:
        subject: the service.
        mounted: what the container sees.
        workdir: where its command runs.
        others: directories that are looked into where there is nothing on the way up.
        managers: those that the config names; none to infer them.
        texts: knows the texts of the checkout's files.
    """
    way = [workdir, *_parents(workdir)]
    found: list[tuple[str, Packages]] = []
    assumptions: list[Assumption] = []
    for manager in managers:
        places = [p for p in (*way, *others) if any(lock in mounted.files(p) for lock in LOCKS[manager])]
        place = (places or [workdir])[0]
        found.append((place, named_packages(manager, mounted.files(place))))
    if not found:
        for python in (True, False):
            nearest = _nearest(subject, mounted, way, python, texts) or _nearest(
                subject, mounted, others, python, texts
            )
            found += nearest[:1]
        used = list(dict.fromkeys(place for place, _ in found))
        assumptions = [a for place in used for a in find_packages(subject, mounted.files(place))[1]]
    return tuple(_install(mounted, place, packages, workdir, texts) for place, packages in found), tuple(assumptions)


def _nearest(
    subject: str, mounted: Mounted, places: Iterable[str], is_python: bool, texts: Texts
) -> list[tuple[str, Packages]]:
    """The directories with a manager of a language, the right one first: a lock file counts more than a manifest."""
    found: list[tuple[str, Packages]] = []
    for place in places:
        files = mounted.files(place)
        if not files.isdisjoint(MANIFESTS):
            found += [(place, p) for p in find_packages(subject, files)[0] if p.is_python == is_python]
    locked = [(place, p) for place, p in found if p.locked]
    if found and locked and found[0] != locked[0]:
        # A lock file further up counts only where it is that of a workspace which this directory is a member of.
        place, packages_above = locked[0]
        root = mounted.host(posixpath.join(place, packages_above.manifests[0]))
        members = workspace_members(packages_above.manager, posixpath.dirname(str(root)), mounted.folders, texts)
        return locked if below(found[0][0], place) in members else found
    return locked or found


def _install(mounted: Mounted, place: str, packages: Packages, workdir: str, texts: Texts) -> Install:
    files = [(name, path) for name in packages.manifests if (path := mounted.host(posixpath.join(place, name)))]
    if not files or not packages.locked:
        return Install(packages, place, tuple(files))
    root = posixpath.dirname(files[0][1])
    members = workspace_members(packages.manager, root, mounted.folders, texts)
    manifest = "pyproject.toml" if packages.manager in PYTHON else "package.json"
    seen = [name for name in members if manifest in mounted.files(posixpath.join(place, name))]
    for name in seen:
        path = posixpath.join(name, manifest)
        files.append((path, str(mounted.host(posixpath.join(place, path)))))
    package = _package(mounted, place, seen, len(members), workdir, texts) if packages.manager == "uv" else ""
    return Install(packages, place, tuple(files), tuple(seen), package)


def _package(mounted: Mounted, place: str, seen: Sequence[str], members: int, workdir: str, texts: Texts) -> str:
    """What uv installs of a workspace: everything, or where members are missing the one that the command runs in."""
    if not members or len(seen) == members:
        return EVERY if members else ""
    own = [name for name in seen if below(workdir, posixpath.join(place, name)) is not None]
    for name in own or seen:
        manifest = mounted.host(posixpath.join(place, name, "pyproject.toml"))
        if found := package_name(posixpath.dirname(str(manifest)), texts):
            return found
    return EVERY


def _parents(path: str) -> list[str]:
    found = []
    while path not in {"/", ""}:
        path = posixpath.dirname(path)
        found.append(path)
    return found
