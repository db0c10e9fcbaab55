"""What is known of the image that Compose gives a service, through its Dockerfile and those of the project's bases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.model import Build
from cispeed_tasks.plan.dockerfile import Dockerfile, Stage
from cispeed_tasks.plan.dockerfile_once import read_once
from cispeed_tasks.plan.image_names import canonical
from cispeed_tasks.plan.places import in_directory
from cispeed_tasks.plan.services import image_owner, is_remote
from cispeed_tasks.plan.targets import Project

RUN_BY_ROOT = re.compile(
    r"(?:docker\.io/)?(?:library/)?(?:python|node|debian|ubuntu|alpine|buildpack-deps)(?:[:@].*)?"
    r"|(?:docker\.io/)?oven/bun(?:[:@].*)?|ghcr\.io/astral-sh/uv(?:[:@].*)?"
)
"""Official images whose user is root."""
ROOT = {"0", "root"}
SETTINGS = {
    r"\bvirtualenvs\.path\b": "POETRY_VIRTUALENVS_PATH",
    r"\bpoetry config cache-dir\b": "POETRY_CACHE_DIR",
    r"\bpip3? config .*\bcache-dir\b": "PIP_CACHE_DIR",
    r"\bnpm config set .*\bcache\b": "npm_config_cache",
    r"\byarn config set cache-folder\b": "YARN_CACHE_FOLDER",
    # What pnpm has installed is bound to the store that it was linked from.
    r"\bpnpm (config set store-dir|install|i|ci|fetch)\b": "npm_config_store_dir",
}
"""Commands that settle what a variable would say."""


@dataclass(frozen=True)
class ServiceImage:
    """The user and the names of the variables of a service's container, as far as files tell."""

    runs_as_root: bool
    """Only where it is certain."""
    variables: frozenset[str]


def service_image(project: Project, name: str, raw: Mapping[str, Any]) -> ServiceImage:
    """What Compose's image of a service is, and what Compose itself says of the container.

    Args:
        project: the project.
        name: the service's name.
        raw: the service with its variables as they are written: a user that one of them names is not certain.
    """
    service = project.stack.services[name]
    layers = list(_layers(project, name))
    variables = set(service.raw.get("environment") or {})
    for dockerfile, stage in layers:
        variables |= set(_variables(dockerfile, stage))
    user = raw.get("user") or service.raw.get("user") or _user(layers) or _user_of_root_image(project, name, layers)
    return ServiceImage(str(user or "").split(":")[0] in ROOT, frozenset(variables))


def _layers(project: Project, name: str) -> Iterator[tuple[Dockerfile, str | None]]:
    """The Dockerfile of a service with its stage, then those of the images of the project that it stands on."""
    build = project.stack.services[image_owner(project.stack, name)].build
    text = _text(project, build) if build else None
    args, stage = (build.args, build.target) if build else ({}, None)
    seen: set[str] = set()
    while text is not None and text not in seen:
        seen.add(text)
        try:
            dockerfile = read_once(text, args)
            root = dockerfile.root_image(stage)
        except ConfigError:
            return
        yield dockerfile, stage
        parent = next((t for t in project.targets.values() if root and canonical(t.tag) == canonical(root)), None)
        text, args, stage = (parent.dockerfile_text, parent.args, parent.stage) if parent else (None, {}, None)


def _text(project: Project, build: Build) -> str | None:
    if build.dockerfile_inline is not None or is_remote(build.context):
        return build.dockerfile_inline
    return project.facts.texts.get(in_directory(build.context, build.dockerfile))


def _user(layers: list[tuple[Dockerfile, str | None]]) -> str | None:
    found = (dockerfile.last("USER", stage) for dockerfile, stage in layers)
    return next((instruction.rest.strip() for instruction in found if instruction), None)


def _user_of_root_image(project: Project, name: str, layers: list[tuple[Dockerfile, str | None]]) -> str | None:
    dockerfile, stage = layers[-1] if layers else (None, None)
    image = dockerfile.root_image(stage) if dockerfile else project.stack.services[name].image
    return "root" if image and RUN_BY_ROOT.fullmatch(image) else None


def _variables(dockerfile: Dockerfile, target: str | None) -> Iterator[str]:
    """The names that a stage and those that it stands on give a value, by ENV or by a manager's own settings."""
    stage: Stage | None = dockerfile.stage(target)
    while stage is not None:
        for instruction in stage.instructions:
            if instruction.keyword == "ENV":
                words = instruction.rest.split()
                yield from [word.partition("=")[0] for word in words if "=" in word] or words[:1]
            if instruction.keyword == "RUN":
                yield from (name for words, name in SETTINGS.items() if re.search(words, instruction.source))
        stage = dockerfile.parent(stage)
