"""What a hollow container gets of the checkout: its source, where its packages are installed, and what is shielded."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.model import Assumption, Mount
from cispeed_tasks.plan.copied_binds import Copied, CopiedBinds
from cispeed_tasks.plan.dockerfile import Dockerfile
from cispeed_tasks.plan.dockerfile_once import read_once
from cispeed_tasks.plan.hollow_installs import Install, find_installs
from cispeed_tasks.plan.mounted import Doubt, Mounted, SourceBind, below, by_target
from cispeed_tasks.plan.overlaid_binds import APART
from cispeed_tasks.plan.places import in_directory, is_inside, relative
from cispeed_tasks.plan.workspaces import workspace_above

if TYPE_CHECKING:
    from cispeed_tasks.plan.services import Facts, ServiceShape

MANAGERS = re.compile(r"\b(pip3?|poetry|uv|npm|npx|pnpm|yarn|bun|node|python3?|requirements|pyproject|package)\b")
WORKSPACE = "/cispeed/workspace"
"""Where the root of a workspace is mounted of which the Compose file mounts a member only."""


@dataclass(frozen=True)
class HollowSource:
    """What a hollow container gets besides the mounts of the Compose file; places are absolute paths in it."""

    binds: tuple[SourceBind, ...]
    """Shallow ones first."""
    installs: tuple[Install, ...]
    workdir: str
    shields: tuple[str, ...] = ()
    """Virtual environments in the mounted source, which belong to the host."""
    mounted: Mounted | None = None
    """All that it sees of the checkout, the Compose file's mounts included."""


def with_hollow_source(shape: ServiceShape, facts: Facts) -> ServiceShape:
    """The service with what it gets in hollow mode, where it can be hollow, or with the reason why it cannot."""
    if shape.serves_only or not _may_install(shape, facts):
        return shape
    own = tuple(_own_binds(shape, facts))
    copied = _copied(shape, facts)
    has_source = any(bind.source == shape.source and bind.target == shape.workdir for bind in own)
    if copied is None or shape.config.source or shape.config.workdir or (shape.config.base and has_source):
        return _at_its_root(_hollow(shape, facts, _whole(shape), own), facts)
    if has_source:
        return _hollow(shape, facts, _beside(own, copied, _whole(shape)), own)
    doubts = [d for d in copied.doubts if not (d.is_product and shape.config.hollow_command)]
    binds = tuple(
        b for b in copied.binds if not any(below(b.target, m.target) is not None for m in shape.service.mounts)
    )
    found = _hollow(shape, facts, binds, own)
    if not doubts:
        return found
    if shape.config.base:
        return _hollow(shape, facts, _whole(shape), own)
    return _full(shape, doubts[0]) if found.hollow or (shape.packages and shape.source) else shape


def _may_install(shape: ServiceShape, facts: Facts) -> bool:
    """Whether there is anything to install: a manager's files beside the source, or a word of one in the Dockerfile."""
    if shape.packages or shape.config.managers or shape.config.base or shape.image_source != "own":
        return True
    return MANAGERS.search(facts.texts.get(shape.dockerfile or "", "")) is not None


def _own_binds(shape: ServiceShape, facts: Facts) -> Iterable[SourceBind]:
    """What the Compose file mounts of the checkout."""
    for mount in shape.service.mounts:
        if mount.type == "bind" and mount.source and not _is_of_packages(mount):
            if facts.folders.get(mount.source) is not None:
                yield SourceBind(mount.source, posixpath.normpath(mount.target))
            elif is_inside(mount.source, str(facts.root)):
                yield SourceBind(mount.source, posixpath.normpath(mount.target), is_directory=False)


def _is_of_packages(mount: Mount) -> bool:
    return posixpath.basename(mount.target) == "node_modules"


def _whole(shape: ServiceShape) -> tuple[SourceBind, ...]:
    return (SourceBind(shape.source, shape.workdir),) if shape.source else ()


def _beside(own: tuple[SourceBind, ...], copied: Copied, whole: tuple[SourceBind, ...]) -> tuple[SourceBind, ...]:
    """The source that is mounted already, and what the image holds of the checkout outside all mounts."""
    outside = [
        bind
        for bind in copied.binds
        if not any(below(bind.target, mount.target) is not None for mount in own)
        and not any(below(mount.target, bind.target) is not None for mount in own)
    ]
    return (*whole, *outside)


def _copied(shape: ServiceShape, facts: Facts) -> Copied | None:
    """What the service's own Dockerfile copies from the checkout; None where it has none that can be read."""
    text = facts.texts.get(shape.dockerfile or "")
    if text is None or shape.context is None or facts.folders.get(shape.context) is None:
        return None
    args = shape.service.build.args if shape.service.build else {}
    try:
        dockerfile: Dockerfile = read_once(text, args)
        reader = CopiedBinds(dockerfile, shape.context, named_directories(shape, facts), args, facts.folders)
        return reader.of_stage(dockerfile.stage(shape.stage))
    except ConfigError:
        return None


def named_directories(shape: ServiceShape, facts: Facts) -> dict[str, str]:
    """Those of a service's additional contexts that are directories, by their names."""
    build = shape.service.build
    named = (build.raw.get("additional_contexts") or {}) if build else {}
    return {
        str(name): path
        for name, value in named.items()
        if ":" not in str(value) and facts.folders.get(path := in_directory(facts.root, str(value))) is not None
    }


def _hollow(
    shape: ServiceShape,
    facts: Facts,
    binds: tuple[SourceBind, ...],
    own: tuple[SourceBind, ...],
    workdir: str | None = None,
) -> ServiceShape:
    if not binds:
        return shape
    mounted = Mounted(by_target({bind.target: bind for bind in (*binds, *own)}), facts.folders)
    workdir = workdir or _run_directory(shape, facts, binds)
    others = [shape.workdir, *(bind.target for bind in mounted.binds if bind.is_directory), APART]
    installs, assumptions = find_installs(
        shape.service.name, mounted, workdir, others, shape.config.managers, facts.texts
    )
    installs = tuple(install for install in installs if install.files or shape.config.managers)
    if not installs:
        return shape
    places = {mount.target for mount in shape.service.mounts}
    shields = tuple(place for place in _environments(mounted, installs, workdir) if place not in places)
    hollow = HollowSource(binds, installs, workdir, shields, mounted)
    more = tuple(a for a in assumptions if a not in shape.assumptions)
    return replace(shape, hollow=hollow, assumptions=(*shape.assumptions, *more))


def _at_its_root(shape: ServiceShape, facts: Facts) -> ServiceShape:
    """The service with the root of its workspace, where only a member of it is mounted and the lock file lies above."""
    hollow = shape.hollow
    if hollow is None or hollow.mounted is None or shape.image_source == "own":
        return shape
    for install in hollow.installs:
        host = hollow.mounted.host(install.directory)
        python = install.packages.is_python
        root = workspace_above(str(host), str(facts.root), python, facts.folders, facts.texts)
        if install.packages.locked or root is None:
            continue
        member = posixpath.join(WORKSPACE, str(below(str(host), root)))
        text = f"its lock file lies in {relative(root, facts.root)}, which hollow mode mounts at {WORKSPACE}; its command runs in {member}"
        known = tuple(a for a in shape.assumptions if "no lock file" not in a.text)
        said = Assumption(shape.service.name, text, f"services.{shape.service.name}.source: the workspace's root")
        binds = (*hollow.binds, SourceBind(root, WORKSPACE))
        own = tuple(bind for bind in hollow.mounted.binds if bind not in hollow.binds)
        return _hollow(replace(shape, hollow=None, assumptions=(*known, said)), facts, binds, own, member)
    return shape


def _run_directory(shape: ServiceShape, facts: Facts, binds: tuple[SourceBind, ...]) -> str:
    """Where the command runs: as the Compose file or the Dockerfile says, where the source is mounted there."""
    if shape.service.working_dir:
        return posixpath.normpath(shape.service.working_dir)
    text = facts.texts.get(shape.dockerfile or "")
    if text is None or shape.config.workdir:
        return shape.workdir
    args = shape.service.build.args if shape.service.build else {}
    place = read_once(text, args).workdir(shape.stage)
    # The container is made of this Dockerfile, unless it has a base image.
    is_known = not shape.config.base or any(below(str(place), bind.target) is not None for bind in binds)
    return place if place and is_known else shape.workdir


def _environments(mounted: Mounted, installs: Iterable[Install], workdir: str) -> Iterable[str]:
    """The virtual environments that lie in what is mounted."""
    places = [bind.target for bind in mounted.binds if bind.is_directory] + [workdir]
    for install in installs:
        places += [install.directory, *(posixpath.join(install.directory, name) for name in install.members)]
    for place in dict.fromkeys(places):
        host = mounted.host(place)
        folder = mounted.folders.get(host) if host else None
        yield from (posixpath.join(place, name) for name in (folder.environments if folder else ()))


def _full(shape: ServiceShape, doubt: Doubt) -> ServiceShape:
    name = shape.service.name
    settle = (
        f"services.{name}.hollow-command: what it runs on the mounted source"
        if doubt.is_product
        else f"services.{name}: {{source: DIRECTORY, workdir: {shape.workdir}}}"
    )
    text = f"in hollow mode it runs from its full image, since of its Dockerfile {doubt}"
    return replace(shape, assumptions=(*shape.assumptions, Assumption(name, text, settle)))
