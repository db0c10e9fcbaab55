"""Images of services that are only pulled: fetched before the stack is created, with Compose's own progress."""

from __future__ import annotations

from collections.abc import Sequence

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.run.look import View
from cispeed_tasks.tools import compose, engine_http, process

LEFT_ALONE = {"never", "build"}
"""What `pull_policy` says where Compose itself has to decide."""


def pull_missing(view: View, invocation: compose.Invocation, services: Sequence[str]) -> None:
    """Pull what the engine does not have of the images that are not built here; raises WorkFailed."""
    images = {
        name: shape.service.image
        for name in services
        if (shape := view.project.shapes.get(name)) is not None
        and shape.image_source == "image"
        and shape.service.image
        and shape.service.raw.get("pull_policy") not in LEFT_ALONE
    }
    seen = engine_http.inspect_images(list(dict.fromkeys(images.values())))
    missing = [name for name, image in images.items() if seen[image] is None]
    if missing and process.watch(invocation.argv("pull", *missing), cwd=view.root):
        named = ", ".join(dict.fromkeys(str(images[name]) for name in missing))
        raise WorkFailed(
            f"not all of {named} could be pulled; Docker's own words are above, and `inv doctor` looks at the registry, "
            "the rights to it and the proxy"
        )
