"""How long images took to build and how large they came out, by the project's own history."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from cispeed_tasks.run import history
from cispeed_tasks.run.look import View


def build_seconds(view: View) -> Mapping[str, float]:
    """Seconds that targets took to build, by name: the median of the last builds; one that was never built is left out."""
    found = history.recent_builds(view.root)
    times = {name: [one.seconds for one in records if one.seconds] for name, records in found.items()}
    return {name: median(some) for name, some in times.items() if some}


def image_bytes(view: View) -> Mapping[str, int]:
    """Bytes of the images of targets, by name: the largest of the last builds."""
    found = history.recent_builds(view.root)
    sizes = {name: [one.image_bytes for one in records if one.image_bytes] for name, records in found.items()}
    return {name: max(some) for name, some in sizes.items() if some}
