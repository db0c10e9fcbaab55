"""Create a cluster beside the build of its images, wait until it is ready, and remove it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from cispeed_tasks.errors import CispeedError, WorkFailed
from cispeed_tasks.plan.cluster import LOG_FILE, STATE
from cispeed_tasks.plan.cluster_files import HEADER, config_file
from cispeed_tasks.plan.cluster_up import UpPlan, creation_fault
from cispeed_tasks.run import cluster_kept, cluster_registry
from cispeed_tasks.run.cluster_view import Here, again
from cispeed_tasks.tools import checkout, compose_yaml, containers, process, terminal

AT_ONCE_SECONDS = 0.5
"""How long a creation is watched before the build begins, which would hide that its file was refused."""


def write_config(here: Here) -> Path:
    """Write the configuration file, unless it is the user's own; returns its place."""
    cluster = here.cluster
    if cluster.own_file:
        return here.root / cluster.own_file
    images = str(cluster_kept.node_folder(here)) if cluster.provider == "k3d" else None
    argv = here.tool.creation(
        cluster.name, Path(cluster.config_file), Path(f".cispeed/{STATE}/kubeconfig"), wait=300, image=None
    )
    text = compose_yaml.dump(config_file(cluster, images), HEADER.format(by_hand=process.command_line(argv)))
    return checkout.write_state(here.root, f"{STATE}/{cluster.provider}.yaml", text)


def come_up(here: Here, plan: UpPlan, config: Path, build: Callable[[], None]) -> Here:
    """Do what the plan says up to the loading, and `build` meanwhile; what was begun is removed again where it fails."""
    if plan.has("remove"):
        remove(here)
    if plan.has("restore"):
        cluster_kept.restore(here)
    if plan.has("create"):
        cluster_registry.provide_image(here)
        try:
            _create(here, config, build)
            here = _when_ready(here)
        except (CispeedError, OSError, KeyboardInterrupt):
            terminal.note(f"taking away what there is of {here.cluster.name} …")
            remove(again(here))
            raise
    else:
        if plan.has("start"):
            here.tool.start(here.cluster.name, [node.name for node in here.state.nodes])
            here = _when_ready(here)
        build()
    _write_kubeconfig(here)
    return cluster_registry.run_beside(here) if plan.has("run") else here


def _create(here: Here, config: Path, build: Callable[[], None]) -> None:
    limit = here.place.loaded.config.timeouts.cluster
    log = here.root / LOG_FILE
    argv = here.tool.creation(
        here.cluster.name, config, here.kubeconfig, wait=limit, image=cluster_kept.node_image_of(here)
    )
    started = time.monotonic()
    terminal.command(f"{process.command_line(argv)} > {LOG_FILE} &")
    with process.background(argv, log=log, cwd=here.root) as creating:
        code = process.ended(creating, AT_ONCE_SECONDS)
        if not code:
            build()
            terminal.note(f"the cluster is waited for, whose log is {LOG_FILE}")
            code = process.ended(creating, max(1.0, limit - (time.monotonic() - started)))
    if code is None:
        raise WorkFailed(
            f"{here.cluster.name} was not created within {limit:g} s (`timeouts: cluster:`); see {LOG_FILE}"
        )
    if code:
        raise creation_fault(here.cluster, checkout.text(log) or "", code)
    terminal.outcome("ok", f"{here.cluster.name} created in {terminal.seconds(time.monotonic() - started)}")


def _when_ready(here: Here) -> Here:
    """The cluster once all of its nodes are ready; raises WorkFailed where they do not become so."""
    limit = here.place.loaded.config.timeouts.cluster
    deadline = time.monotonic() + limit
    while (here := again(here)).state.word != "ready":
        if time.monotonic() > deadline:
            raise WorkFailed(
                f"{here.cluster.name} is not ready within {limit:g} s (`timeouts: cluster:`): {here.state.cause}"
            )
        time.sleep(0.5)
    return here


def _write_kubeconfig(here: Here) -> None:
    """It holds the key of the cluster, so that only its owner may read it."""
    text = here.tool.kubeconfig(here.cluster.name)
    here.kubeconfig.touch(mode=0o600)
    here.kubeconfig.chmod(0o600)
    here.kubeconfig.write_text(text)


def remove(here: Here) -> None:
    """Remove the cluster by what made it, and what carries its name besides."""
    here.tool.delete(here.cluster.name, here.kubeconfig)
    for container in again(here).state.containers:
        containers.remove(container.name)
    here.kubeconfig.unlink(missing_ok=True)
