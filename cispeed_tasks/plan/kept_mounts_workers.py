"""The images that may look at, read and write cache mounts: those that the steps run on which use them."""

from __future__ import annotations

from collections.abc import Iterable

from cispeed_tasks.plan.image_names import canonical
from cispeed_tasks.plan.kept_mounts_found import FoundMount
from cispeed_tasks.plan.service_targets import read_target
from cispeed_tasks.plan.targets import Project


def workers(project: Project, mounts: Iterable[FoundMount]) -> tuple[str, ...]:
    """The images in the order that they are tried.

    What the config names, and nothing else; or the root images that the steps stand on, which every build of them needs
    anyway, then the images of the project that come of them.
    """
    if project.config.cache_mounts.image:
        return (project.config.cache_mounts.image,)
    found = tuple(mounts)
    roots = [_root(project, base) for mount in found for base in mount.bases]
    users = [project.targets[name].tag for mount in found for name in mount.users]
    return tuple(dict.fromkeys([*roots, *users]))


def _root(project: Project, base: str) -> str:
    """The outside image that a base stands on, where the project makes it itself."""
    made = {canonical(target.tag): target for target in project.targets.values()}
    seen: set[str] = set()
    while (target := made.get(canonical(base))) is not None and base not in seen:
        seen.add(base)
        base = read_target(target).root_image(target.stage) or base
    return base
