"""What a failure may come from without saying so: a plugin of docker that is too old for what the tasks ask of it."""

from __future__ import annotations

import re

from cispeed_tasks.errors import CispeedError, TestsFailed, ToolError, UsageError
from cispeed_tasks.plan.engine import outdated
from cispeed_tasks.tools import engine

OF_DOCKER = re.compile(r"docker compose|Compose does not accept|buildx|\bbake\b|the build failed")
"""Failures whose words are Compose's or buildx's."""


def explained(error: CispeedError) -> str:
    """The words of an error, and where an old plugin may be behind them, which version is needed."""
    words = str(error)
    if isinstance(error, UsageError | TestsFailed) or not OF_DOCKER.search(words):
        return words
    try:
        seen = {name: engine.plugin_version(name) for name in ("compose", "buildx")}
    except ToolError:
        return words
    old = outdated({name: version for name, version in seen.items() if version is not None})
    return f"{words}\n{'; '.join(old)}: `inv doctor` says what for, and how it is had" if old else words
