"""What need not be built: the images whose fingerprint an engine or a registry has already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cispeed_tasks.plan.build import BuildPlan, BuildStep
from cispeed_tasks.plan.fingerprint import OVER, Fingerprint, Record, differences, summary

SAME = "nothing that reaches it changed"


@dataclass(frozen=True)
class Seen:
    """What was found of a target's fingerprint: on the engine, under the target's own tag, and in the registry."""

    local: bool = False
    named: bool = False
    remote: str | None = None


@dataclass(frozen=True)
class Previous:
    """The image that a target's tag leads to now."""

    exists: bool = False
    fingerprint: str | None = None
    """The value that its label says."""
    record: Record | None = None
    """What is remembered of its inputs."""
    is_remembered: bool = False
    """An image with the inputs as they are now was built here before, and is gone."""


@dataclass(frozen=True)
class Wish:
    """What the user asked for."""

    force: bool = False
    """Everything is built anew."""
    pull: bool = False
    """Images that the registry has are needed here."""
    push: bool = False
    """The registry shall have every image, bases too, also those that nothing here needs just now."""


def plan_reuse(
    plan: BuildPlan, fingerprints: Mapping[str, Fingerprint], seen: Mapping[str, Seen], wish: Wish
) -> BuildPlan:
    """Decide for each image whether it is built; what only unbuilt images would need is left out.

    Args:
        plan: all that may have to be built, parents first.
        fingerprints: the fingerprint of each target as the checkout is.
        seen: what there is of each fingerprint.
        wish: what the user asked for.
    """
    needed = {step.target.name for step in plan.steps if step.asked or wish.push}
    for_build: set[str] = set()
    decided: list[BuildStep] = []
    for step in reversed(plan.steps):
        name = step.target.name
        if name not in needed | for_build:
            continue
        new = _decide(step, fingerprints[name], seen.get(name, Seen()), wish)
        if new.action == "pull" and not (step.asked and wish.pull):
            new = replace(new, action="leave")
        if new.builds:
            for_build |= set(step.target.dependency_names)
        decided.append(new)
    return BuildPlan(tuple(reversed(decided)))


def once_built(plan: BuildPlan) -> BuildPlan:
    """What the same will be decided once all of a plan was carried out, and nothing changed: what was asked for is reused.

    An image whose inputs cannot be known whole is built again.
    """
    return BuildPlan(tuple(_once_built(step) for step in plan.steps if step.asked), plan.roots_here)


def _once_built(step: BuildStep) -> BuildStep:
    if step.action not in {"build", "reuse"} or step.fingerprint is None or step.fingerprint.unknown:
        return step
    return replace(step, action="reuse", reason=SAME, is_named=True)


def _decide(step: BuildStep, found: Fingerprint, seen: Seen, wish: Wish) -> BuildStep:
    step = replace(step, fingerprint=found, remote=seen.remote, is_named=seen.named)
    if wish.force:
        return replace(step, reason="--force")
    if found.unknown:
        return replace(step, reason=found.unknown)
    if seen.local:
        return replace(step, action="reuse", reason=SAME)
    if seen.remote:
        return replace(step, action="pull", reason=f"{seen.remote} has it")
    return step


def with_reasons(plan: BuildPlan, previous: Mapping[str, Previous]) -> BuildPlan:
    """The plan in which every step that is built says what changed since the image that is there."""
    causes: dict[str, list[str]] = {}
    steps = []
    for step in plan.steps:
        before = previous.get(step.target.name)
        if step.builds and before is not None and step.fingerprint is not None:
            causes[step.target.tag] = found = _causes(step.fingerprint, before, causes)
            reason = step.reason or summary(found)
            step = replace(step, reason=reason, is_stale=_is_stale(step, before))  # noqa: PLW2901  # the same step
        steps.append(step)
    return replace(plan, steps=tuple(steps))


def _causes(found: Fingerprint, before: Previous, causes: Mapping[str, list[str]]) -> list[str]:
    if before.is_remembered:
        return ["the inputs are the same, the image is gone"]
    if not before.exists:
        return ["there is no image yet"]
    if before.fingerprint is None:
        return ["the image that is there was not built by these tasks"]
    if before.record is None:
        return ["the image that is there was built elsewhere; its inputs are not recorded here"]
    if before.fingerprint == found.value:
        return ["files changed while the image that is there was built"]
    return [_with_cause_below(text, causes) for text in differences(before.record, found)]


def _with_cause_below(text: str, causes: Mapping[str, list[str]]) -> str:
    """`base X changed` says also what changed of the base."""
    tag = text.removeprefix("base ").removesuffix(" changed")
    return f"{text}: {causes[tag][0]}" if tag in causes else text


def _is_stale(step: BuildStep, before: Previous) -> bool:
    """Whether what lies in the cache may be of an earlier period: nothing says that it is of this one."""
    if step.target.max_age is None or step.fingerprint is None:
        return False
    return before.record is None or any(text.endswith(OVER) for text in differences(before.record, step.fingerprint))
