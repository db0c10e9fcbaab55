"""What a comparison is made of: the before state, the edits that can be made, the images that both sides begin with."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path

from cispeed_tasks.config import LoadedConfig
from cispeed_tasks.config_schema import Config
from cispeed_tasks.errors import ConfigError, UsageError
from cispeed_tasks.plan.build import plan_bases, plan_full
from cispeed_tasks.plan.compare import ComparePlan, Scenario, possible
from cispeed_tasks.plan.compare_edits import NAMES, Edit, code_edit, dependency_edit
from cispeed_tasks.plan.inputs import derive_inputs
from cispeed_tasks.plan.service_targets import read_target
from cispeed_tasks.plan.services import is_remote
from cispeed_tasks.plan.targets import root_images
from cispeed_tasks.run.contexts import Contexts
from cispeed_tasks.run.look import View, chosen_services, look_with
from cispeed_tasks.tools import checkout
from cispeed_tasks.tools.compose import Invocation

KEPT = "before/docker-compose*.yml"


def look_before(view: View, files: tuple[str, ...]) -> View:
    """The before state: the user's Compose files as they are, with nothing that cispeed.yaml adds.

    Without `files`, those of the project, and over them what it keeps of the before state in before/.

    Raises:
        ConfigError: a file is not there, or Compose does not accept them.
    """
    kept = sorted(path.relative_to(view.root).as_posix() for path in view.root.glob(KEPT))
    chosen = files or (*view.compose.files, *kept)
    missing = [name for name in chosen if not (view.root / name).is_file()]
    if missing:
        raise ConfigError(f"--before: the Compose file '{missing[0]}' does not exist in {view.root}")
    config = view.project.config
    own = Config(compose=chosen, compose_directory=config.compose_directory, profiles=config.profiles)
    return look_with(LoadedConfig(own, view.root))


def make_plan(view: View, before: View, scenarios: tuple[Scenario, ...], runs: int, service: str | None) -> ComparePlan:
    """Plan a comparison; raises UsageError where nothing is left to measure."""
    edits = find_edits(view, service) if any(one.edit for one in scenarios) else {}
    kept, notes = possible(scenarios, edits)
    if not kept:
        raise UsageError("nothing can be measured: " + "; ".join(notes))
    bases = {base.image: base.context for base in view.project.config.bases.values()}
    old = root_images(step.target for step in plan_full(before.project, before.stack.services).steps)
    needed = {name: bases[name] for name in old if name in bases}
    names = [key for key, base in view.project.config.bases.items() if base.image in needed]
    roots = [
        *(name for name in old if name not in bases),
        *plan_full(view.project, view.stack.services).roots,
        *(plan_bases(view.project, names).roots if names else ()),
    ]
    if any("ready" in one.before_of for one in kept):
        roots += [service.image for service in view.stack.services.values() if service.image and not service.build]
    return ComparePlan(
        kept,
        runs,
        before.compose.files,
        needed,
        tuple(dict.fromkeys(roots)),
        edits,
        (*_own_words(view, before), *notes),
    )


def before_invocation(before: View) -> Invocation:
    """How Compose is called on the before state in a copy."""
    return dataclasses.replace(before.compose, root=Path())


def find_edits(view: View, service: str | None) -> dict[str, Edit]:
    """One line of code and one dependency, in one service: the one that is named, or the first that has both."""
    if service is not None:
        chosen_services(view, [service])
    taken = _taken(view)
    counts = Counter(path for paths in taken.values() for path in paths)
    found: list[dict[str, Edit]] = []
    for name, paths in taken.items():
        if service in {None, name}:
            alone = tuple(path for path in paths if counts[path] == 1)
            found.append(_edits_of(view, name, alone))
    return max(found, key=len, default={})


def _edits_of(view: View, name: str, paths: tuple[str, ...]) -> dict[str, Edit]:
    texts = {path: text for path in paths if (text := _text(view.root / path)) is not None}
    edits = {"code": code_edit(name, texts, paths)}
    folders = {path.removesuffix(end) for path in paths for end in NAMES if path == end or path.endswith(f"/{end}")}
    for folder in sorted(folders):
        more = {f"{folder}{end}": text for end in NAMES if (text := _text(view.root / f"{folder}{end}")) is not None}
        edits["dependency"] = edits.get("dependency") or dependency_edit(name, more, folder)
    return {kind: edit for kind, edit in edits.items() if edit is not None}


def _taken(view: View) -> dict[str, tuple[str, ...]]:
    """For each service the files that its image takes, relative to the repository."""
    found: dict[str, tuple[str, ...]] = {}
    contexts = Contexts(view.root)
    for name in view.stack.services:
        target = view.project.full_target(name)
        if target is None or is_remote(target.context):
            continue
        sent = contexts.of_target(target)
        inputs = derive_inputs(read_target(target), target.stage, sent.tree, target.args)
        folder = Path(target.context).relative_to(view.root).as_posix()
        prefix = "" if folder == "." else f"{folder}/"
        found[name] = tuple(f"{prefix}{path}" for path in inputs.files if sent.files[path].kind == "file")
    return found


def _text(path: Path) -> str | None:
    return None if path.is_symlink() else checkout.text(path)


def _own_words(view: View, before: View) -> tuple[str, ...]:
    """What the project itself says of its before state, in comments at the top of the kept files."""
    lines = []
    for name in before.compose.files:
        if name not in view.compose.files:
            text = (view.root / name).read_text(encoding="utf-8", errors="replace").splitlines()
            lines += [line.lstrip("# ") for line in text if line.startswith("# before: ")]
    return tuple(lines)
