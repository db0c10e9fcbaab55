"""The registry beside a cluster; k3d runs one itself, for kind the tasks do."""

from __future__ import annotations

from cispeed_tasks.plan.cluster import Cluster
from cispeed_tasks.plan.cluster_files import REGISTRY_IMAGE, registry_hosts
from cispeed_tasks.plan.cluster_state import REGISTRY_LABEL
from cispeed_tasks.run.cluster_view import Here, again
from cispeed_tasks.run.roots import provide_roots
from cispeed_tasks.tools import cluster_nodes, containers, kind


def provide_image(here: Here) -> None:
    """See to it that the engine has the registry's image: pulled, or made from Debian's packages."""
    if here.cluster.has_registry:
        provide_roots([REGISTRY_IMAGE], here.place.loaded.config)


def run_beside(here: Here) -> Here:
    """Run a registry in the network of kind, and tell every node where it is; returns the cluster as it is then."""
    cluster = here.cluster
    for left in (one for one in here.state.containers if one.role == "registry"):
        containers.remove(left.name)
    cluster_nodes.run_registry(cluster.registry, REGISTRY_IMAGE, kind.NETWORK, _labels(cluster))
    here = again(here)
    tell_nodes(here)
    return here


def tell_nodes(here: Here) -> None:
    """Write into every node where the registry is, which this machine calls localhost with its port."""
    port = here.state.registry_port
    if port is None:
        return
    path, text = registry_hosts(here.cluster, port)
    for node in here.state.nodes:
        cluster_nodes.write(node.name, path, text)


def _labels(cluster: Cluster) -> dict[str, str]:
    return {"cispeed.project": cluster.project, REGISTRY_LABEL: cluster.name}
