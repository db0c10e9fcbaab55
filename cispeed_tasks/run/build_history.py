"""What the history keeps of builds: of each image that was built, and of the whole build with what it left as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cispeed_tasks.errors import CispeedError
from cispeed_tasks.plan.history_records import Layer, Record
from cispeed_tasks.run import history
from cispeed_tasks.tools import terminal

if TYPE_CHECKING:  # what nothing has changed for does without planning
    from cispeed_tasks.model import Target
    from cispeed_tasks.plan.build import BuildPlan, BuildStep
    from cispeed_tasks.plan.history_steps import Told
    from cispeed_tasks.run.contexts import Contexts
    from cispeed_tasks.run.look import View
    from cispeed_tasks.tools.parallel import Answer

WORTH_COUNTING = 10.0
"""Seconds of a build after which the build cache is counted."""
Logs = dict[str, list[dict[str, Any]]]
"""BuildKit's logs of builds, by their references: a row for each piece of news."""


@dataclass(frozen=True)
class Built:
    """An image that was built: its step, BuildKit's log of the build, seconds where known, bytes."""

    step: BuildStep
    log: Sequence[Mapping[str, Any]]
    seconds: float | None
    bytes: int


def whole(plan: BuildPlan) -> Record:
    """What is remembered of a whole build that ends well."""
    reused = tuple(step.target.name for step in plan.of("reuse", "leave"))
    return Record("images", "images", "built" if plan.of("build", "pull") else "reused", 0.0, reused=reused)


def cache_bytes(took: float) -> int | None:
    """How many bytes the engine's build cache takes after a build of some seconds.

    None where the engine does not say it, and after a short build: the engine counts for a second, and builds nothing
    meanwhile, where there are thousands of layers.
    """
    if took < WORTH_COUNTING:
        return None
    from cispeed_tasks.tools import engine_http

    try:
        return engine_http.build_cache_bytes()
    except CispeedError:
        return None


def told(logs: Sequence[Answer[Logs]]) -> Logs:
    """What BuildKit told of some builds that was asked for while others went on; what it does not say is left out."""
    found: Logs = {}
    for answer in logs:
        try:
            found |= answer.get()
        except CispeedError as error:
            terminal.note(f"the history does without what BuildKit knows of the builds: {error}")
    return found


def layers_of(tags: Sequence[str]) -> Mapping[str, list[Mapping[str, Any]]]:
    """The layers of some images as the engine tells them, by tag; none where it does not."""
    from cispeed_tasks.tools import engine_http

    try:
        return engine_http.layers_of(tags)
    except CispeedError as error:
        terminal.note(f"the history does without the layers of what was built: {error}")
        return {}


def remember_builds(
    view: View,
    steps: Mapping[str, BuildStep],
    built: Sequence[Built],
    layers: Mapping[str, Sequence[Mapping[str, Any]]],
) -> None:
    """Remember images that were built, each with what BuildKit tells of its build.

    Args:
        view: where.
        steps: the whole plan, by target.
        built: what was built of it.
        layers: the layers of the images, by tag.
    """
    from cispeed_tasks.plan.history_steps import Names, read_build, read_layers
    from cispeed_tasks.run.contexts import Contexts

    contexts, records = Contexts(view.root), []
    for one in built:
        names = Names(_dockerfiles(one.step.target, steps))
        steps_told = read_build(one.log, names)
        largest = read_layers(layers.get(one.step.target.tag, ()), names)
        records.append(_record(one, steps_told, largest, _context_bytes(contexts, one.step.target)))
    history.record(view.root, records)


def _record(one: Built, told: Told, layers: tuple[Layer, ...], context_bytes: int | None) -> Record:
    step = one.step
    return Record(
        "build",
        step.target.name,
        "built",
        one.seconds or 0.0,
        cause=step.reason,
        fingerprint=step.fingerprint.value if step.fingerprint else None,
        image_bytes=one.bytes,
        context_bytes=context_bytes,
        phases=told.phases,
        steps=told.steps,
        steps_cached=told.cached,
        steps_all=told.all,
        layers=layers,
    )


def _dockerfiles(target: Target, steps: Mapping[str, BuildStep]) -> Iterator[str]:
    """The Dockerfiles of a target and of all that it stands on; one in a Compose file may hold values, and is left out."""
    todo = [target]
    while todo:
        one = todo.pop()
        if not one.inline:
            yield one.dockerfile_text
        todo += [steps[name].target for name in one.dependency_names if name in steps]


def _context_bytes(contexts: Contexts, target: Target) -> int | None:
    """How many bytes Docker would send of a target's context, were nothing of it there yet; None for an address."""
    try:
        return sum(file.size for file in contexts.of_target(target).files.values() if file.kind == "file")
    except (CispeedError, OSError):
        return None
