"""What prune removes of what is labelled as the project's, and why; everything else it does not see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cispeed_tasks.model import Observed, SeenImage, SeenVolume


@dataclass(frozen=True)
class Wish:
    """What the user asked for: previous images to keep of each target, and how far to go."""

    keep: int = 1
    keep_results: int = 10
    everything: bool = False
    volumes: bool = False
    cache_older_than: str | None = None
    cache_keep: str | None = None


@dataclass(frozen=True)
class Removal:
    """One thing that goes, and why; `bytes` is what it takes by itself, where that is known."""

    kind: str
    id: str
    name: str
    cause: str
    bytes: int | None = None

    def __str__(self) -> str:
        """A line of the printed plan, without the size."""
        return f"remove {self.kind} {self.name}: {self.cause}"


@dataclass(frozen=True)
class PrunePlan:
    """What goes, containers first so that nothing holds an image."""

    removals: tuple[Removal, ...] = field(default=())

    def __str__(self) -> str:
        """The plan as it is shown."""
        return "\n".join(str(removal) for removal in self.removals) or "Nothing to remove."

    @property
    def data_volumes(self) -> tuple[str, ...]:
        """The data volumes among it, which want a question first."""
        return tuple(removal.name for removal in self.removals if removal.kind == "data volume")


def plan_prune(seen: Observed, current_tags: Iterable[str], current_volumes: Iterable[str], wish: Wish) -> PrunePlan:
    """Decide what goes.

    Args:
        seen: what is there, all of it labelled as this project's.
        current_tags: the images that the checkout's targets have now.
        current_volumes: the dependency volumes of the lock files as they are now.
        wish: what the user asked for.
    """
    removals = [Removal("container", id_, name, "it is stopped") for id_, name in seen.containers]
    removals += _images(seen.images, set(current_tags), wish)
    removals += _volumes(seen.volumes, set(current_volumes), wish)
    if len(seen.results) > wish.keep_results or wish.everything:
        old = seen.results[: -wish.keep_results or None] if not wish.everything else seen.results
        removals += [
            Removal(
                "results", name, name, "--all" if wish.everything else f"older than the last {wish.keep_results} runs"
            )
            for name in old
        ]
    if wish.cache_older_than or wish.cache_keep:
        removals.append(_build_cache(wish))
    return PrunePlan(tuple(removals))


def _images(images: Iterable[SeenImage], current: set[str], wish: Wish) -> list[Removal]:
    by_target: dict[str, list[SeenImage]] = {}
    repositories = {tag.rsplit(":", 1)[0] for tag in current}
    for image in images:
        # Labels are inherited: an image that somebody built on one of ours has them too, but not our names.
        if not repositories.intersection(tag.rsplit(":", 1)[0] for tag in image.tags):
            continue
        by_target.setdefault(image.target, []).append(image)
    removals = []
    for found in by_target.values():
        found.sort(key=lambda image: -image.created)
        kept = 0
        for image in found:
            is_current = bool(current.intersection(image.tags))
            if image.in_use or (is_current and not wish.everything):
                continue
            if not is_current and kept < wish.keep and not wish.everything:
                kept += 1
                continue
            cause = "--all" if wish.everything else f"no longer current, and {kept} newer ones are kept"
            name = image.tags[0] if image.tags else f"{image.target} {image.id.removeprefix('sha256:')[:12]}"
            removals.append(Removal("image", image.id, name, cause, image.bytes))
    return removals


def _volumes(volumes: Iterable[SeenVolume], current: set[str], wish: Wish) -> list[Removal]:
    removals = []
    for volume in volumes:
        if volume.in_use:
            continue
        if volume.kind == "dependencies" and (volume.name not in current or wish.everything):
            cause = "--all" if wish.everything else "packages of a lock file that has changed since"
            removals.append(Removal("volume", volume.name, volume.name, cause, volume.bytes))
        if volume.kind == "cache" and wish.everything:
            removals.append(Removal("volume", volume.name, volume.name, "--all", volume.bytes))
        if volume.kind == "data" and wish.volumes:
            removals.append(Removal("data volume", volume.name, volume.name, "--volumes", volume.bytes))
    return removals


def _build_cache(wish: Wish) -> Removal:
    parts = [f"not used for {wish.cache_older_than}"] if wish.cache_older_than else []
    parts += [f"beyond {wish.cache_keep}"] if wish.cache_keep else []
    return Removal("build cache", "some", " and ".join(parts), "of every project on this engine, as asked")
