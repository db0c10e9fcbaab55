"""Which images there are to build, and which stands on which: the graph that bake gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from cispeed_tasks.config_schema import Config
from cispeed_tasks.errors import ConfigError
from cispeed_tasks.model import Stack, Target
from cispeed_tasks.plan.image_names import canonical
from cispeed_tasks.plan.playwright import PlaywrightSource, find_playwright
from cispeed_tasks.plan.playwright_image import playwright_target
from cispeed_tasks.plan.service_targets import REMOTE_TEXT, base_target, read_target, service_targets
from cispeed_tasks.plan.services import Facts, ServiceShape, image_owner, shape_services
from cispeed_tasks.plan.shield import shield


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
    compose_directory: Path | None = None
    """The directory that paths in Compose files are relative to, where it is not `root`; absolute."""
    playwright_fault: str | None = None
    """Why the Playwright image cannot be made, which stops nothing but the tests."""

    @property
    def place(self) -> Path:
        """The directory that paths in Compose files are relative to."""
        return self.compose_directory or self.root

    def of_kind(self, *kinds: str) -> tuple[Target, ...]:
        """The targets of some kinds, in their order."""
        return tuple(target for target in self.targets.values() if target.kind in kinds)

    def target_of(self, kind: str, subject: str) -> Target | None:
        """The target of one kind for a base or service."""
        return self._by_subject.get((kind, subject))

    @cached_property
    def _by_subject(self) -> Mapping[tuple[str, str], Target]:
        return {(target.kind, target.subject): target for target in reversed(tuple(self.targets.values()))}

    def full_target(self, service: str) -> Target | None:
        """The target of the image that a service has in full mode: its own, or that of the service it shares one with."""
        return self.target_of("full", image_owner(self.stack, service))

    def hollow_target(self, service: str) -> Target | None:
        """The target of the image that a service has in hollow mode; None leaves the Compose file's."""
        shape, owner = self.shapes[service], image_owner(self.stack, service)
        if not shape.can_be_hollow:
            return self.full_target(service)
        base = shape.config.base or self.shapes[owner].config.base
        if base:
            return self.target_of("base", base)
        return self.target_of("hollow", owner) or (
            None if shape.image_source == "generated" else self.full_target(service)
        )


def plan_project(
    name: str,
    config: Config,
    stack: Stack,
    facts: Facts,
    compose_directory: Path | None = None,
    shapes: Mapping[str, ServiceShape] | None = None,
) -> Project:
    """Work out all targets of a project and link them; raises ConfigError for a missing file or a cycle.

    `shapes` are the services, where they were worked out already.
    """
    shapes = shape_services(stack, config, facts) if shapes is None else shapes
    targets = [base_target(base, section, facts) for base, section in config.bases.items()]
    for shape in shapes.values():
        targets += service_targets(name, shape, config, facts)
    playwright, fault = find_playwright(config, stack, facts), None
    if playwright and playwright.directory:
        try:
            targets.append(playwright_target(config, playwright, facts, name))
        except ConfigError as error:  # it concerns the tests only; nothing else is stopped by it
            fault = str(error)
    linked = _link([shield(target, facts) for target in targets], stack)
    _refuse_cycles(linked)
    return Project(name, facts.root, config, stack, shapes, facts, linked, playwright, compose_directory, fault)


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
        for image in _outside_images(target):
            if image not in target.contexts:
                names[image] = None
    return tuple(names)


def _link(targets: list[Target], stack: Stack) -> dict[str, Target]:
    """Give every target the named contexts that its FROM, COPY --from and --mount from= lines need."""
    providers = _providers(targets, stack)
    bases = [target for target in targets if target.kind == "base"]
    linked = {}
    for target in targets:
        contexts: dict[str, str] = dict(target.contexts)
        for image in _outside_images(target):
            provider = providers.get(canonical(image))
            if provider is not None and provider.name != target.name and image not in contexts:
                contexts[image] = f"target:{provider.name}"
        contexts |= _shared_stages(target, bases)
        parents = tuple(
            dict.fromkeys(value.removeprefix("target:") for value in contexts.values() if value.startswith("target:"))
        )
        if target.name in linked:
            raise ConfigError(
                f"two images would be called '{target.name}' in bake: rename one of the services or bases"
            )
        linked[target.name] = replace(target, contexts=contexts, dependency_names=parents)
    return linked


def _providers(targets: list[Target], stack: Stack) -> dict[str, Target]:
    providers: dict[str, Target] = {}
    for target in targets:
        names = [target.tag]
        if target.kind == "full":
            service = stack.services.get(target.subject)
            built = service is not None and service.build is not None and service.image
            names += [f"{stack.project}-{target.subject}", *([built] if built else [])]
        providers |= {canonical(name): target for name in names}
    return providers


def _shared_stages(target: Target, bases: list[Target]) -> dict[str, str]:
    """Stages of one Dockerfile that are base images: the base is built and tagged before what stands on it."""
    if not bases or target.kind not in {"full", "hollow"} or target.dockerfile_text == REMOTE_TEXT:
        return {}
    stages = {stage.name for stage in read_target(target).reachable(target.stage) if stage.name}
    return {
        str(base.stage): f"target:{base.name}"
        for base in bases
        if base.stage in stages and base.dockerfile == target.dockerfile and base.stage != target.stage
    }


def _outside_images(target: Target) -> tuple[str, ...]:
    return () if target.dockerfile_text == REMOTE_TEXT else read_target(target).outside_images(target.stage)


def _refuse_cycles(targets: Mapping[str, Target]) -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circle = " → ".join([*path[path.index(name) :], name])
            raise ConfigError(f"these images stand on each other in a circle: {circle}; one FROM of them has to change")
        if name not in targets:
            raise ConfigError(
                f"{path[-1]}: stands on '{name}', which is no target; correct additional_contexts or FROM"
            )
        if name not in done:
            for parent in targets[name].dependency_names:
                visit(parent, (*path, name))
            done.add(name)

    for name in targets:
        visit(name, ())


def labels(project: str, target: Target) -> dict[str, Any]:
    """The labels by which prune and status know an image as the project's."""
    return {"cispeed.project": project, "cispeed.target": target.name, "cispeed.kind": target.kind}
