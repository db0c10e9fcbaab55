"""Builders of the data that plans begin with: a config's text, a Compose model and what lies in the checkout."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cispeed_tasks.config import parse_config
from cispeed_tasks.config_schema import Config
from cispeed_tasks.model import Folder, Service, Stack
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
