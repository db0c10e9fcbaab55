"""Who may save cache mounts: everybody into a directory of their own, CI on the default branch into a registry."""

from __future__ import annotations

from cispeed_tasks.config_schema import CacheMountsConfig
from cispeed_tasks.plan.cache_runner import Runner


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
