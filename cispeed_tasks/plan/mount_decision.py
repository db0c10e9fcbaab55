"""What is done with one mount of a service, and why."""

from __future__ import annotations

from dataclasses import dataclass

from cispeed_tasks.model import Mount
from cispeed_tasks.plan.mount_sources import Checkout

REPORTS = "report directory"
"""The kind of a mount that stays, since results come out there."""


@dataclass(frozen=True)
class MountDecision:
    """One mount and its treatment.

    drop: the mount goes. keep: it stays as it is. fresh: an empty volume takes its place. bake: a layer on the image holds
    what it brought. secret, config: a single file is handed to the container when it is made.
    """

    service: str
    mount: Mount
    kind: str
    action: str
    cause: str
    left_out: tuple[str, ...] = ()
    """What a layer does not hold of the source, as paths relative to it."""
    secrets: tuple[str, ...] = ()
    """The files of the source that are handed over as secrets, as paths relative to it; "" is the source itself."""
    volume: str | None = None
    """The key of the volume that takes its place, where services share one."""
    is_warning: bool = False
    """Whether a person should look at it."""

    @property
    def fills(self) -> bool:
        """Whether the shared volume that takes its place is filled with what the image holds there."""
        return self.volume is not None and self.action in {"drop", "bake"}

    def is_baked(self, seen: Checkout) -> bool:
        """Whether the layer on the image has something for it: its content, or for a volume the owner of its directory."""
        source = seen.source(self.mount.source)
        owns = (
            self.action == "fresh" and source.kind == "directory" and "" in source.owners and self.mount.type == "bind"
        )
        return self.action == "bake" or owns

    def __str__(self) -> str:
        """A line of the printed plan."""
        secrets = f"; as secrets: {', '.join(self.secrets)}" if any(self.secrets) else ""
        return f"{self.action} {self.service}:{self.mount.target} ({self.kind}): {self.cause}{secrets}"
