"""Work out fingerprints: read what Docker would send of each target's context, and ask what its bases are."""

from __future__ import annotations

import os
import posixpath
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cispeed_tasks.model import ContextFile, Target
from cispeed_tasks.plan.context_tree import ContextTree
from cispeed_tasks.plan.fingerprint import Fingerprint, Input, combine, digest
from cispeed_tasks.plan.inputs import Inputs, RemoteSource, derive_inputs
from cispeed_tasks.plan.places import relative
from cispeed_tasks.plan.roots import made_by
from cispeed_tasks.plan.service_targets import REMOTE_TEXT, read_target
from cispeed_tasks.plan.services import is_remote
from cispeed_tasks.plan.target_images import OutsideImage, has_triggers, image_inputs, outside_names
from cispeed_tasks.plan.target_settings import age_input, settings_inputs
from cispeed_tasks.plan.targets import Project, labels, with_dependencies
from cispeed_tasks.run.contexts import Contexts
from cispeed_tasks.tools import engine_http

NO_ENGINE = "none"


@dataclass(frozen=True)
class Surroundings:
    """What decides an image besides the checkout: the engine's platform, the images of others, the environment, the time."""

    platform: str = NO_ENGINE
    images: Mapping[str, OutsideImage] = field(default_factory=dict)
    source_date_epoch: str | None = None
    now: float = 0.0


@dataclass(frozen=True)
class SentContext:
    """What Docker would send of one context under one ignore file."""

    ignore: str
    tree: ContextTree
    files: Mapping[str, ContextFile]


def look_around(targets: Iterable[Target]) -> Surroundings:
    """Ask the engine what it builds for and which outside images it has; raises ToolError where none answers."""
    images = outside_images(outside_names(targets))
    return Surroundings(engine_http.platform(), images, os.environ.get("SOURCE_DATE_EPOCH"), time.time())


def without_engine(targets: Iterable[Target]) -> Surroundings:
    """Surroundings for what is only compared with itself: every outside image is some image, and no engine is asked."""
    # A name with `onbuild` in it says what the image does.
    names = outside_names(targets)
    return Surroundings(images={name: OutsideImage("any", has_triggers="onbuild" in name) for name in names})


def outside_images(names: Sequence[str]) -> dict[str, OutsideImage]:
    """What the engine knows of images that nobody builds here, by their names."""
    return {name: _outside(name, seen) for name, seen in engine_http.inspect_images(names).items()}


def _outside(name: str, seen: Mapping[str, object] | None) -> OutsideImage:
    """The digest that a registry knows the image by, so that machines agree; the engine's own where it was made here."""
    if seen is None:
        return OutsideImage(None, has_triggers=True)
    repository = name.partition("@")[0].rsplit(":", 1)[0] if ":" in name.rsplit("/", 1)[-1] else name.partition("@")[0]
    config = seen.get("Config")
    listed = [str(one) for one in seen.get("RepoDigests") or () if str(one).rpartition("@")[0].endswith(repository)]  # type: ignore[attr-defined]
    known = listed[0].rpartition("@")[2] if listed else str(seen["Id"])
    config = config if isinstance(config, Mapping) else {}
    made = made_by(config.get("Labels") or {})
    return OutsideImage(known, has_triggers=bool(config.get("OnBuild")), is_here=True, made_by=made)


def fingerprints(
    project: Project, names: Iterable[str], around: Surroundings, contexts: Contexts
) -> dict[str, Fingerprint]:
    """The fingerprints of some targets and of all that they stand on, by name, parents first.

    Raises:
        WorkFailed: a file of a context cannot be read.
        ConfigError: a Dockerfile cannot.
    """
    found: dict[str, Fingerprint] = {}
    for target in with_dependencies(project.targets, names):
        found[target.name] = fingerprint(project, target, around, contexts, found)
    contexts.save()
    return found


def fingerprint(
    project: Project, target: Target, around: Surroundings, contexts: Contexts, parents: Mapping[str, Fingerprint]
) -> Fingerprint:
    """The fingerprint of one target, of whose parents it is known."""
    inputs = settings_inputs(target, project.root, labels(project.name, target), around.platform)
    if around.source_date_epoch is not None:
        inputs.append(Input("setting", "SOURCE_DATE_EPOCH", digest(around.source_date_epoch)))
    inputs += age_input(target, around.now)
    derived, files, known = _derive(project, target, around, contexts)
    images = image_inputs(target, derived, parents, project.targets, around.images)
    return combine(
        target.name,
        [*inputs, *files, *images.inputs],
        whole=derived.whole,
        unknown=images.unknown,
        known_files=known,
    )


def _derive(
    project: Project, target: Target, around: Surroundings, contexts: Contexts
) -> tuple[Inputs, list[Input], str | None]:
    """What a target takes of its contexts: what was derived, the inputs, and the hash of files that are known as they are."""
    if is_remote(target.context):
        return Inputs((), remotes=(RemoteSource(target.context),)), [], None
    if target.dockerfile_text == REMOTE_TEXT:
        return Inputs(()), [], None
    sent = contexts.of_target(target)
    ignore = posixpath.join(relative(target.context, project.root), ".dockerignore")
    found = [Input("ignore file", ignore, digest(sent.ignore))]
    onbuild = has_triggers(target, project.targets, around.images)
    named = {value: contexts.of_named(value) for value in target.contexts.values() if value.startswith("/")}
    memory = contexts.memory(target, onbuild, [sent, *named.values()])
    if memory.known is not None:
        return memory.known.inputs, found, memory.known.files
    derived = derive_inputs(read_target(target), target.stage, sent.tree, target.args, onbuild=onbuild)
    files = contexts.inputs(target.context, sent, derived.files)
    for directory, other in named.items():
        files += contexts.inputs(directory, other, other.tree.paths)
    memory.keep(derived, combine(target.name, files).files)
    return derived, [*found, *files], None
