"""The targets of single base images and services, before they are linked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cispeed_tasks.config_schema import BaseImageConfig, Config
from cispeed_tasks.errors import ConfigError
from cispeed_tasks.model import Target
from cispeed_tasks.plan.dockerfile import Dockerfile
from cispeed_tasks.plan.dockerfile_once import read_once
from cispeed_tasks.plan.generated_dockerfile import generated_dockerfile, ignore_file
from cispeed_tasks.plan.hollow_dockerfile import hollow_dockerfile
from cispeed_tasks.plan.places import in_directory
from cispeed_tasks.plan.services import Facts, ServiceShape, is_remote
from cispeed_tasks.plan.shield import GENERATED, effective_ignore_text

REMOTE_TEXT = "FROM scratch\n"
"""Stands for a Dockerfile that is not in the checkout, of which nothing is known."""
AGES = {"m": 60, "h": 3600, "d": 86400, "w": 604800}
BAKE_NAMES = {
    "secrets": "secret",
    "ssh": "ssh",
    "network": "network",
    "shm_size": "shm-size",
    "platforms": "platforms",
    "ulimits": "ulimits",
    "extra_hosts": "extra-hosts",
}


def full_tag(project: str, service: str) -> str:
    """The local name of a service's full image."""
    return f"{_slug(project)}-{_slug(service)}:full"


def bake_name(*words: str) -> str:
    """A name as bake allows it for a target."""
    return re.sub(r"[^a-zA-Z0-9_-]", "-", "-".join(words))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9_.-]", "-", text.lower())


def base_target(name: str, section: BaseImageConfig, facts: Facts) -> Target:
    """The target of a base image; raises ConfigError when its Dockerfile does not exist."""
    context = facts.root / section.context
    dockerfile = Path(in_directory(context, section.dockerfile))
    text = facts.texts.get(str(dockerfile))
    if text is None:
        raise ConfigError(
            f"bases.{name}: there is no file {section.context}/{section.dockerfile}; correct context or dockerfile"
        )
    return Target(
        name=bake_name("base", name),
        kind="base",
        subject=name,
        tag=section.image,
        context=in_directory(context, "."),
        dockerfile=dockerfile,
        dockerfile_text=text,
        stage=section.target,
        args=dict(section.args),
        contexts={},
        cause=f"base image of the config ({section.context}/{section.dockerfile})",
        generated=False,
        max_age=int(section.max_age[:-1]) * AGES[section.max_age[-1]] if section.max_age else None,
    )


def service_targets(project: str, shape: ServiceShape, config: Config, facts: Facts) -> list[Target]:
    """The targets of a service: its full image, and the hollow half of its Dockerfile; none for an image used as it is."""
    if shape.image_source == "generated":
        return [_generated_target(project, shape, config, facts)]
    if shape.image_source == "image":
        return []
    own = _own_target(project, shape, facts)
    return [own, *_hollow_target(shape, own, facts)]


def _generated_target(project: str, shape: ServiceShape, config: Config, facts: Facts) -> Target:
    name = shape.service.name
    base, runtime = _base_and_runtime(shape, config, facts)
    own_ignore = facts.texts.get(f"{shape.source}/.dockerignore")
    return Target(
        name=bake_name(name),
        kind="full",
        subject=name,
        tag=full_tag(project, name),
        context=str(shape.source),
        dockerfile=facts.root / GENERATED / f"{_slug(name)}.Dockerfile",
        dockerfile_text=generated_dockerfile(shape, base, runtime),
        stage=None,
        args={},
        contexts={},
        cause=f"generated from the {shape.packages[0].manager} template on {base}",
        generated=True,
        ignore_text=ignore_file(own_ignore, source_is_context=True),
    )


def _base_and_runtime(shape: ServiceShape, config: Config, facts: Facts) -> tuple[str, str]:
    if shape.config.base is None:
        image = str(shape.service.image)
        return image, image
    section = config.bases[shape.config.base]
    if section.runtime or not shape.packages[0].is_python:
        return section.image, section.runtime or section.image
    text = facts.texts.get(in_directory(facts.root / section.context, section.dockerfile), "")
    root = read_once(text, section.args).root_image(section.target) if text else None
    return section.image, root or section.image


def _own_target(project: str, shape: ServiceShape, facts: Facts) -> Target:
    name, build = shape.service.name, shape.service.build
    inline = build.dockerfile_inline if build else None
    text = inline if inline is not None else facts.texts.get(shape.dockerfile or "", REMOTE_TEXT)
    dockerfile = Path(shape.dockerfile) if shape.dockerfile else facts.root / GENERATED / f"{_slug(name)}.Dockerfile"
    raw = build.raw if build else {}
    if shape.context and is_remote(shape.context):
        dockerfile = Path(build.dockerfile if build else "Dockerfile")
    return Target(
        name=bake_name(name),
        kind="full",
        subject=name,
        tag=full_tag(project, name),
        context=str(shape.context),
        dockerfile=dockerfile,
        dockerfile_text=text,
        stage=shape.stage,
        args=dict(build.args) if build else {},
        contexts={key: _context(value) for key, value in (raw.get("additional_contexts") or {}).items()},
        cause="its own Dockerfile",
        generated=False,
        inline=inline is not None,
        extra=_extra(shape, raw, facts),
        labels={str(key): str(value) for key, value in (raw.get("labels") or {}).items()},
    )


def _extra(shape: ServiceShape, raw: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    found = {BAKE_NAMES[key]: _setting(key, value, facts) for key, value in raw.items() if key in BAKE_NAMES}
    # Compose builds for the platform that the service runs on unless its build section says another.
    platform = shape.service.raw.get("platform")
    return {"platforms": [platform], **found} if platform else found


def _setting(key: str, value: Any, facts: Facts) -> Any:  # noqa: ANN401  # a value of a Compose file
    """A build setting in bake's words: a secret is the file or the variable that the Compose file's top level names."""
    if key != "secrets":
        return value
    found = []
    for item in value:
        name = item.get("source") if isinstance(item, dict) else item
        origin = facts.secrets.get(str(name), {})
        place = (
            {"src": origin["file"]}
            if origin.get("file")
            else {"env": origin["environment"]}
            if origin.get("environment")
            else {}
        )
        found.append({"id": str((isinstance(item, dict) and item.get("target")) or name), **place})
    return found


def _context(value: str) -> str:
    return f"target:{bake_name(value.removeprefix('service:'))}" if value.startswith("service:") else value


def _hollow_target(shape: ServiceShape, own: Target, facts: Facts) -> list[Target]:
    # An inline Dockerfile comes with its variables filled in, and no value of the environment may be written.
    if not shape.can_be_hollow or is_remote(own.context) or own.inline:
        return []
    text, left_out = hollow_dockerfile(read_target(own), own.stage)
    if not left_out:
        return []
    return [
        replace(
            own,
            name=bake_name("hollow", own.subject),
            kind="hollow",
            tag=f"{own.tag.removesuffix(':full')}:hollow",
            dockerfile=facts.root / GENERATED / f"{_slug(own.subject)}.hollow.Dockerfile",
            dockerfile_text=f"# Made by cispeed: the part of {own.dockerfile.name} that does not depend on the source.\n{text}",
            stage=None,
            cause="the part of its Dockerfile that does not depend on the source",
            generated=True,
            ignore_text=effective_ignore_text(facts, own.context, own.dockerfile),
        )
    ]


def read_target(target: Target) -> Dockerfile:
    """The target's Dockerfile; raises ConfigError with its path and line."""
    try:
        found = read_once(target.dockerfile_text, target.args)
        if target.dockerfile_text != REMOTE_TEXT:
            found.stage(target.stage)
    except ConfigError as error:
        place = f"{target.dockerfile}:" if str(error)[:1].isdigit() else f"{target.dockerfile}: "
        raise ConfigError(f"{target.subject}: {place}{error}") from error
    return found
