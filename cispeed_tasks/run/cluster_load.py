"""Load images into the nodes of a cluster: only what they lack, and looked at afterwards, since loading may fail in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from cispeed_tasks.errors import UsageError, WorkFailed
from cispeed_tasks.plan.build import plan_targets
from cispeed_tasks.plan.cluster import STATE
from cispeed_tasks.plan.cluster_images import (
    LoadPlan,
    absent_images,
    engine_digests,
    merged,
    plan_load,
    read_archive,
    read_crictl,
    read_ctr,
    whole_name,
)
from cispeed_tasks.plan.cluster_state import SeenContainer
from cispeed_tasks.run.cluster_view import Here
from cispeed_tasks.run.look import View
from cispeed_tasks.run.modes import build_names
from cispeed_tasks.tools import cluster_nodes, engine_http, image_archive, process, terminal

Images = dict[str, frozenset[str]]
NO_PLATFORM = "an image reaches a node only for one platform and without attestations"


def full_images(view: View) -> dict[str, str]:
    """For each service the name of the image that full mode runs, where the project builds it; the view is full mode's."""
    services = list(view.stack.services)
    tags = {
        step.target.name: step.target.tag
        for step in plan_targets(view.project, build_names(view.project, "full", services)).steps
    }
    found = {name: build_names(view.project, "full", [name]) for name in services}
    return {name: tags[targets[0]] for name, targets in found.items() if targets}


def chosen_images(words: Sequence[str], services: Mapping[str, str], preload: Sequence[str]) -> list[str]:
    """The images that a user named, by service or by name; without words, those of full mode and of `preload:`."""
    if words:
        return list(dict.fromkeys(services.get(word, word) for word in words))
    return list(dict.fromkeys([*services.values(), *preload]))


def load(here: Here, images: Sequence[str], *, may_lack: Sequence[str] = ()) -> LoadPlan:
    """Load images of the engine into every node that lacks them.

    Args:
        here: the cluster; its nodes have to run.
        images: names of images.
        may_lack: those of them that may be absent from the engine, which is said.

    Raises:
        UsageError: the engine has no image of a name.
        WorkFailed: an image did not get into a node.
    """
    nodes = [node for node in here.state.nodes if node.is_running]
    if not nodes:
        raise UsageError(f"the cluster {here.cluster.name} does not run: `inv cluster-up` starts it")
    wanted = _of_engine(images, may_lack)
    plan = plan_load(wanted, _of_nodes(nodes))
    terminal.say(str(plan))
    for number, (places, group) in enumerate(plan.groups().items()):
        wanted = _load_group(here, places, group, wanted, here.root / f".cispeed/{STATE}/load-{number}.tar")
    absent = absent_images(wanted, _of_nodes(nodes), plan.loads) if plan.loads else []
    if absent:
        beside = (
            f" `docker push` to localhost:{port} reaches it another way." if (port := here.state.registry_port) else ""
        )
        raise WorkFailed(f"after loading, these images are not there: {'; '.join(absent)}.{beside}")
    if plan.loads:
        count = "1 image" if len(plan.loads) == 1 else f"{len(plan.loads)} images"
        terminal.outcome("ok", f"{count} loaded into {here.cluster.name}, and seen there")
    return plan


def _of_engine(images: Sequence[str], may_lack: Sequence[str]) -> Images:
    """The digests of some images of the engine."""
    platform = engine_http.platform()
    answers = engine_http.ask_all([f"/images/{quote(name)}/json?manifests=true" for name in images])
    found = {}
    for name, answer in zip(images, answers, strict=True):
        if answer.status == engine_http.NOT_FOUND and name in may_lack:
            terminal.warn(f"{name} is not built, and so not loaded: `inv build-optimized` builds it")
        elif answer.status >= engine_http.REFUSED:
            raise UsageError(f"the engine has no image {name}: build it, or `docker pull {name}`")
        else:
            found[name] = engine_digests(answer.data, platform)
    return found


def _of_nodes(nodes: Sequence[SeenContainer]) -> dict[str, Images]:
    """What each node has."""
    found = {}
    for node in nodes:
        crictl, ctr = cluster_nodes.image_lists(node.name)
        found[node.name] = merged([read_crictl(crictl) if crictl else {}, read_ctr(ctr) if ctr else {}])
    return found


def _load_group(here: Here, nodes: Sequence[str], images: Sequence[str], wanted: Images, archive: Path) -> Images:
    """Load some images into some nodes by one archive; returns what is wanted, with the digests that the archive has."""
    try:
        image_archive.save(images, archive, engine_http.platform())
        found = read_archive(*image_archive.read(archive))
        if found.faults:
            raise WorkFailed(f"{'; '.join(found.faults)}: {NO_PLATFORM}. `docker build --provenance=false` makes it so")
        code = here.tool.load(archive, here.cluster.name, nodes)
    finally:
        archive.unlink(missing_ok=True)
    if code:
        terminal.warn(
            f"{here.cluster.provider} said that it failed (exit code {code}); what the nodes have is looked at"
        )
    return {name: digests | found.images.get(whole_name(name), frozenset()) for name, digests in wanted.items()}


def pull_missing(images: Sequence[str]) -> None:
    """Pull images that the engine lacks; raises WorkFailed for one that does not come."""
    for name, image in engine_http.inspect_images(list(images)).items():
        if image is None and process.show(["docker", "pull", "--quiet", name]):
            raise WorkFailed(
                f"{name}, which `cluster: preload:` names, could not be pulled; the engine's own words are above"
            )
