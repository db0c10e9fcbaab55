"""Tasks about a Kubernetes cluster in containers."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command


@command(
    "cluster",
    help={
        "no_build": "load the images that are there, building nothing",
        "dry_run": "print the plan and write the configuration file, do nothing else",
    },
    wants_compose=True,
)
def cluster_up(context: Context, no_build: bool = False, dry_run: bool = False) -> None:
    """Create a Kubernetes cluster in containers while the full images build, and load them into its nodes.

    k3d makes it, or kind where that is what is installed; `cluster:` of cispeed.yaml says otherwise, and may name a
    configuration file of your own. A registry stands beside it, Traefik is left out, ~/.kube/config is not touched. A
    cluster that is there is kept, a half-created one made anew. Only images that a node lacks are loaded, and the nodes
    are asked afterwards.

    Example: inv cluster-up && export KUBECONFIG=$PWD/.cispeed/cluster/kubeconfig
    """
    from cispeed_tasks.run import cluster

    cluster.up(cluster.Options(no_build=no_build, dry_run=dry_run))


@command(
    "cluster",
    words="image",
    help={"image": "services by their Compose names, or images by name; all full images and `preload:` by default"},
    wants_compose=True,
)
def cluster_load(context: Context, image: list[str] | None = None) -> None:
    """Load images of the engine into the nodes of the cluster that lack them, and ask the nodes afterwards.

    Nothing is built: `inv build-optimized` does that.

    Example: inv cluster-load backend
    """
    from cispeed_tasks.run import cluster

    cluster.load(image or [])


@command(
    "cluster",
    help={
        "save_images": "keep the images that the cluster itself is made of in .cispeed/cluster/images, for a CI cache"
    },
    wants_compose=True,
)
def cluster_down(context: Context, save_images: bool = False) -> None:
    """Remove this project's cluster, whole or half-created, and its registry; others are not touched.

    What --save-images keeps, `inv cluster-up` gives an engine that lacks it, instead of pulling. `inv cluster-status
    --json` says which key a cache should have.

    Example: inv cluster-down --save-images
    """
    from cispeed_tasks.run import cluster

    cluster.down(save_images=save_images)


@command("cluster", help={"json": "print one object for programs"}, wants_compose=True)
def cluster_status(context: Context, json: bool = False) -> None:
    """Show whether this project's cluster is ready, stopped, half-created or absent, and what it consists of.

    Example: inv cluster-status
    """
    from cispeed_tasks.run import cluster

    cluster.status(as_json=json)
