"""Which images a build makes, in which order and why, and which ones it need not make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cispeed_tasks.model import Target
from cispeed_tasks.plan.fingerprint import Fingerprint
from cispeed_tasks.plan.targets import Project, root_images, with_dependencies


@dataclass(frozen=True)
class BuildStep:
    """One image, what is done about it, and why."""

    target: Target
    asked: bool
    """Named by the user or the mode; else it is there because something stands on it."""
    action: str = "build"
    """build; reuse (the engine has it), pull (the registry has it) or leave (the registry has it, nobody needs it here)."""
    reason: str = ""
    """Why it is built or not, from what was seen; empty where nothing was."""
    fingerprint: Fingerprint | None = None
    remote: str | None = None
    """The image's reference in the registry, where that has it."""
    is_stale: bool = False
    """Its time is over (`max-age`), so that no step of it may come from the cache."""
    is_named: bool = True
    """Its tag leads to the image already; a reused image may have to be given it again."""

    @property
    def builds(self) -> bool:
        """Whether BuildKit is needed."""
        return self.action == "build"

    @property
    def reference(self) -> str:
        """The name that this very image has on the engine, never one that moves on."""
        return f"{self.target.repository}:{self.fingerprint.tag}" if self.fingerprint else self.target.tag

    @property
    def source(self) -> str:
        """Where something that stands on this image finds it: on the engine, or in the registry."""
        return str(self.remote) if self.action == "leave" else self.reference

    def __str__(self) -> str:
        """A line of the printed plan."""
        line = f"{self.action} {self.target.name} → {self.target.tag}: "
        if not self.builds:
            return line + self.reason
        stands = f", on {' and '.join(self.target.dependency_names)}" if self.target.dependency_names else ""
        needed = "" if self.asked else "; needed below"
        because = f"{self.reason}; " if self.reason else ""
        return f"{line}{because}{self.target.cause}{stands}{needed}"


@dataclass(frozen=True)
class BuildPlan:
    """What is done about each image, parents first."""

    steps: tuple[BuildStep, ...]
    roots_here: frozenset[str] = frozenset()
    """Outside images that the engine has."""

    @property
    def roots(self) -> tuple[str, ...]:
        """The outside images that what is built stands on."""
        found = root_images(step.target for step in self.steps if step.builds)
        return tuple(name for name in found if name not in self.roots_here)

    def of(self, *actions: str) -> tuple[BuildStep, ...]:
        """The steps of some actions, in their order."""
        return tuple(step for step in self.steps if step.action in actions)

    def waves(self) -> list[list[BuildStep]]:
        """What is built, in waves: what stands on something of one wave is in a later one."""
        depths: dict[str, int] = {}
        waves: list[list[BuildStep]] = []
        for step in self.of("build"):
            above = [depths[name] + 1 for name in step.target.dependency_names if name in depths]
            depth = depths[step.target.name] = max(above, default=0)
            waves += [[]] if depth == len(waves) else []
            waves[depth].append(step)
        return waves

    def text(self, *, every: bool) -> str:
        """The plan as it is shown, a line a step; with `every` off, what is not built is only counted."""
        if not self.steps:
            return "Nothing to build: every service uses an image of somebody else's."
        lines = [f"root {name}: pulled, or made where no registry answers" for name in self.roots]
        shown = self.steps if every else self.of("build", "pull")
        lines += [str(step) for step in shown]
        counts = [] if every else [_count(word, self.of(word)) for word in ("reuse", "leave")]
        return "\n".join([*lines, *(line for line in counts if line)])

    def __str__(self) -> str:
        """The plan with every step."""
        return self.text(every=True)


def _count(action: str, steps: tuple[BuildStep, ...]) -> str:
    if not steps:
        return ""
    many = "1 image" if len(steps) == 1 else f"{len(steps)} images"
    if action == "reuse":
        return (
            f"reuse {many}: nothing that reaches them changed"
            if len(steps) > 1
            else f"reuse {steps[0].target.name}: nothing that reaches it changed"
        )
    return f"leave {many} in the registry: nothing here needs them (--pull fetches them)"


def plan_bases(project: Project, names: Iterable[str]) -> BuildPlan:
    """Plan the base images `names`, or all."""
    chosen = set(names)
    return plan_targets(project, [t.name for t in project.of_kind("base") if not chosen or t.subject in chosen])


def plan_bases_below(project: Project, services: Iterable[str]) -> BuildPlan:
    """Plan the base images that the full images of some services stand on."""
    tops = _names(project.full_target(service) for service in services)
    return plan_targets(project, [t.name for t in with_dependencies(project.targets, tops) if t.kind == "base"])


def plan_full(project: Project, services: Iterable[str]) -> BuildPlan:
    """Plan the full images of some services, with the base images that they stand on."""
    return plan_targets(project, _names(project.full_target(service) for service in services))


def plan_hollow(project: Project, services: Iterable[str]) -> BuildPlan:
    """Plan what hollow mode runs: bases, hollow halves of Dockerfiles, and full images of what cannot be hollow."""
    return plan_targets(project, _names(project.hollow_target(service) for service in services))


def _names(targets: Iterable[Target | None]) -> list[str]:
    return list(dict.fromkeys(target.name for target in targets if target))


def plan_targets(project: Project, names: Iterable[str]) -> BuildPlan:
    """Plan some targets by name, and all that they stand on, as if nothing were there yet."""
    asked = list(names)
    targets = with_dependencies(project.targets, asked)
    return BuildPlan(tuple(BuildStep(target, target.name in asked) for target in targets))
