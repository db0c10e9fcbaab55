"""Bring a cluster up while images build, load them, take it down, and say how it is."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cispeed_tasks.plan.build import plan_targets
from cispeed_tasks.plan.cluster_up import UpPlan, plan_up
from cispeed_tasks.run import build, cluster_creation, cluster_kept, cluster_load
from cispeed_tasks.run.cluster_view import Here, find
from cispeed_tasks.run.look import View, locate, look
from cispeed_tasks.run.modes import build_names, full_mode
from cispeed_tasks.tools import engine, lock, terminal


@dataclass(frozen=True)
class Options:
    """What the user asked of `cluster-up`."""

    no_build: bool = False
    dry_run: bool = False


def up(options: Options) -> None:
    """Create the project's cluster while its full images build, and load them; what is there already is kept.

    Raises:
        ToolError: neither k3d nor kind is installed, or no engine answers.
        ConfigError: the configuration file is not taken.
        WorkFailed: the cluster did not come up, a build failed, or an image did not get into a node.
    """
    started = time.monotonic()
    view = look()
    engine.require()
    here = find(view)
    with lock.held(here.cluster.name, "inv cluster-up"):
        view = replace(view, project=full_mode(view).project)
        plan = _plan(here, view, options)
        terminal.say(str(plan))
        config = cluster_creation.write_config(here)
        if options.dry_run:
            terminal.note(f"dry run: nothing was done; {config.relative_to(here.root)} is what would be used")
            return
        here = cluster_creation.come_up(here, plan, config, lambda: _build(view, options))
        cluster_load.pull_missing(view.project.config.cluster.preload)
        services = cluster_load.full_images(view)
        wanted = cluster_load.chosen_images((), services, view.project.config.cluster.preload)
        cluster_load.load(here, wanted, may_lack=list(services.values()) if options.no_build else ())
    terminal.outcome("ok", f"{here.cluster.name} is up in {terminal.seconds(time.monotonic() - started)}")
    _say_how_to_use(here)


def load(words: Sequence[str]) -> None:
    """Load images into the running cluster: those named, by service or by name, or all of full mode and of `preload:`."""
    view = look()
    engine.require()
    here = find(view)
    view = replace(view, project=full_mode(view).project)
    services = cluster_load.full_images(view)
    images = cluster_load.chosen_images(words, services, view.project.config.cluster.preload)
    with lock.held(here.cluster.name, "inv cluster-load"):
        cluster_load.load(here, images, may_lack=() if words else list(services.values()))


def down(*, save_images: bool) -> None:
    """Take the project's cluster away, its registry with it; nothing that has not its name is touched.

    Args:
        save_images: keep the images that the cluster itself is made of in .cispeed/, for a CI cache.
    """
    view = look()
    engine.require()
    here = find(view)
    if here.state.word == "absent":
        terminal.say(f"{here.cluster.name}: nothing is up")
        return
    with lock.held(here.cluster.name, "inv cluster-down"):
        if save_images:
            _keep(here, view)
        cluster_creation.remove(here)
    terminal.outcome("ok", f"{here.cluster.name} is gone")


def status(*, as_json: bool) -> None:
    """Say how the project's cluster is, and what is half-created."""
    engine.require()
    here = find(locate())
    if as_json:
        terminal.say(json.dumps(_facts(here), indent=2))
        return
    state = here.state
    if state.word == "absent":
        terminal.say(f"{here.cluster.name}: nothing is up; `inv cluster-up` creates it with {here.cluster.provider}")
        return
    terminal.say(f"{here.cluster.name} ({here.cluster.provider}): {state.word}, {state.cause}")
    terminal.table(
        ("CONTAINER", "ROLE", "STATE", "IMAGE"), [(c.name, c.role, c.state, c.image) for c in state.containers]
    )
    if state.word == "half-created":
        terminal.note("`inv cluster-up` removes it and creates it anew, `inv cluster-down` removes it")
    elif state.word == "ready":
        _say_how_to_use(here)


def _plan(here: Here, view: View, options: Options) -> UpPlan:
    kept = cluster_kept.folder(here).relative_to(here.root).as_posix() if cluster_kept.lacks(here) else None
    builds = not options.no_build and bool(build_names(view.project, "full", list(view.stack.services)))
    return plan_up(here.cluster, here.state, kept=kept, builds=builds)


def _build(view: View, options: Options) -> None:
    if not options.no_build:
        names = build_names(view.project, "full", list(view.stack.services))
        build.build(view, plan_targets(view.project, names))


def _say_how_to_use(here: Here) -> None:
    terminal.say(f"  export KUBECONFIG={here.kubeconfig}")
    if port := here.state.registry_port:
        terminal.say(f"  registry: localhost:{port}; images in pods begin with {here.cluster.registry_inside(port)}/")


def _keep(here: Here, view: View) -> None:
    if here.state.word != "ready":
        terminal.warn(f"{here.cluster.name} is {here.state.word}, so that its images were not kept")
        return
    full = replace(view, project=full_mode(view).project)
    own = [*cluster_load.full_images(full).values(), *view.project.config.cluster.preload]
    cluster_kept.keep(here, own)


def _facts(here: Here) -> dict[str, object]:
    state = here.state
    return {
        "name": here.cluster.name,
        "provider": here.cluster.provider,
        "state": state.word,
        "cause": state.cause,
        "context": here.cluster.context,
        "kubeconfig": str(here.kubeconfig) if state.word == "ready" else None,
        "registry": f"localhost:{state.registry_port}" if state.registry_port else None,
        "containers": [
            {"name": one.name, "role": one.role, "state": one.state, "image": one.image} for one in state.containers
        ],
        "images": {
            "directory": cluster_kept.folder(here).parent.relative_to(here.root).as_posix(),
            "key": cluster_kept.folder(here).name,
        },
    }
