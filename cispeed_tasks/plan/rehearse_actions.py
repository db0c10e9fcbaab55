"""Which actions a rehearsal has a stand-in for, and why others are not run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cispeed_tasks.plan.expression_values import Value, text

STAND_INS = {
    "actions/checkout": "checkout",
    "actions/cache": "cache",
    "actions/cache/restore": "cache-restore",
    "actions/cache/save": "cache-save",
    "actions/upload-artifact": "upload",
    "actions/download-artifact": "download",
    "actions/setup-python": "python",
}
_REASONS = {
    "actions/setup-node": "the node on this machine's PATH is used",
    "astral-sh/setup-uv": "the uv on this machine's PATH is used",
    "docker/setup-buildx-action": "this machine's builder is used",
    "docker/setup-docker-action": "this machine's engine is used",
    "docker/setup-qemu-action": "this machine builds for its own platform",
    "docker/login-action": "nothing is pushed",
    "crazy-max/ghaction-github-runtime": "GitHub's cache service is not here",
}


@dataclass(frozen=True)
class StandIn:
    """What stands in for an action."""

    kind: str
    """A value of STAND_INS."""


@dataclass(frozen=True)
class NotRun:
    """An action that cannot run here; its step counts as passed, with no outputs."""

    cause: str


def stand_in(uses: str) -> StandIn | NotRun:
    """Return what a rehearsal does for the action that a step uses: OWNER/NAME[/PATH]@REF, ./PATH or docker://IMAGE."""
    name = uses.partition("@")[0].lower().removesuffix("/")
    if name in STAND_INS:
        return StandIn(STAND_INS[name])
    if name.startswith("./"):
        return NotRun("an action of the repository's own; only `run` steps are run")
    if name.startswith("docker://"):
        return NotRun("an action in an image")
    return NotRun(_REASONS.get(name, "an action of others"))


def cannot_run(job: Mapping[str, Value], system: str) -> str:
    """Return why a whole job cannot be rehearsed here, or nothing where it can.

    Args:
        job: its uses, container, services and runs-on, their expressions evaluated.
        system: Linux, macOS or Windows: what this machine is.
    """
    if "uses" in job:
        return f"it calls another workflow, {job['uses']}"
    if job.get("container"):
        return "it wants to run in a container (`container:`)"
    if job.get("services"):
        return "it wants containers beside it (`services:`)"
    runs_on = _label(job.get("runs-on"))
    wanted = {"windows": "Windows", "macos": "macOS", "ubuntu": "Linux"}
    others = [name for begin, name in wanted.items() if runs_on.lower().startswith(begin) and name != system]
    return f"it runs on {runs_on}, and this is {system}" if others else ""


def _label(runs_on: Value) -> str:
    """Return the first label of a machine; `runs-on` is one, a list of them, or a mapping with `labels`."""
    if isinstance(runs_on, Mapping):
        runs_on = runs_on.get("labels")
    return text(runs_on[0] if isinstance(runs_on, list) and runs_on else runs_on)
