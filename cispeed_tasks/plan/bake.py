"""Targets → the bake file (docs.docker.com/build/bake/reference), the same bytes for the same targets."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cispeed_tasks.model import Target
from cispeed_tasks.plan.build import BuildStep
from cispeed_tasks.plan.fingerprint import LABEL
from cispeed_tasks.plan.service_targets import bake_name
from cispeed_tasks.plan.services import is_remote
from cispeed_tasks.plan.targets import labels

BAKE_FILE = ".cispeed/docker-bake.json"
RUN_FILE = ".cispeed/docker-bake.run.json"
"""What one run says besides: fingerprints, and the very images that others stand on."""
PLAIN_VARIABLE = re.compile(r"\$(?:(?P<bare>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?::?-(?P<default>[^${}]*))?\})$")


@dataclass(frozen=True)
class BakeFile:
    """A bake definition, and the variables that the run has to pass on: their values stand in no file."""

    definition: Mapping[str, Any]
    environment: Mapping[str, str]
    outside: tuple[str, ...]
    """Directories outside the project that buildx has to be allowed to read."""
    allowed: tuple[str, ...] = ()
    """What else the user's build sections ask for, in the words of bake's --allow."""


def bake_file(
    targets: Iterable[Target],
    project: str,
    root: Path,
    raw_args: Mapping[str, Mapping[str, str | None]],
    raw_inline: Mapping[str, str] | None = None,
    raw_labels: Mapping[str, Mapping[str, str | None]] | None = None,
) -> BakeFile:
    """The bake file for some targets.

    Args:
        targets: what to build; paths are absolute.
        project: the name in the images' labels.
        root: the directory that bake is run in, which its paths are relative to.
        raw_args: for each service its build arguments as the Compose files write them, variables not filled in.
        raw_inline: for each service its inline Dockerfile as the Compose files write it.
        raw_labels: for each service the labels of its build section as the Compose files write them.
    """
    targets = tuple(targets)
    variables: dict[str, dict[str, str]] = {}
    environment: dict[str, str] = {}
    entries = {}
    for target in targets:
        arguments = _arguments(target, raw_args.get(target.subject, {}), variables, environment)
        entries[target.name] = _entry(target, root, arguments)
        own = _labels(target, (raw_labels or {}).get(target.subject, {}), variables, environment)
        entries[target.name]["labels"] = {**own, **labels(project, target)}
        if target.inline:
            written = (raw_inline or {}).get(target.subject, "").replace("$$", "$")
            entries[target.name] |= _inline(target, written, variables, environment)
    kinds = sorted({target.kind for target in targets})
    groups = {f"all-{kind}": {"targets": [t.name for t in targets if t.kind == kind]} for kind in kinds}
    definition: dict[str, Any] = {"group": {"default": {"targets": [t.name for t in targets]}, **groups}}
    if variables:
        definition["variable"] = variables
    outside = sorted(
        {path for t in targets for path in _directories(t) if root not in Path(path).parents and Path(path) != root}
    )
    entries = {name: {key: v for key, v in entry.items() if v is not None} for name, entry in entries.items()}
    allowed = ("network.host",) if any(t.extra.get("network") == "host" for t in targets) else ()
    return BakeFile({**definition, "target": entries}, environment, tuple(outside), allowed)


def run_definition(
    steps: Iterable[BuildStep], all_steps: Mapping[str, BuildStep], *, sees_images: bool
) -> dict[str, Any]:
    """What the bake file of one run says besides: each image's fingerprint as a label, and the very images it stands on.

    Args:
        steps: what is built.
        all_steps: every step of the plan, by its target's name.
        sees_images: whether the builder sees the engine's images; else it builds the whole graph by itself.
    """
    return {"target": {step.target.name: _run_entry(step, all_steps, sees_images=sees_images) for step in steps}}


def _run_entry(step: BuildStep, steps: Mapping[str, BuildStep], *, sees_images: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"labels": {LABEL: step.fingerprint.value}} if step.fingerprint else {}
    if step.is_stale:
        entry["no-cache"] = True
    own = {
        name: value.removeprefix("target:")
        for name, value in step.target.contexts.items()
        if value.startswith("target:")
    }
    if own and sees_images:
        entry["contexts"] = {name: f"docker-image://{steps[parent].source}" for name, parent in own.items()}
    return entry


def _inline(
    target: Target, written: str, variables: dict[str, dict[str, str]], environment: dict[str, str]
) -> dict[str, str | None]:
    """An inline Dockerfile: as it is where it holds no value of the environment, else by a variable."""
    if written == target.dockerfile_text:
        return {"dockerfile": None, "dockerfile-inline": _literal(written)}
    name = bake_name(target.name, "DOCKERFILE").replace("-", "_").upper()
    variables[name] = {"default": ""}
    environment[name] = target.dockerfile_text
    return {"dockerfile": None, "dockerfile-inline": "${" + name + "}"}


def _entry(target: Target, root: Path, arguments: Mapping[str, str]) -> dict[str, Any]:
    is_url = is_remote(target.context)
    context = target.context if is_url else relative(target.context, root)
    dockerfile = str(target.dockerfile) if is_url else os.path.relpath(target.built_from, target.context)
    entry: dict[str, Any] = {"context": context, "dockerfile": dockerfile}
    if target.stage:
        entry["target"] = target.stage
    if target.contexts:
        entry["contexts"] = {name: _literal(_context(value, root)) for name, value in target.contexts.items()}
    if arguments:
        entry["args"] = dict(arguments)
    entry["tags"] = [target.tag]
    # Attestations make every image an index and cost time on each export; without them nothing is lost locally.
    entry["attest"] = ["type=provenance,disabled=true"]
    return {**entry, **_extra(target.extra)}


def relative(path: str, root: Path) -> str:
    """A path as it is written into generated files: relative to the project's directory, with slashes."""
    short = Path(os.path.relpath(path, root)).as_posix()
    return short if short.startswith(".") else f"./{short}"


def _context(value: str, root: Path) -> str:
    return relative(value, root) if value.startswith("/") else value


def _directories(target: Target) -> list[str]:
    named = [value for value in target.contexts.values() if value.startswith("/")]
    return named if is_remote(target.context) else [target.context, str(target.built_from.parent), *named]


def _arguments(
    target: Target, raw: Mapping[str, str | None], variables: dict[str, dict[str, str]], environment: dict[str, str]
) -> dict[str, str]:
    found = {}
    for key, value in sorted(target.args.items()):
        written = raw.get(key, value)
        if target.kind == "base" or (written is not None and "$" not in written and key in raw):
            found[key] = _literal(value or "")
        elif value is not None:
            found[key] = _variable(target, key, value, written, variables, environment)
    return found


def _labels(
    target: Target, raw: Mapping[str, str | None], variables: dict[str, dict[str, str]], environment: dict[str, str]
) -> dict[str, str]:
    found = {}
    for key, value in sorted(target.labels.items()):
        if "$" not in (raw.get(key) or "$"):
            found[key] = _literal(value)
            continue
        name = bake_name(target.name, "LABEL", key).replace("-", "_").upper()
        variables[name], environment[name] = {"default": ""}, value
        found[key] = "${" + name + "}"
    return found


def _variable(
    target: Target,
    key: str,
    value: str,
    written: str | None,
    variables: dict[str, dict[str, str]],
    environment: dict[str, str],
) -> str:
    """An argument that comes from the environment: bake gets it by a variable, so that its value is written nowhere."""
    match = PLAIN_VARIABLE.match(written or "")
    name = (match["bare"] or match["name"]) if match else bake_name(target.name, key).replace("-", "_").upper()
    default = match["default"] if match else None
    if environment.get(name, value) != value:  # another service has another default for the same variable
        name, default = bake_name(target.name, key).replace("-", "_").upper(), None
    variables[name] = {"default": default or ""}
    environment[name] = value
    return "${" + name + "}"


def _literal(text: str) -> str:
    """Text that bake must not take for a template."""
    return text.replace("${", "$${").replace("%{", "%%{")


def _extra(extra: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(extra)
    if isinstance(found.get("extra-hosts"), list):
        found["extra-hosts"] = dict(re.split(r"[=:]", str(item), maxsplit=1) for item in found["extra-hosts"])
    found.pop("ulimits", None)
    return {key: value for key, value in found.items() if value}
