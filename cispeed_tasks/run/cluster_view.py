"""Look at the cluster of a project: which it is, what makes it, how it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from cispeed_tasks.errors import ConfigError, ToolError
from cispeed_tasks.plan.cluster import (
    KUBECONFIG,
    Cluster,
    OwnFile,
    missing_tool,
    plan_cluster,
    read_version,
    wanted_name,
)
from cispeed_tasks.plan.cluster_state import ClusterState, judge, ready_nodes, seen_containers
from cispeed_tasks.run.look import Place
from cispeed_tasks.tools import checkout, cluster_nodes, k3d, kind, yaml_files

TOOLS: Mapping[str, ModuleType] = {"k3d": k3d, "kind": kind}


@dataclass(frozen=True)
class Here:
    """A project's cluster: as it is wanted, as it is, and what makes it."""

    place: Place
    cluster: Cluster
    state: ClusterState
    version: str | None
    """The version of what makes it; None where that is not installed."""

    @property
    def root(self) -> Path:
        """The repository's directory."""
        return self.place.root

    @property
    def kubeconfig(self) -> Path:
        """The file by which kubectl reaches it; an absolute path."""
        return self.root / KUBECONFIG

    @property
    def tool(self) -> ModuleType:
        """What makes it; raises ToolError where it is not installed."""
        if self.version is None:
            raise ToolError(missing_tool(self.cluster))
        return TOOLS[self.cluster.provider]


def find(place: Place) -> Here:
    """See the cluster of a project.

    Raises:
        ConfigError: the user's own configuration file cannot be read.
        ToolError: nothing is there, and what would make it is not installed.
    """
    config = place.loaded.config
    versions = {name: _version(tool) for name, tool in TOOLS.items()}
    project = config.project or place.stack.project
    own = _own_file(place)
    there = made_by(wanted_name(config.cluster, project, own))
    cluster = plan_cluster(config.cluster, project, versions, own, there)
    return Here(place, cluster, observe(cluster.name, cluster.provider), versions[cluster.provider])


def made_by(name: str) -> str | None:
    """What made the cluster of a name that the engine has, or None."""
    containers = seen_containers(cluster_nodes.containers(), name)
    return next((one.provider for one in containers if one.is_node), None)


def again(here: Here) -> Here:
    """The same cluster, looked at once more."""
    return replace(here, state=observe(here.cluster.name, here.cluster.provider))


def observe(name: str, provider: str) -> ClusterState:
    """How a cluster is now."""
    containers = seen_containers(cluster_nodes.containers(), name)
    without_api = judge(containers, {})
    if not without_api.nodes or not without_api.nodes[0].is_running:
        return without_api
    argv = [*TOOLS[provider].API, "get", "nodes", "-o", "json", "--request-timeout=5s"]
    answer = cluster_nodes.ask(without_api.nodes[0].name, argv)
    return judge(containers, ready_nodes(answer.stdout))


def _version(tool: ModuleType) -> str | None:
    text = tool.version()
    return None if text is None else read_version(text)


def _own_file(place: Place) -> OwnFile | None:
    name = place.loaded.config.cluster.config
    if name is None:
        return None
    text = checkout.text(place.root / name)
    if text is None:
        raise ConfigError(place.loaded.fault(("cluster", "config"), f"the file '{name}' does not exist"))
    document = yaml_files.parse_yaml(text, name)
    if not isinstance(document.data, dict):
        raise ConfigError(f"{name}:1:1: the file must be a mapping of keys to values")
    return OwnFile(document.data, document.position(("apiVersion",)).of(name))
