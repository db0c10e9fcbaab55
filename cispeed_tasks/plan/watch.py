"""The `develop.watch` rules of a hollow stack, derived from what its services take of the checkout.

The source of a hollow service is mounted: an edit needs no rule, and a lock file restarts it, for the start-up script
installs what a changed lock file names. A service that runs from its image gets its source synchronised into it, and is
built anew for what a copied file cannot change.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import Any

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.bake import relative
from cispeed_tasks.plan.copied_binds import Copied, CopiedBinds
from cispeed_tasks.plan.dockerfile import Dockerfile, Stage
from cispeed_tasks.plan.dockerfile_once import read_once
from cispeed_tasks.plan.hollow_source import named_directories
from cispeed_tasks.plan.mounted import SourceBind, below
from cispeed_tasks.plan.packages import MANIFESTS
from cispeed_tasks.plan.services import ServiceShape, is_remote
from cispeed_tasks.plan.targets import Project

IGNORED = ("**/.git", "**/node_modules", "**/.venv", "**/__pycache__", "**/.cispeed")
"""What is written while nobody edits, or belongs to the host."""


def watch_rules(project: Project, name: str) -> list[dict[str, Any]]:
    """The rules of a service in hollow mode, in Compose's words; none for an image of somebody else's."""
    shape = project.shapes[name]
    if shape.hollow is not None:
        paths = [path for i in shape.hollow.installs for name, path in i.decisive if name in i.packages.manifests]
        return [{"action": "restart", "path": relative(path, project.root)} for path in dict.fromkeys(paths)]
    if not is_rebuilt(project, name):
        return []
    return _of_an_image(project, shape)


def is_rebuilt(project: Project, name: str) -> bool:
    """Whether a service runs from an image that its own build section makes here, of a Dockerfile in the checkout."""
    shape = project.shapes[name]
    build = shape.service.build
    return (
        shape.hollow is None
        and shape.image_source == "own"
        and build is not None
        and not shape.config.dockerfile
        and not is_remote(build.context)
        and shape.dockerfile in project.facts.texts
    )


def _of_an_image(project: Project, shape: ServiceShape) -> list[dict[str, Any]]:
    build = shape.service.build
    args = build.args if build else {}
    rules = [{"action": "rebuild", "path": relative(str(shape.dockerfile), project.root)}]
    try:
        dockerfile = read_once(project.facts.texts[str(shape.dockerfile)], args)
        final = dockerfile.stage(shape.stage)
    except ConfigError:
        return rules
    reader = CopiedBinds(
        dockerfile, str(shape.context), named_directories(shape, project.facts), args, project.facts.folders, whole=True
    )
    own = reader.of_stage(final)
    synced = [] if own.is_worked_on or _has_another_user(dockerfile, final) else _syncable(own)
    mounted = [mount.target for mount in shape.service.mounts]
    # Compose leaves out what a mount covers, and says so each time.
    seen = [bind for bind in synced if not any(below(bind.target, target) is not None for target in mounted)]
    rules += [_sync(bind, project) for bind in seen]
    paths = {bind.source: bind for stage in dockerfile.reachable(shape.stage) for bind in reader.of_stage(stage).binds}
    paths |= {path: bind for bind in synced for path, bind in _manifests(bind, project)}
    if any(
        not doubt.is_product for stage in dockerfile.reachable(shape.stage) for doubt in reader.of_stage(stage).doubts
    ):
        # What is copied is not known for certain, so that anything of the context counts.
        paths[str(shape.context)] = SourceBind(str(shape.context), "")
    rules += [_rebuild(bind, project) for _, bind in sorted(paths.items()) if bind not in synced]
    return _once(rules)


def _syncable(own: Copied) -> list[SourceBind]:
    """What is copied and left as it is: no lock file, for what it names is installed in the build."""
    return [bind for bind in own.binds if bind.is_directory or posixpath.basename(bind.source) not in MANIFESTS]


def _manifests(bind: SourceBind, project: Project) -> Iterable[tuple[str, SourceBind]]:
    """The lock files and manifests in a directory that is synchronised: they need a build."""
    folder = project.facts.folders.get(bind.source) if bind.is_directory else None
    for name in folder.files if folder else ():
        if name in MANIFESTS:
            path = posixpath.join(bind.source, name)
            yield path, SourceBind(path, posixpath.join(bind.target, name), False, bind.line)


def _has_another_user(dockerfile: Dockerfile, stage: Stage) -> bool:
    """Whether the container may not write what the build put there: Compose synchronises as the container's user."""
    user = dockerfile.last("USER", str(stage.index))
    return user is not None and user.rest.split(":")[0] not in {"root", "0"}


def _sync(bind: SourceBind, project: Project) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "action": "sync",
        "path": relative(bind.source, project.root),
        "target": bind.target,
    }
    return rule | ({"ignore": list(IGNORED)} if bind.is_directory else {})


def _rebuild(bind: SourceBind, project: Project) -> dict[str, Any]:
    rule: dict[str, Any] = {"action": "rebuild", "path": relative(bind.source, project.root)}
    return rule | ({"ignore": list(IGNORED)} if bind.is_directory else {})


def _once(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for rule in rules:
        if rule not in found:
            found.append(rule)
    return found
