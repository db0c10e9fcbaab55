"""Look at the repository: its config, its Compose model and its files become a Project."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cispeed_tasks.config import LoadedConfig, Loc, did_you_mean, load_config
from cispeed_tasks.errors import ConfigError, UsageError
from cispeed_tasks.model import Stack
from cispeed_tasks.plan.places import in_directory
from cispeed_tasks.plan.services import Facts, ServiceShape
from cispeed_tasks.plan.stack import read_stack
from cispeed_tasks.plan.targets import Project, plan_project
from cispeed_tasks.run.checkout_questions import Questions
from cispeed_tasks.run.source_facts import seen_on_the_way
from cispeed_tasks.run.wanted_files import questions
from cispeed_tasks.tools import compose

UNDEFINED = re.compile(r'service "(?P<name>[^"]+)" depends on undefined service "(?P<other>[^"]+)"')
"""What Compose says of a dependency that it does not have, or that is under a profile which is not active."""


@dataclass(frozen=True)
class Place:
    """Where a task is: the config, how Compose is called, and the stack; enough to look at what runs and to end it."""

    loaded: LoadedConfig
    compose: compose.Invocation
    stack: Stack
    model_digest: str
    """The SHA-256 of Compose's answer, as it was printed."""

    @property
    def root(self) -> Path:
        """The repository's directory."""
        return self.loaded.root


@dataclass(frozen=True)
class View(Place):
    """What a task has seen of the whole repository: also the project that follows."""

    project: Project
    questions: Questions
    """What of the checkout's files the project followed from."""


def look(start: Path | None = None) -> View:
    """See the repository that `start` (the working directory) lies in; raises ConfigError with every fault."""
    return look_with(_loaded(start))


def look_with(loaded: LoadedConfig) -> View:
    """See the repository of a config, whether that is a file yet or not; raises ConfigError with every fault."""
    place = locate_with(loaded)
    config, stack = loaded.config, place.stack
    _check_names(place.loaded, stack)
    asked = questions(place.loaded, stack)
    facts, shapes = facts_seen(asked, place.loaded, stack)
    directory = Path(in_directory(place.root, place.compose.directory))
    project = plan_project(config.project or stack.project, config, stack, facts, directory, shapes)
    return View(place.loaded, place.compose, stack, place.model_digest, project, asked)


def locate(start: Path | None = None) -> Place:
    """Find the repository and resolve its Compose files, planning nothing; raises ConfigError."""
    return locate_with(_loaded(start))


def locate_with(loaded: LoadedConfig) -> Place:
    """Resolve the Compose files of a config's repository; raises ConfigError."""
    root = loaded.root
    files = loaded.config.compose or compose.default_files(root)
    if not files:
        raise ConfigError(
            f"{root} has no Compose file (compose.yaml, docker-compose.yml …): go to the repository, or name it in cispeed.yaml"
        )
    missing = [name for name in files if not (root / name).is_file()]
    if missing:
        raise ConfigError(
            loaded.fault(("compose",), f"the Compose file '{missing[0]}' does not exist; correct the path")
        )
    invocation = compose.Invocation(root, tuple(files), None, loaded.config.profiles, loaded.config.compose_directory)
    text = _resolved(invocation)
    return Place(loaded, invocation, read_stack(compose.read(text)), compose.digest(text))


def _resolved(invocation: compose.Invocation) -> str:
    try:
        return compose.answer(invocation)
    except ConfigError as error:
        missing = UNDEFINED.search(str(error))
        profiles = compose.profiles_of(invocation, missing["other"]) if missing else ()
        if missing is None or not profiles:
            raise
        raise ConfigError(
            f"the service {missing['name']} depends on {missing['other']}, which is not started: its profile "
            f"{' or '.join(profiles)} is not active; set COMPOSE_PROFILES={profiles[0]}, or write `profiles: [{profiles[0]}]` "
            "into cispeed.yaml"
        ) from error


def _loaded(start: Path | None) -> LoadedConfig:
    return load_config((start or Path.cwd()).resolve(), os.environ.get("CISPEED_CONFIG", "cispeed.yaml"))


def facts_seen(asked: Questions, loaded: LoadedConfig, stack: Stack) -> tuple[Facts, dict[str, ServiceShape]]:
    """What the checkout answers to some questions and to those that follow from the answers; the services, worked out."""
    return seen_on_the_way(Facts(loaded.root, *asked.answers(), stack.secrets), stack, loaded.config)


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
        *_mount_faults(loaded, stack),
        *(
            loaded.fault(
                loc, f"the Compose files have no service '{name}' in the active profiles{did_you_mean(name, known)}"
            )
            for loc, name in used
            if name not in stack.services
        ),
    ]
    if faults:
        raise ConfigError("\n".join(faults))


def _mount_faults(loaded: LoadedConfig, stack: Stack) -> list[str]:
    """Mounts of the config that the Compose files do not have, and what cannot be done with those that they have."""
    faults = []
    for name, section in loaded.config.services.items():
        mounts = {mount.target: mount for mount in stack.services[name].mounts} if name in stack.services else {}
        for target, action in section.mounts.items() if name in stack.services else ():
            loc = ("services", name, "mounts", target)
            if target not in mounts:
                faults.append(loaded.fault(loc, f"mounts nothing at '{target}'{did_you_mean(target, list(mounts))}"))
            elif action == "bake" and mounts[target].type != "bind":
                faults.append(
                    loaded.fault(
                        loc,
                        f"is a {mounts[target].type}, and only what is bind-mounted can be baked; write keep, drop or fresh",
                    )
                )
    return faults
