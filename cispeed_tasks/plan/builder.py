"""Which builder a build uses, how it is created where it is missing, and where what it makes goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cispeed_tasks.config_schema import BuilderConfig
from cispeed_tasks.errors import ToolError
from cispeed_tasks.plan.build import BuildPlan, BuildStep

OWN = "`BUILDX_BUILDER=default` in the environment builds on the engine meanwhile"
"""What works where a builder does not."""


@dataclass(frozen=True)
class SeenBuilder:
    """A builder as buildx tells of it; `fault` is why it does not answer, `platforms` what it builds for."""

    name: str
    driver: str
    endpoint: str = ""
    is_running: bool = True
    platforms: tuple[str, ...] = ()

    @property
    def sees_images(self) -> bool:
        """Whether it builds in the engine itself, and so on the images that are there, and into their store."""
        return self.driver == "docker"

    def __str__(self) -> str:
        """The builder with its driver and place."""
        place = f", {self.endpoint}" if self.driver == "remote" and self.endpoint else ""
        return f"{self.name} ({self.driver}{place})"


@dataclass(frozen=True)
class BuilderPlan:
    """The builder of a run: the one that is seen, or the one that `create` makes, and why."""

    builder: SeenBuilder
    create: tuple[str, ...] = ()
    cause: str = ""

    def __str__(self) -> str:
        """A line of the printed plan."""
        created = "; it is created first" if self.create else ""
        return (
            f"builder {self.builder}: {self.cause}{created}; it sees none of the engine's images and gets all at once"
        )


def plan_builder(
    config: BuilderConfig | None, chosen: str | None, seen: SeenBuilder | None, platform: str
) -> BuilderPlan:
    """Choose the builder of a run.

    Args:
        config: the one that the project names.
        chosen: the one that the environment names, which goes before it.
        seen: what buildx tells of that one, or of the one in use where none is named; None where it does not know it.
        platform: what the engine runs, such as linux/amd64.

    Raises:
        ToolError: there is no such builder and nothing says how it is created, or it is not what the config describes.
    """
    if chosen or config is None:
        if seen is None:
            raise ToolError(
                f"there is no builder '{chosen or ''}' (BUILDX_BUILDER); `docker buildx ls` shows what there is"
            )
        return BuilderPlan(seen, (), "BUILDX_BUILDER names it" if chosen else "it is the one in use")
    if seen is None and config.driver is None:
        raise ToolError(
            f"there is no builder '{config.name}', which cispeed.yaml names: create it (`docker buildx create --name "
            f"{config.name} …`), or say under `builder:` with which `driver:` it is created; {OWN}"
        )
    _check_driver(config, seen)
    found = seen or SeenBuilder(config.name, str(config.driver), config.endpoint or "", False, config.platforms)
    _check_platform(found, platform)
    return BuilderPlan(found, () if seen else create_command(config), "cispeed.yaml names it")


def create_command(config: BuilderConfig) -> tuple[str, ...]:
    """The command that creates a builder, with everything that the config says of it."""
    argv = ["docker", "buildx", "create", "--name", config.name, "--driver", str(config.driver)]
    argv += [f"--driver-opt={key}={value}" for key, value in sorted(config.options.items())]
    argv += [f"--platform={','.join(config.platforms)}"] if config.platforms else []
    argv += [f"--buildkitd-flags={config.flags}"] if config.flags else []
    argv += [f"--buildkitd-config={config.config}"] if config.config else []
    return (*argv, *([config.endpoint] if config.endpoint else []))


def _check_driver(config: BuilderConfig, seen: SeenBuilder | None) -> None:
    if seen is None or config.driver is None:
        return
    if seen.driver != config.driver:
        raise ToolError(
            f"the builder '{seen.name}' that is there has the driver {seen.driver}, and cispeed.yaml wants {config.driver}: "
            f"take it away (`docker buildx rm {seen.name}`), so that it is created anew, or give it another name; {OWN}"
        )
    if config.driver == "remote" and seen.endpoint and seen.endpoint != config.endpoint:
        raise ToolError(
            f"the builder '{seen.name}' that is there leads to {seen.endpoint}, and cispeed.yaml wants {config.endpoint}: "
            f"take it away (`docker buildx rm {seen.name}`), so that it is created anew; {OWN}"
        )


def _check_platform(builder: SeenBuilder, platform: str) -> None:
    if builder.platforms and not any(one.startswith(platform) for one in builder.platforms):
        raise ToolError(
            f"the builder {builder} builds for {', '.join(builder.platforms)}, and the engine runs {platform}: give it a "
            f"node of that platform (`docker buildx create --append --name {builder.name} …`); {OWN}"
        )


Place = Literal["load", "push", "keep"]


def places(plan: BuildPlan, *, push: bool, needed: bool) -> dict[str, Place]:
    """Where each image goes that a builder makes outside of the engine.

    An image is loaded only where the engine needs it, since all of it travels as a tarball; it is pushed straight to the
    registry where that shall have it; what others only stand on stays in the builder's cache.

    Args:
        plan: what is built.
        push: whether the registry shall have it.
        needed: whether the engine needs what was asked for.
    """
    return {step.target.name: _place(step, push=push, needed=needed) for step in plan.of("build")}


def _place(step: BuildStep, *, push: bool, needed: bool) -> Place:
    if step.asked and needed:
        return "load"
    return "push" if push else "keep"


def output(place: Place, reference: str | None) -> Mapping[str, list[str]]:
    """The words of a bake file for a place; `reference` is the image's name in the registry."""
    if place == "push":
        return {"output": ["type=registry"], "tags": [str(reference)]}
    return {"output": ["type=docker" if place == "load" else "type=cacheonly"]}
