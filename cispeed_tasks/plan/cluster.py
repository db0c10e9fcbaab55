"""Which Kubernetes cluster a project has: what makes it, under which name, and what a user's own file says of that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cispeed_tasks.config_schema import ClusterConfig
from cispeed_tasks.errors import ConfigError, ToolError

PROVIDERS = ("k3d", "kind")
API_GROUPS = {"k3d.io": "k3d", "kind.x-k8s.io": "kind"}
"""What stands before the slash of `apiVersion` in a configuration file of each provider."""
NAME_LENGTH = 32
"""The longest name of a cluster that k3d takes."""
INSTALL = {
    "k3d": "k3d.io says how (`brew install k3d`, or its install script)",
    "kind": "`brew install kind`, `apt-get install kind` on Debian from forky on, or kind.sigs.k8s.io/docs/user/quick-start",
}
VERSION = re.compile(r"v?(?P<version>\d+\.\d+[^\s]*)")


@dataclass(frozen=True)
class OwnFile:
    """A configuration file of the user's own: its data, and where its `apiVersion` stands, as FILE:LINE:COLUMN."""

    data: Mapping[str, Any]
    place: str


@dataclass(frozen=True)
class Cluster:
    """A cluster as it is wanted."""

    provider: str
    """k3d or kind."""
    cause: str
    """Why this provider."""
    name: str
    project: str
    """The project's name, which labels what the tasks make beside it."""
    image: str | None = None
    agents: int = 0
    ports: tuple[str, ...] = ()
    has_registry: bool = True
    own_file: str | None = None
    """The user's own configuration file, relative to the project's directory."""

    @property
    def context(self) -> str:
        """The name of its context for kubectl."""
        return f"{self.provider}-{self.name}"

    @property
    def registry(self) -> str:
        """The name of the registry's container, which is its host name in the cluster."""
        return f"{self.name}-registry"

    def registry_inside(self, port: int) -> str:
        """What pods call the registry that this machine calls localhost:`port`: k3d tells its nodes the container's name."""
        return f"{self.registry}:{port}" if self.provider == "k3d" else f"localhost:{port}"

    @property
    def config_file(self) -> str:
        """The configuration file, relative to the project's directory."""
        return self.own_file or f".cispeed/{STATE}/{self.provider}.yaml"


STATE = "cluster"
"""The folder in .cispeed/ that everything about the cluster lies in."""
KUBECONFIG = f".cispeed/{STATE}/kubeconfig"
LOG_FILE = f".cispeed/{STATE}/create.log"


def plan_cluster(
    config: ClusterConfig,
    project: str,
    installed: Mapping[str, str | None],
    own: OwnFile | None,
    there: str | None = None,
) -> Cluster:
    """Decide which cluster a project has.

    Args:
        config: the section `cluster:`.
        project: the project's name.
        installed: for each provider what its command line says of its version; None where it is not installed.
        own: the user's own configuration file, where there is one.
        there: what made the cluster of that name which is there already, if one is.

    Raises:
        ConfigError: the user's own file is neither k3d's nor kind's, or not that of `provider:`.
        ToolError: what makes the cluster is not installed.
    """
    name = wanted_name(config, project, own)
    provider, cause = (there, "it made the one that is there") if there else _provider(config, installed, own)
    if own is not None:
        image = _own_image(own.data)
        return Cluster(provider, cause, name, project, image, has_registry=False, own_file=config.config)
    return Cluster(provider, cause, name, project, config.image, config.agents, config.ports, config.registry)


def wanted_name(config: ClusterConfig, project: str, own: OwnFile | None) -> str:
    """The name of a project's cluster: the config's, that of the user's own file, or the project's with an ending."""
    return config.name or (own and _own_name(own.data)) or cluster_name(project)


def _provider(config: ClusterConfig, installed: Mapping[str, str | None], own: OwnFile | None) -> tuple[str, str]:
    found = [name for name in PROVIDERS if installed.get(name)]
    if own is not None:
        wanted = _provider_of(own)
        if config.provider not in {"auto", wanted}:
            raise ConfigError(f"{own.place}: this is {wanted}'s, and `cluster: provider:` says {config.provider}")
        cause = f"{config.config} is a file of it"
    elif config.provider != "auto":
        wanted, cause = config.provider, "cispeed.yaml says so"
    elif found:
        other = "" if found[0] == "k3d" else ", and k3d is not"
        return found[0], f"it is installed{other}"
    else:
        raise ToolError(
            f"neither k3d nor kind is installed, and one of them makes the cluster. k3d: {INSTALL['k3d']}. "
            f"kind: {INSTALL['kind']}"
        )
    if wanted not in found:
        raise ToolError(_missing(wanted, cause))
    return wanted, cause


def missing_tool(cluster: Cluster) -> str:
    """What is said where that which makes a cluster is not installed."""
    return _missing(cluster.provider, cluster.cause)


def _missing(provider: str, cause: str) -> str:
    return f"{provider} is not installed, and makes the cluster, since {cause}: {INSTALL[provider]}"


def _provider_of(own: OwnFile) -> str:
    version = str(own.data.get("apiVersion") or "")
    group = version.partition("/")[0]
    if group not in API_GROUPS:
        says = f"its `apiVersion` is '{version}'" if version else "it has no `apiVersion`"
        raise ConfigError(
            f"{own.place}: this is neither k3d's nor kind's: {says}, and k3d.io/v1alpha5 or kind.x-k8s.io/v1alpha4 is wanted"
        )
    return API_GROUPS[group]


def _own_name(own: Mapping[str, Any]) -> str | None:
    metadata = own.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else own.get("name")
    return str(name) if name else None


def _own_image(own: Mapping[str, Any]) -> str | None:
    nodes = own.get("nodes")
    first = nodes[0] if isinstance(nodes, list) and nodes and isinstance(nodes[0], Mapping) else {}
    image = own.get("image") or first.get("image")
    return str(image) if image else None


def cluster_name(project: str) -> str:
    """The name of a project's cluster where the config says none: a host name of at most 32 letters."""
    start = re.sub(r"[^a-z0-9]+", "-", project.lower()).strip("-")[: NAME_LENGTH - len("-cluster")].strip("-")
    return f"{start}-cluster" if start else "cispeed-cluster"


def read_version(text: str) -> str:
    """The version in what `k3d version` or `kind version` prints, such as 5.8.3; the whole first line where it has none."""
    found = VERSION.search(text)
    return found["version"] if found else text.strip().partition("\n")[0]
