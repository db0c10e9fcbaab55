"""Which images a build makes, in which order and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cispeed_tasks.model import Target
from cispeed_tasks.plan.targets import Project, root_images, with_dependencies


@dataclass(frozen=True)
class BuildStep:
    """One image to build, and why."""

    target: Target
    asked: bool
    """Named by the user or the mode; else it is built because something stands on it."""

    def __str__(self) -> str:
        """A line of the printed plan."""
        stands = f", on {' and '.join(self.target.dependency_names)}" if self.target.dependency_names else ""
        needed = "" if self.asked else "; needed below"
        return f"build {self.target.name} → {self.target.tag}: {self.target.cause}{stands}{needed}"


@dataclass(frozen=True)
class BuildPlan:
    """The images to build, parents first, and the root images that they need."""

    steps: tuple[BuildStep, ...]
    roots: tuple[str, ...]

    def __str__(self) -> str:
        """The plan as it is shown, a line a step."""
        if not self.steps:
            return "Nothing to build: every service uses an image of somebody else's."
        lines = [f"root {name}: pulled, or made where no registry answers" for name in self.roots]
        return "\n".join([*lines, *(str(step) for step in self.steps)])

    @property
    def targets(self) -> tuple[Target, ...]:
        """The targets, parents first."""
        return tuple(step.target for step in self.steps)


def plan_bases(project: Project, names: Iterable[str]) -> BuildPlan:
    """Plan the base images `names`, or all."""
    chosen = set(names)
    return plan_targets(project, [t.name for t in project.of_kind("base") if not chosen or t.subject in chosen])


def plan_full(project: Project, services: Iterable[str]) -> BuildPlan:
    """Plan the full images of some services, with the base images that they stand on."""
    return plan_targets(project, _names(project.full_target(service) for service in services))


def plan_hollow(project: Project, services: Iterable[str]) -> BuildPlan:
    """Plan what hollow mode runs: bases, hollow halves of Dockerfiles, and full images of what cannot be hollow."""
    return plan_targets(project, _names(project.hollow_target(service) for service in services))


def _names(targets: Iterable[Target | None]) -> list[str]:
    return list(dict.fromkeys(target.name for target in targets if target))


def plan_targets(project: Project, names: Iterable[str]) -> BuildPlan:
    """Plan some targets by name, and all that they stand on."""
    asked = list(names)
    targets = with_dependencies(project.targets, asked)
    return BuildPlan(tuple(BuildStep(target, target.name in asked) for target in targets), root_images(targets))
