"""Show every mount and what full mode does with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cispeed_tasks.plan.mount_decision import MountDecision
from cispeed_tasks.run.look import chosen_services, look
from cispeed_tasks.run.modes import full_mode
from cispeed_tasks.tools import terminal


def show(services: Sequence[str], *, as_json: bool) -> None:
    """Print the table, or for programs a list."""
    view = look()
    chosen = chosen_services(view, list(services))
    decisions = [one for one in full_mode(view).all_decisions if one.service in chosen]
    if as_json:
        terminal.say(json.dumps([_row(one) for one in decisions], indent=2))
    elif not decisions:
        terminal.tell("No service mounts anything; full mode and the Compose files agree.")
    else:
        rows = [(one.service, one.mount.target, one.kind, one.action, _why(one)) for one in decisions]
        terminal.table(("service", "mount", "kind", "full mode", "why"), rows)


def _why(one: MountDecision) -> str:
    files = [path for path in one.secrets if path]
    return one.cause + (f"; as secrets: {', '.join(files)}" if files else "")


def _row(one: MountDecision) -> dict[str, Any]:
    return {
        "service": one.service,
        "mount": one.mount.target,
        "type": one.mount.type,
        "source": one.mount.source,
        "kind": one.kind,
        "action": one.action,
        "why": one.cause,
        "secrets": list(one.secrets),
        "left_out": list(one.left_out),
        "volume": one.volume,
        "warning": one.is_warning,
    }
