"""Which images there are to build, and which stands on which: the graph that bake gets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cispeed_tasks.config import BaseImageConfig, Config
from cispeed_tasks.errors import ConfigError
from cispeed_tasks.model import Stack, Target
from cispeed_tasks.plan.dockerfile import Dockerfile, read_dockerfile
from cispeed_tasks.plan.generated_dockerfile import generated_dockerfile, ignore_file
from cispeed_tasks.plan.hollow_dockerfile import hollow_dockerfile
from cispeed_tasks.plan.playwright import PlaywrightSource, find_playwright, playwright_target
from cispeed_tasks.plan.services import Facts, ServiceShape, shape_services

GENERATED = ".cispeed/dockerfiles"
BAKE_NAMES = {"secrets": "secret", "ssh": "ssh", "network": "network", "shm_size": "shm-size", "platforms": "platforms", "ulimits": "ulimits", "extra_hosts": "extra-hosts"}


@dataclass(frozen=True)
class Project:
    """Everything that was seen and worked out: what every other plan starts from."""

    name: str
    root: Path
    config: Config
    stack: Stack
    shapes: Mapping[str, ServiceShape]
    facts: Facts
    targets: Mapping[str, Target]
    playwright: PlaywrightSource | None = None

    def of_kind(self, *kinds: str) -> tuple[Target, ...]:
        """The targets of some kinds, in their order."""
        return tuple(target for target in self.targets.values() if target.kind in kinds)

    def target_of(self, kind: str, subject: str) -> Target | None:
        """The target of one kind for a base or service."""
        return next((t for t in self.targets.values() if t.kind == kind and t.subject == subject), None)


def plan_project(name: str, config: Config, stack: Stack, facts: Facts) -> Project:
    """Work out all targets of a project and link them; raises ConfigError for a missing file or a cycle."""
    shapes = shape_services(stack.services, config, facts)
    targets = [_base_target(base, section, facts) for base, section in config.bases.items()]
    for shape in shapes.values():
        targets += _service_targets(name, shape, config, facts)
    playwright = find_playwright(config, stack, facts)
    if playwright and playwright.directory:
        targets.append(playwright_target(config, playwright, facts, name))
    linked = _link(targets, name, stack)
    _refuse_cycles(linked)
    return Project(name, facts.root, config, stack, shapes, facts, linked, playwright)


def with_dependencies(targets: Mapping[str, Target], names: Iterable[str]) -> tuple[Target, ...]:
    """The named targets and all that they stand on, parents first."""
    ordered: dict[str, Target] = {}

    def visit(name: str) -> None:
        if name not in ordered:
            for parent in targets[name].dependency_names:
                visit(parent)
            ordered[name] = targets[name]

    for name in names:
        visit(name)
    return tuple(ordered.values())


def root_images(targets: Iterable[Target]) -> tuple[str, ...]:
    """The outside images that the targets' Dockerfiles name and no target provides, each once, in order."""
    names: dict[str, None] = {}
    for target in targets:
        for image in _read(target).outside_images(target.stage):
            if image not in target.contexts:
                names[image] = None
    return tuple(names)


def full_tag(project: str, service: str) -> str:
    """The local name of a service's full image."""
    return f"{_slug(project)}-{_slug(service)}:full"


def bake_name(*words: str) -> str:
    """A name as bake allows it for a target."""
    return re.sub(r"[^a-zA-Z0-9_-]", "-", "-".join(words))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9_.-]", "-", text.lower())


def _base_target(name: str, section: BaseImageConfig, facts: Facts) -> Target:
    context = facts.root / section.context
    dockerfile = (context / section.dockerfile).resolve()
    text = facts.texts.get(str(dockerfile))
    if text is None:
        raise ConfigError(f"bases.{name}: there is no file {section.context}/{section.dockerfile}; correct context or dockerfile")
    return Target(
        name=bake_name("base", name),
        kind="base",
        subject=name,
        tag=section.image,
        context=str(context.resolve()),
        dockerfile=dockerfile,
        dockerfile_text=text,
        stage=section.target,
        args=dict(section.args),
        contexts={},
        cause=f"base image of the config ({section.context}/{section.dockerfile})",
        generated=False,
    )


def _service_targets(project: str, shape: ServiceShape, config: Config, facts: Facts) -> list[Target]:
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
    text = facts.texts.get(str((facts.root / section.context / section.dockerfile).resolve()), "")
    root = read_dockerfile(text, section.args).root_image(section.target) if text else None
    return section.image, root or section.image


def _own_target(project: str, shape: ServiceShape, facts: Facts) -> Target:
    name, build = shape.service.name, shape.service.build
    inline = build.dockerfile_inline if build else None
    text = inline if inline is not None else facts.texts.get(shape.dockerfile or "", "")
    dockerfile = Path(shape.dockerfile) if shape.dockerfile else facts.root / GENERATED / f"{_slug(name)}.Dockerfile"
    raw = build.raw if build else {}
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
        generated=inline is not None,
        extra={BAKE_NAMES[key]: value for key, value in raw.items() if key in BAKE_NAMES},
    )


def _context(value: str) -> str:
    return f"target:{bake_name(value.removeprefix('service:'))}" if value.startswith("service:") else value


def _hollow_target(shape: ServiceShape, own: Target, facts: Facts) -> list[Target]:
    if not shape.can_be_hollow or "://" in own.context:
        return []
    text, left_out = hollow_dockerfile(_read(own), own.stage)
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
        )
    ]


def _read(target: Target) -> Dockerfile:
    try:
        return read_dockerfile(target.dockerfile_text, target.args)
    except ConfigError as error:
        raise ConfigError(f"{target.dockerfile}:{error}") from error


def _link(targets: list[Target], project: str, stack: Stack) -> dict[str, Target]:
    """Give every target the named contexts that its FROM, COPY --from and --mount from= lines need."""
    providers = _providers(targets, project, stack)
    linked = {}
    for target in targets:
        contexts: dict[str, str] = dict(target.contexts)
        for image in _read(target).outside_images(target.stage):
            provider = providers.get(_canonical(image))
            if provider is not None and provider.name != target.name and image not in contexts:
                contexts[image] = f"target:{provider.name}"
        contexts |= _shared_stages(target, targets)
        parents = tuple(dict.fromkeys(value.removeprefix("target:") for value in contexts.values() if value.startswith("target:")))
        linked[target.name] = replace(target, contexts=contexts, dependency_names=parents)
    return linked


def _providers(targets: list[Target], project: str, stack: Stack) -> dict[str, Target]:
    providers = {}
    for target in targets:
        names = [target.tag]
        if target.kind == "full":
            service = stack.services.get(target.subject)
            names += [f"{stack.project}-{target.subject}", *([service.image] if service and service.image else [])]
        providers |= {_canonical(name): target for name in names}
    return providers


def _shared_stages(target: Target, targets: list[Target]) -> dict[str, str]:
    """Stages of one Dockerfile that are base images: the base is built and tagged before what stands on it."""
    if target.kind not in {"full", "hollow"}:
        return {}
    stages = {stage.name for stage in _read(target).reachable(target.stage) if stage.name}
    return {
        str(base.stage): f"target:{base.name}"
        for base in targets
        if base.kind == "base" and base.stage in stages and base.dockerfile == target.dockerfile and base.stage != target.stage
    }


def _canonical(image: str) -> str:
    """An image's name without what Docker adds by itself: docker.io/library/ and :latest."""
    name = image.removeprefix("docker.io/").removeprefix("library/")
    return name if "@" in name or ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"


def _refuse_cycles(targets: Mapping[str, Target]) -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circle = " → ".join([*path[path.index(name) :], name])
            raise ConfigError(f"these images stand on each other in a circle: {circle}; one FROM of them has to change")
        if name not in targets:
            raise ConfigError(f"{path[-1]}: stands on '{name}', which is no target")
        if name not in done:
            for parent in targets[name].dependency_names:
                visit(parent, (*path, name))
            done.add(name)

    for name in targets:
        visit(name, ())


def labels(project: str, target: Target) -> dict[str, Any]:
    """The labels by which prune and status know an image as the project's."""
    return {"cispeed.project": project, "cispeed.target": target.name, "cispeed.kind": target.kind}
