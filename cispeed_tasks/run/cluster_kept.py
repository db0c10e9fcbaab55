"""Keep the images that a cluster itself is made of, and give them back to an engine that lacks them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from cispeed_tasks.errors import CispeedError
from cispeed_tasks.plan.cluster_images import merged, read_crictl, read_ctr, whole_name
from cispeed_tasks.plan.cluster_kept import (
    ENGINE_ARCHIVE,
    FOLDER,
    LIST_FILE,
    NODE_ARCHIVE,
    Kept,
    kept_key,
    missing_images,
    node_image,
    outdated,
    own_images,
    read_kept,
    system_images,
    tools_images,
)
from cispeed_tasks.run.cluster_view import Here
from cispeed_tasks.tools import checkout, cluster_nodes, engine_http, image_archive, process, terminal


def folder(here: Here) -> Path:
    """Where the images of this version are kept; an absolute path."""
    return here.root / checkout.STATE / FOLDER / kept_key(here.cluster, here.version or "")


def node_folder(here: Here) -> Path:
    """What the nodes of k3d have mounted, and import when they start; it is made where it is not there."""
    path = (folder(here) / NODE_ARCHIVE).parent
    path.mkdir(parents=True, exist_ok=True)
    return path


def kept(here: Here) -> Kept:
    """What is kept for this version."""
    text = checkout.text(folder(here) / LIST_FILE)
    return read_kept(json.loads(text) if text and (folder(here) / ENGINE_ARCHIVE).is_file() else None)


def lacks(here: Here) -> bool:
    """Whether something is kept that the engine does not have."""
    found = kept(here)
    return bool(missing_images(found, engine_http.inspect_images(found.images)))


def node_image_of(here: Here) -> str | None:
    """The image that kind is told to make nodes from: its own default names a digest, which no archive gives back."""
    is_default = not here.cluster.image and not here.cluster.own_file
    return kept(here).node if here.cluster.provider == "kind" and is_default else None


def restore(here: Here) -> None:
    """Give the engine what is kept; a damaged archive costs a sentence, since all of it can be pulled as well."""
    try:
        image_archive.load(folder(here) / ENGINE_ARCHIVE)
    except CispeedError as error:
        terminal.warn(f"the kept images of the cluster are of no use, and are pulled: {error}")
        shutil.rmtree(folder(here), ignore_errors=True)


def keep(here: Here, own: list[str]) -> None:
    """Write the images that the cluster is made of into its folder, unless they are there; `own` are the project's.

    What cannot be kept costs a sentence.
    """
    if kept(here).images:
        return
    try:
        _keep(here, own)
    except (CispeedError, OSError) as error:
        terminal.warn(f"the images of the cluster were not kept: {error}")
        shutil.rmtree(folder(here), ignore_errors=True)


def _keep(here: Here, own: list[str]) -> None:
    images = own_images(here.state.containers)
    for name, id_ in images.items():
        # A digest names no image in an archive; a tag does.
        process.ask(["docker", "tag", id_, name])
    helpers = engine_http.inspect_images(tools_images(images))
    names = [*images, *(name for name, found in helpers.items() if found)]
    path = folder(here)
    image_archive.save(names, path / ENGINE_ARCHIVE, engine_http.platform())
    if here.cluster.provider == "k3d":
        _keep_of_node(here, own)
    data = {"images": names, "node": node_image(here.state.containers)}
    checkout.write_json(here.root, f"{FOLDER}/{path.name}/{LIST_FILE}", data)
    for name in outdated([one.name for one in path.parent.iterdir()], path.name):
        shutil.rmtree(path.parent / name)
    terminal.outcome("ok", f"the cluster's own images are kept in {path.relative_to(here.root)}")


def _keep_of_node(here: Here, own: list[str]) -> None:
    server = here.state.nodes[0].name
    crictl, ctr = cluster_nodes.image_lists(server)
    names = merged([read_crictl(crictl) if crictl else {}, read_ctr(ctr) if ctr else {}])
    wanted = system_images(names, {whole_name(name) for name in own})
    if wanted:
        cluster_nodes.export_images(server, wanted, node_folder(here) / Path(NODE_ARCHIVE).name)
