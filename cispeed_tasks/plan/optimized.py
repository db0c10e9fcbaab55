"""The optimised overlay: with it, a plain `docker compose build` builds the same images, bases first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cispeed_tasks.model import Override, Target
from cispeed_tasks.plan.bake import relative
from cispeed_tasks.plan.services import is_remote
from cispeed_tasks.plan.targets import Project, labels

OPTIMIZED_FILE = ".cispeed/docker-compose.optimized.yml"


def optimized_overlay(project: Project, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The overlay's model. Bases are services of which none is started; `service:` contexts order the builds."""
    services: dict[str, Any] = {}
    names = {target.name: _service_name(target) for target in project.targets.values()}
    for target in project.of_kind("base"):
        literal = {key: (value or "").replace("$", "$$") for key, value in target.args.items()}
        build = _build(target, project, names, literal)
        services[names[target.name]] = {"image": target.tag, "scale": 0, "build": build}
    for target in project.of_kind("full"):
        args = _raw_args(raw, target)
        services[target.subject] = {
            "image": target.tag,
            "build": Override(
                _with_labels(raw, target, {**_kept(raw, target), **_build(target, project, names, args)})
            ),
        }
    for name in project.shapes:
        shared = project.full_target(name)
        if shared and shared.subject != name:
            services[name] = {"image": shared.tag}
    return {"services": services}


def _service_name(target: Target) -> str:
    return target.subject if target.kind == "full" else target.name


def _build(target: Target, project: Project, names: Mapping[str, str], args: Mapping[str, Any]) -> dict[str, Any]:
    build: dict[str, Any] = {"context": _path(target.context, project.place)}
    dockerfile = None if is_remote(target.context) or target.inline else target.built_from
    if dockerfile is not None:
        inside = Path(target.context) in dockerfile.parents
        build["dockerfile"] = (
            str(dockerfile.relative_to(target.context)) if inside else _relative_to(dockerfile, target.context)
        )
    if target.stage:
        build["target"] = target.stage
    if args:
        build["args"] = dict(args)
    if target.contexts:
        build["additional_contexts"] = {
            key: _context(value, names, project.place) for key, value in target.contexts.items()
        }
    return {**build, "labels": labels(project.name, target)}


def _relative_to(path: Path, directory: str) -> str:
    import os.path

    return Path(os.path.relpath(path, directory)).as_posix()


def _context(value: str, names: Mapping[str, str], root: Path) -> str:
    if value.startswith("target:"):
        return f"service:{names[value.removeprefix('target:')]}"
    return _path(value, root)


def _path(value: str, root: Path) -> str:
    return relative(value, root) if value.startswith("/") else value


def _raw_args(raw: Mapping[str, Any], target: Target) -> Mapping[str, Any]:
    """Build arguments as the user's files write them, so that no value of the environment is copied."""
    build = ((raw.get("services") or {}).get(target.subject) or {}).get("build") or {}
    args = build.get("args") if isinstance(build, dict) else None
    return args if isinstance(args, dict) and target.args else {}


def _with_labels(raw: Mapping[str, Any], target: Target, build: dict[str, Any]) -> dict[str, Any]:
    """The user's own labels, as the files write them, beside ours."""
    section = ((raw.get("services") or {}).get(target.subject) or {}).get("build") or {}
    own = section.get("labels") if isinstance(section, dict) else None
    return {**build, "labels": {**own, **build["labels"]}} if isinstance(own, dict) and target.labels else build


def _kept(raw: Mapping[str, Any], target: Target) -> dict[str, Any]:
    build = ((raw.get("services") or {}).get(target.subject) or {}).get("build") or {}
    dropped = {"context", "dockerfile", "target", "args", "additional_contexts", "labels"}
    return {key: value for key, value in build.items() if key not in dropped} if isinstance(build, dict) else {}
