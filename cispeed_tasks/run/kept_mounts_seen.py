"""See the cache mounts of a project: in its Dockerfiles, on the engine, and where they are kept."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.errors import ToolError
from cispeed_tasks.model import MountArchive, Target
from cispeed_tasks.plan.fingerprint import digest
from cispeed_tasks.plan.inputs import derive_inputs
from cispeed_tasks.plan.kept_mounts_builds import RUN_ARGUMENT, SmallBuild, look_build
from cispeed_tasks.plan.kept_mounts_found import NAMESPACE, Unkept, find_mounts
from cispeed_tasks.plan.kept_mounts_keys import KeyedMount, keyed, lock_files
from cispeed_tasks.plan.kept_mounts_limit import Contents, read_listing, stands_by_files
from cispeed_tasks.plan.kept_mounts_step import unwanted
from cispeed_tasks.plan.places import in_directory, relative
from cispeed_tasks.plan.service_targets import REMOTE_TEXT, read_target
from cispeed_tasks.plan.services import is_remote
from cispeed_tasks.run.contexts import Contexts
from cispeed_tasks.run.look import View
from cispeed_tasks.tools import buildx, checkout, engine_http, mount_archives, mount_builds
from cispeed_tasks.tools.registry import Answer

DIRECTORY = ".cispeed/cache-mounts"
REPOSITORY = "cache-mounts"
LABEL = "cispeed.cache-mount"


@dataclass(frozen=True)
class Mounts:
    """The cache mounts of a project with their keys, those that cannot be kept, and the engine's platform."""

    mounts: tuple[KeyedMount, ...]
    unkept: tuple[Unkept, ...]
    platform: str


@dataclass(frozen=True)
class Kept:
    """What is kept, and why nothing can be told of it: no answer, or rights that are missing (or a repository that is)."""

    archives: tuple[MountArchive, ...] = ()
    silent: str | None = None
    refused: str | None = None


def see_mounts(view: View) -> Mounts:
    """Find the mounts of all targets and their keys; raises ToolError where no engine says what it builds for."""
    targets = view.project.targets.values()
    found, unkept = find_mounts(targets, view.root)
    users = {name for mount in found for name in mount.users}
    contexts = Contexts(view.root)
    locks = {target.name: _locks(target, view.root, contexts) for target in targets if target.name in users}
    contexts.save()
    platform = engine_http.platform()
    return Mounts(keyed(found, locks, platform), unkept, platform)


def _locks(target: Target, root: Path, contexts: Contexts) -> dict[str, str]:
    """The lock files that a target's build takes, each with its digest."""
    if is_remote(target.context) or target.dockerfile_text == REMOTE_TEXT:
        return {}
    derived = derive_inputs(read_target(target), target.stage, contexts.of_target(target).tree, target.args)
    places = [str(Path(target.context, path)) for path in lock_files(derived.files)]
    return {relative(path, root): digest(text) for path, text in checkout.texts(places).items()}


def directory_of(view: View) -> Path:
    """The directory of the archives; absolute."""
    return Path(in_directory(view.root, view.project.config.cache_mounts.directory or DIRECTORY))


def repository_of(view: View) -> str | None:
    """The repository of a registry that keeps the mounts; None where a directory does."""
    registry = view.project.config.cache_mounts.registry
    return f"{registry.rstrip('/')}/{REPOSITORY}" if registry else None


def see_archives(view: View, mounts: Iterable[KeyedMount], *, verify: bool) -> Kept:
    """See what is kept; `verify` reads every byte of the mounts' archives in a directory."""
    repository = repository_of(view)
    if repository:
        return _in_registry(view, repository, tuple(mounts))
    try:
        found = mount_archives.archives(directory_of(view))
    except OSError as error:
        return Kept(silent=f"{directory_of(view)} cannot be read: {error.strerror}")
    own = {one.prefix for one in mounts}
    if verify:
        found = [_verified(one) if one.prefix in own and one.fault is None else one for one in found]
    return Kept(tuple(found))


def _verified(archive: MountArchive) -> MountArchive:
    fault = mount_archives.fault(archive)
    return archive if fault is None else MountArchive(archive.key, archive.prefix, archive.place, fault=fault)


def _in_registry(view: View, repository: str, mounts: Sequence[KeyedMount]) -> Kept:
    """What a registry has: for each mount its key's tag, and the tag of its newest archive."""
    from cispeed_tasks.tools.registry_head import heads

    tags = [f"{repository}:{tag}" for one in mounts for tag in (one.key, one.prefix)]
    answers = heads(tags, timeout=view.project.config.timeouts.registry, insecure=engine_http.insecure_registries())
    silent = next((one.words for one in answers.values() if one.answer is Answer.SILENT), None)
    refused = next((one.words for one in answers.values() if one.is_refused), None)
    said = "the registry of the cache mounts cannot be read: "
    if silent or refused:
        return Kept((), f"{said}{silent}" if silent else None, f"{said}{refused}" if refused else None)
    found: dict[str, MountArchive] = {}
    for tag in (tag for tag, one in answers.items() if one.answer is Answer.THERE):
        archive = _labelled(tag)
        found.setdefault(archive.key, archive)
    return Kept(tuple(found.values()))


def _labelled(reference: str) -> MountArchive:
    tag = reference.rpartition(":")[2]
    try:
        return mount_archives.of_record(json.loads(buildx.labels_of(reference)[LABEL]), reference)
    except (ValueError, LookupError, TypeError):
        return MountArchive(tag, tag.rpartition("-")[0], reference, fault="no archive of a cache mount")


def here(images: Sequence[str]) -> tuple[str, ...]:
    """Those images that the engine has, and that bring no triggers."""
    seen = engine_http.inspect_images(images)
    return tuple(
        name for name in images if (found := seen[name]) is not None and not (found.get("Config") or {}).get("OnBuild")
    )


def see_contents(
    view: View, mounts: Sequence[KeyedMount], images: Sequence[str]
) -> tuple[dict[str, Contents | str], str | None]:
    """What is in the mounts on this engine, by their prefixes, or why that cannot be seen.

    Returns also the image that could look: it has what reading and writing wants.
    """
    wanted = [one for one in mounts if unwanted(one, view.project.config.cache_mounts) is None]
    if not wanted:
        return {}, None
    words = "the engine has none of the images that could look at it"
    for image in images:
        try:
            return _seen(view, wanted, image), image
        except mount_builds.BuildFailed as error:
            words = f"it cannot be looked at: {error}"
        except ToolError as error:
            # It took too long, which another image would do again.
            words = f"it cannot be looked at: {str(error).partition(' from: ')[0]}"
            break
    return {one.prefix: words for one in wanted}, None


def _seen(view: View, mounts: Sequence[KeyedMount], image: str) -> dict[str, Contents | str]:
    found: dict[str, Contents | str] = {}
    for namespace in dict.fromkeys(one.mount.identity.namespace for one in mounts):
        own = [one for one in mounts if one.mount.identity.namespace == namespace]
        build = look_build(image, [one.mount.identity for one in own])
        for one, text in zip(own, _listings(view, build, len(own)), strict=True):
            found[one.prefix] = Contents(read_listing(text), stands_by_files(one.mount.places))
    return found


def _listings(view: View, build: SmallBuild, count: int) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="cispeed-mounts-") as directory:
        run(view, build, mount_builds.Output("local", Path(directory)))
        return [Path(directory, str(number)).read_text(errors="surrogateescape") for number in range(count)]


def run(
    view: View,
    build: SmallBuild,
    output: mount_builds.Output,
    *,
    context: Path | None = None,
    tags: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
) -> None:
    """Run a small build within the time of the config; raises BuildFailed and ToolError."""
    mount_builds.build(
        build.text,
        output,
        timeout=view.project.config.timeouts.cache_mount,
        context=context,
        run_argument=RUN_ARGUMENT,
        args={NAMESPACE: build.namespace} if build.namespace else {},
        tags=tags,
        labels=labels,
    )
