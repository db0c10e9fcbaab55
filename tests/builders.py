"""Builders of the data that plans begin with: a config's text, a Compose model and what lies in the checkout."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from cispeed_tasks.config import parse_config
from cispeed_tasks.config_schema import Config
from cispeed_tasks.model import ContextFile, Folder, Service, Stack, Target
from cispeed_tasks.plan.context_tree import ContextTree
from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from cispeed_tasks.plan.mount_sources import Checkout, MountSource
from cispeed_tasks.plan.places import relative
from cispeed_tasks.plan.services import Facts
from cispeed_tasks.plan.stack import read_stack
from cispeed_tasks.plan.targets import Project, plan_project

ROOT = Path("/repo")


def config(text: str) -> Config:
    """The config of a text."""
    return parse_config(text, ROOT / "cispeed.yaml").config


def stack(services: Mapping[str, Any], project: str = "shop", **top: Any) -> Stack:
    """The stack of a Compose model's services, as `docker compose config` writes them."""
    return read_stack({"name": project, "services": services, **top})


def service(**entry: Any) -> Service:
    """The service `web` of a Compose model."""
    return stack({"web": entry}).services["web"]


def facts(files: Mapping[str, str], secrets: Mapping[str, Any] | None = None) -> Facts:
    """A checkout of these files, by paths relative to it; every directory above one was looked into."""
    texts = {str(ROOT / name): text for name, text in files.items()}
    names: dict[str, list[str]] = {}
    directories: dict[str, set[str]] = {}
    for path in (ROOT / name for name in files):
        names.setdefault(str(path.parent), []).append(path.name)
        for parent in path.parents:
            if ROOT in parent.parents:
                directories.setdefault(str(parent.parent), set()).add(parent.name)
    folders = {
        name: _folder(name, names.get(name, []), directories.get(name, set()), texts) for name in {*names, *directories}
    }
    return Facts(ROOT, folders, texts, secrets or {})


def _folder(place: str, names: list[str], directories: set[str], texts: Mapping[str, str]) -> Folder:
    environments = [name for name in sorted(directories) if str(Path(place, name, "pyvenv.cfg")) in texts]
    return Folder(tuple(sorted(names)), directories=tuple(sorted(directories)), environments=tuple(environments))


def project(
    text: str, services: Mapping[str, Any], files: Mapping[str, str], name: str = "shop", **top: Any
) -> Project:
    """A whole project: the config's text, the Compose services, the checkout's files, and the model's top level."""
    return plan_project(name, config(text), stack(services, name, **top), facts(files, top.get("secrets")))


def build(directory: str, **more: Any) -> dict[str, Any]:
    """The build section of a directory of the checkout, as Compose resolves it."""
    return {"context": str(ROOT / directory), "dockerfile": "Dockerfile", **more}


def bind(source: str, target: str, **more: Any) -> dict[str, Any]:
    """A bind mount of the checkout, as Compose resolves it."""
    return {"type": "bind", "source": str(ROOT / source), "target": target, **more}


def volume(source: str | None, target: str) -> dict[str, Any]:
    """A named volume, or an anonymous one."""
    return {"type": "volume", "target": target, **({"source": source} if source else {})}


def checkout(
    found: Project, files: Mapping[str, str], ignored: Collection[str] = (), *, is_tracked: bool | None = None
) -> Checkout:
    """What lies where a project's bind mounts take it from, of files by their paths and what git ignores of them.

    A path that ends in a slash is an empty directory.
    """
    services = found.stack.services.values()
    binds = {str(mount.source) for service in services for mount in service.mounts if mount.type == "bind"}
    inside = {path for path in binds if f"{path}/".startswith(f"{ROOT}/")}
    sources = {path: _mount_source(path.removeprefix(str(ROOT)).strip("/"), files, ignored) for path in inside}
    sources = {path: replace(source, is_tracked=is_tracked) for path, source in sources.items()}
    return Checkout(sources, {name: _sent(target, files) for name, target in found.targets.items()}, str(ROOT))


def _mount_source(place: str, files: Mapping[str, str], ignored: Collection[str]) -> MountSource:
    hidden = frozenset(
        "" if f"{place}/".startswith(f"{path}/") else path.removeprefix(f"{place}/")
        for path in ignored
        if not place or f"{path}/".startswith(f"{place}/") or f"{place}/".startswith(f"{path}/")
    )
    if place in files:
        return MountSource("file", (ContextFile("", "file"),), hidden, text=files[place])
    start = f"{place}/" if place else ""
    below = sorted(name for name in files if name.startswith(start))
    if not below:
        return MountSource("missing", ignored=hidden)
    entries = tuple(ContextFile(name[len(start) :], "file") for name in below if not name.endswith("/"))
    return MountSource("directory", entries, hidden)


def _sent(target: Target, files: Mapping[str, str]) -> ContextTree:
    ignore = read_ignore_file(target.ignore_text or files.get(f"{relative(target.context, ROOT)}/.dockerignore", ""))
    start = relative(target.context, ROOT)
    prefix = "" if start == "." else f"{start}/"
    names = [name[len(prefix) :] for name in files if name.startswith(prefix) and not name.endswith("/")]
    folders = {str(parent) for name in names for parent in PurePosixPath(name).parents} - {"."}
    kinds = {**dict.fromkeys(folders, "directory"), **dict.fromkeys(names, "file")}
    return ContextTree(ContextFile(name, kind) for name, kind in kinds.items() if not ignore.excludes(name))
