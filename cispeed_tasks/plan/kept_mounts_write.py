"""Who may save cache mounts: everybody into a directory of their own, CI on the default branch into a registry."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cispeed_tasks.config_schema import CacheMountsConfig
from cispeed_tasks.model import Target
from cispeed_tasks.plan.cache_runner import Runner
from cispeed_tasks.plan.places import in_directory, is_inside
from cispeed_tasks.plan.services import is_remote
from cispeed_tasks.plan.shield import STATE


def who_writes(config: CacheMountsConfig, runner: Runner) -> tuple[bool, str]:
    """Whether this run saves cache mounts, and why."""
    rule = config.write or ("main" if config.registry else "always")
    if rule == "never":
        return False, "`write: never` says so"
    if rule == "always":
        return True, "`write: always` says so" if config.write else "a directory is everybody's own"
    if runner.environment == "main":
        return True, f"this is CI on {runner.main}"
    return False, f"CI saves them on {runner.main} (`write: always` lets others, too)"


def in_the_way(config: CacheMountsConfig, targets: Iterable[Target], root: Path) -> str | None:
    """Why a directory cannot hold archives: what lies in a build context is sent to the engine, and may reach an image."""
    if config.registry or config.directory is None:
        return None
    place = in_directory(root, config.directory)
    inside = [one.name for one in targets if not is_remote(one.context) and is_inside(place, one.context)]
    if not inside or is_inside(place, str(root / STATE)):
        return None
    return (
        f"`directory: {config.directory}` lies in the build context of {inside[0]}: name one outside, or leave it out "
        f"({STATE}/cache-mounts is kept out of every context)"
    )
