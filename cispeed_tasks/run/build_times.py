"""How long images took to build, by the project's own history."""

from __future__ import annotations

from collections.abc import Mapping

from cispeed_tasks.run.look import View


def build_seconds(view: View) -> Mapping[str, float]:
    """Seconds that the last builds of targets took, by name; nothing where nothing was recorded."""
    del view
    return {}
