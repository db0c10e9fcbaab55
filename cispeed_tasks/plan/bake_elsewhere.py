"""What a bake file says for a builder that is not the engine's own: where images go, and what it is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cispeed_tasks.model import Target
from cispeed_tasks.plan.build import BuildStep
from cispeed_tasks.plan.builder import Place, output
from cispeed_tasks.plan.targets import root_images, with_dependencies


@dataclass(frozen=True)
class Elsewhere:
    """A build outside of the engine, each by the target's name."""

    places: Mapping[str, Place]
    """Where the images go."""
    references: Mapping[str, str] = field(default_factory=dict)
    """What they are called in the registry, where they go there."""
    handed: Mapping[str, str] = field(default_factory=dict)
    """Root images that only the engine has, as named contexts, by the images' names."""


def with_elsewhere(
    definition: Mapping[str, Any],
    steps: Iterable[BuildStep],
    all_steps: Mapping[str, BuildStep],
    targets: Mapping[str, Target],
    elsewhere: Elsewhere,
) -> dict[str, Any]:
    """A run's definition for a builder that gets the whole graph at once.

    What the registry has of the project's is taken from there; the rest of the graph is built along.

    Args:
        definition: what the run says of its targets.
        steps: what is built.
        all_steps: every step of the plan, by its target's name.
        targets: the project's.
        elsewhere: where images go, and what the builder is given.
    """
    entries = {name: dict(entry) for name, entry in definition["target"].items()}
    for step in steps:
        name = step.target.name
        entries[name] |= output(elsewhere.places[name], elsewhere.references.get(name))
    for target in with_dependencies(targets, list(entries)):
        contexts = {**_from_registry(target, all_steps), **_handed(target, elsewhere.handed)}
        if contexts:
            entry = entries.setdefault(target.name, {})
            entry["contexts"] = {**entry.get("contexts", {}), **contexts}
    return {**definition, "target": entries}


def _from_registry(target: Target, steps: Mapping[str, BuildStep]) -> dict[str, str]:
    own = {
        name: value.removeprefix("target:") for name, value in target.contexts.items() if value.startswith("target:")
    }
    return {
        name: f"docker-image://{steps[parent].remote}"
        for name, parent in own.items()
        if parent in steps and steps[parent].remote and not steps[parent].builds
    }


def _handed(target: Target, handed: Mapping[str, str]) -> dict[str, str]:
    return {name: handed[name] for name in root_images([target]) if name in handed}
