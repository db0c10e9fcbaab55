"""What `cluster-up` does, step by step with its cause, and what a failed creation says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cispeed_tasks.errors import CispeedError, ConfigError, WorkFailed
from cispeed_tasks.plan.cluster import LOG_FILE, Cluster
from cispeed_tasks.plan.cluster_state import ClusterState

REFUSED = re.compile(
    r"unable to decode config|unmarshal errors|schema validation|unknown apiVersion|invalid configuration",
    re.IGNORECASE,
)
"""What the two say of a configuration file that they do not take."""
NO_IMAGE = re.compile(r"failed to pull image \"?(?P<image>[^\s\":]+(:[^\s\":]+)?)", re.IGNORECASE)
TAKEN = re.compile(r"port is already allocated|address already in use")
TAIL = 8
"""How many lines of a failed creation are shown."""


@dataclass(frozen=True)
class Step:
    """One thing to do, and why."""

    action: str
    subject: str
    cause: str

    def __str__(self) -> str:
        """A line of the printed plan."""
        return f"{self.action} {self.subject}: {self.cause}"


@dataclass(frozen=True)
class UpPlan:
    """The steps in their order."""

    steps: tuple[Step, ...]

    def has(self, action: str) -> bool:
        """Whether a step of this action is among them."""
        return any(step.action == action for step in self.steps)

    def __str__(self) -> str:
        """The plan as it is shown, a line a step."""
        return "\n".join(map(str, self.steps))


def plan_up(cluster: Cluster, state: ClusterState, *, kept: str | None, builds: bool) -> UpPlan:
    """Plan how a cluster comes up with the images of full mode.

    Args:
        cluster: as it is wanted.
        state: how it is.
        kept: the folder of the cluster's own images that an earlier run kept and this engine lacks; None without.
        builds: whether the project's images are built.
    """
    steps = []
    if state.word == "half-created":
        steps.append(Step("remove", cluster.name, f"it is half-created: {state.cause}"))
    creates = state.word in {"absent", "half-created"}
    if creates and kept:
        steps.append(Step("restore", f"the cluster's own images from {kept}", "this engine does not have them"))
    if creates:
        steps.append(Step("create", f"{cluster.name} with {cluster.provider}", _creation_cause(cluster)))
    elif state.word == "stopped":
        steps.append(Step("start", cluster.name, state.cause))
    else:
        steps.append(Step("keep", cluster.name, state.cause))
    if cluster.provider == "kind" and cluster.has_registry and state.registry_port is None:
        steps.append(
            Step("run", f"the registry {cluster.registry}", "images can be pushed to it and pulled in the cluster")
        )
    if builds:
        steps.append(Step("build", "the full images", "meanwhile" if creates else "before they are loaded"))
    steps.append(Step("load", "images into its nodes", "only those that a node does not have"))
    return UpPlan(tuple(steps))


def _creation_cause(cluster: Cluster) -> str:
    return f"there is none yet ({cluster.provider}, since {cluster.cause}), as {cluster.config_file} says"


def creation_fault(cluster: Cluster, log: str, exit_code: int) -> CispeedError:
    """What is said where the cluster could not be created: a fault of the file, of an image, of a port, or the last lines."""
    lines = [line for line in log.strip().splitlines() if line.strip()]
    shown = "\n".join(f"    {line}" for line in lines[-TAIL:])
    if REFUSED.search(log):
        return ConfigError(f"{cluster.provider} does not take {cluster.config_file}; its own words:\n{shown}")
    image = NO_IMAGE.search(log)
    if image:
        return WorkFailed(
            f"the image {image['image']} of the cluster could not be had: make its registry reachable, or name another "
            f"by `cluster: {{image: …}}` in cispeed.yaml. The last lines of {LOG_FILE}:\n{shown}"
        )
    hint = ""
    if TAKEN.search(log):
        hint = " a port of `cluster: ports:` is taken by something else (`docker ps` shows containers)."
    return WorkFailed(
        f"{cluster.provider} did not create {cluster.name} (exit code {exit_code});{hint} the last lines of {LOG_FILE}:\n{shown}"
    )
