"""Look at the repository: its config, its Compose model and its files become a Project."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cispeed_tasks.config import LoadedConfig, Loc, did_you_mean, load_config
from cispeed_tasks.errors import ConfigError, UsageError
from cispeed_tasks.model import Stack
from cispeed_tasks.plan.places import in_directory
from cispeed_tasks.plan.services import Facts, in_checkout, is_remote
from cispeed_tasks.plan.stack import read_stack
from cispeed_tasks.plan.targets import Project, plan_project
from cispeed_tasks.run.source_facts import seen_on_the_way
from cispeed_tasks.tools import checkout, compose, context


@dataclass(frozen=True)
class Place:
    """Where a task is: the config, how Compose is called, and the stack; enough to look at what runs and to end it."""

    loaded: LoadedConfig
    compose: compose.Invocation
    stack: Stack

    @property
    def root(self) -> Path:
        """The repository's directory."""
        return self.loaded.root


@dataclass(frozen=True)
class View(Place):
    """What a task has seen of the whole repository: also the project that follows."""

    project: Project


def look(start: Path | None = None) -> View:
    """See the repository that `start` (the working directory) lies in; raises ConfigError with every fault."""
    place = locate(start)
    config, stack = place.loaded.config, place.stack
    _check_names(place.loaded, stack)
    project = plan_project(config.project or stack.project, config, stack, see_files(place.loaded, stack))
    return View(place.loaded, place.compose, stack, project)


def locate(start: Path | None = None) -> Place:
    """Find the repository and resolve its Compose files, planning nothing; raises ConfigError."""
    loaded = load_config((start or Path.cwd()).resolve(), os.environ.get("CISPEED_CONFIG", "cispeed.yaml"))
    root = loaded.root
    files = loaded.config.compose or compose.default_files(root)
    if not files:
        raise ConfigError(
            f"{root} has no Compose file (compose.yaml, docker-compose.yml …): go to the repository, or name it in cispeed.yaml"
        )
    missing = [name for name in files if not (root / name).is_file()]
    if missing:
        raise ConfigError(loaded.fault(("compose",), f"the Compose file '{missing[0]}' does not exist"))
    invocation = compose.Invocation(root, tuple(files), None, loaded.config.profiles)
    return Place(loaded, invocation, read_stack(compose.resolve(invocation)))


def see_files(loaded: LoadedConfig, stack: Stack) -> Facts:
    """The folders and texts that the plans need of the checkout."""
    root, config = loaded.root, loaded.config
    folders: set[str] = set()
    wanted: set[str] = set()
    for section in config.bases.values():
        wanted.add(in_directory(root / section.context, section.dockerfile))
    for service_config in config.services.values():
        wanted |= {in_directory(root, service_config.dockerfile)} if service_config.dockerfile else set()
        folders |= {in_directory(root, service_config.source)} if service_config.source else set()
    for service in stack.services.values():
        if service.build and not is_remote(service.build.context):
            wanted.add(in_directory(service.build.context, service.build.dockerfile))
            folders.add(service.build.context)
        binds = (mount.source for mount in service.mounts if mount.type == "bind" and in_checkout(mount.source, root))
        folders |= {str(source) for source in binds}
    existing = {name for name in folders if os.path.isdir(name)}  # noqa: PTH112  # there may be thousands
    wanted |= _playwright_files(loaded, existing)
    contexts = {str(root), *existing, *(in_directory(root, base.context) for base in config.bases.values())}
    contexts |= {in_directory(root, section.context) for section in config.services.values() if section.context}
    ignores = {f"{path}/{context.IGNORE_FILE}" for path in contexts} | {
        f"{path}{context.IGNORE_FILE}" for path in wanted
    }
    texts = checkout.texts(sorted(wanted)) | context.ignore_texts(ignores)
    seen = {name: checkout.folder(Path(name)) for name in sorted(existing)}
    return seen_on_the_way(Facts(root, seen, texts, stack.secrets), stack, config)


def _playwright_files(loaded: LoadedConfig, existing: set[str]) -> set[str]:
    """Directories that may hold Playwright tests, and the files that tell its version."""
    root, section = loaded.root, loaded.config.playwright
    candidates = (
        [root / section.directory] if section.directory else checkout.folders_with(root, "playwright.config.*", depth=2)
    )
    existing |= {str(path) for path in candidates if path.is_dir()}
    locks = ("package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock")
    wanted = {f"{path}/{name}" for path in candidates for name in locks}
    return wanted | ({in_directory(root, section.dockerfile)} if section.dockerfile else set())


def raw_model(view: View) -> Mapping[str, Any]:
    """The Compose model with its variables as they are written; empty where Compose cannot say it."""
    try:
        return compose.resolve(view.compose, interpolate=False)
    except ConfigError:
        return {}


def raw_arguments(raw: Mapping[str, Any]) -> dict[str, dict[str, str | None]]:
    """For each service its build arguments as the Compose files write them."""
    return _of_builds(raw, "args")


def raw_labels(raw: Mapping[str, Any]) -> dict[str, dict[str, str | None]]:
    """For each service the labels of its build section as the Compose files write them."""
    return _of_builds(raw, "labels")


def _of_builds(raw: Mapping[str, Any], section: str) -> dict[str, dict[str, str | None]]:
    found: dict[str, dict[str, str | None]] = {}
    for name, service in (raw.get("services") or {}).items():
        args = ((service or {}).get("build") or {}).get(section) or {}
        if isinstance(args, dict):
            found[name] = {key: None if value is None else str(value) for key, value in args.items()}
    return found


def raw_inline(raw: Mapping[str, Any]) -> dict[str, str]:
    """For each service its inline Dockerfile as the Compose files write it."""
    builds = {name: (service or {}).get("build") or {} for name, service in (raw.get("services") or {}).items()}
    return {name: str(build["dockerfile_inline"]) for name, build in builds.items() if build.get("dockerfile_inline")}


def chosen_services(place: Place, names: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """The services that a user named, or all; a name that does not exist is a UsageError with the likely one."""
    known = list(place.stack.services)
    for name in names:
        if name not in known:
            raise UsageError(f"there is no service '{name}'{did_you_mean(name, known)}")
    return tuple(names) or tuple(known)


def _check_names(loaded: LoadedConfig, stack: Stack) -> None:
    known = list(stack.services)
    used: list[tuple[Loc, str]] = [(("services", name), name) for name in loaded.config.services]
    used += [(("prepare", number, "service"), section.service) for number, section in enumerate(loaded.config.prepare)]
    if loaded.config.playwright.service:
        used.append((("playwright", "service"), loaded.config.playwright.service))
    faults = [
        loaded.fault(
            loc, f"the Compose files have no service '{name}' in the active profiles{did_you_mean(name, known)}"
        )
        for loc, name in used
        if name not in stack.services
    ]
    if faults:
        raise ConfigError("\n".join(faults))
