"""Pass images from one machine to the next: as archives, or through the registry; nothing is built where they arrive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from cispeed_tasks.errors import ConfigError, UsageError, WorkFailed
from cispeed_tasks.plan.build import BuildPlan, BuildStep, plan_bases, plan_bases_below, plan_full, plan_targets
from cispeed_tasks.plan.playwright import TARGET
from cispeed_tasks.plan.reuse import Wish
from cispeed_tasks.run import images, reuse, roots
from cispeed_tasks.run.look import View, chosen_services, look
from cispeed_tasks.tools import checkout, engine, engine_http, process, terminal

GIVEN, TAKEN = "images/given", "images/taken"
NOTE = "Archives of images, on their way from one machine to the next: `inv images-save` and `inv images-load`.\n"


@dataclass(frozen=True)
class Selection:
    """Which images are meant: those of some services (None: nobody said) or all, the bases, that of the Playwright tests."""

    services: tuple[str, ...] | None = None
    is_all: bool = False
    bases: bool = False
    bases_of: tuple[str, ...] | None = None
    """Services whose images stand on the bases that are meant."""
    playwright: bool = False


def save(selection: Selection, directory: str | None) -> None:
    """Save images, which are here by their fingerprints, as one archive; raises WorkFailed for one that is not."""
    view, steps = _here(selection)
    if not steps:
        return
    place = _directory(view, directory, GIVEN)
    place.mkdir(parents=True, exist_ok=True)
    references = [name for step in steps for name in (step.reference, step.target.tag)]
    archive = place / f"{hashlib.sha256(' '.join(references).encode()).hexdigest()[:16]}.tar"
    if process.show(["docker", "save", "--output", str(archive), *dict.fromkeys(references)]):
        raise WorkFailed("the images could not be saved; the engine's own words are above")
    terminal.outcome("ok", f"{_names(steps)} in {archive.name}, {terminal.size(archive.stat().st_size)}")


def push(selection: Selection) -> None:
    """Push images to the registry; raises UsageError where there is none, WorkFailed for one that is not here."""
    view, steps = _here(selection)
    if not view.project.config.registry:
        raise UsageError(
            "there is nowhere to push to: write `registry: ghcr.io/ORGANISATION/REPOSITORY` into cispeed.yaml"
        )
    images.push(view, steps)


def load(selection: Selection, directory: str | None) -> None:
    """Take images that other machines built, from archives or from the registry.

    Raises:
        WorkFailed: one is in neither as this checkout makes it.
    """
    view, plan = _chosen(selection)
    place = _directory(view, directory, TAKEN)
    for archive in sorted(place.glob("*.tar")):
        if process.show(["docker", "load", "--quiet", "--input", str(archive)]):
            raise WorkFailed(f"{archive} could not be loaded; the engine's own words are above")
    plan = _decided(view, plan)
    images.pull(plan.of("pull"))
    _name(plan.of("reuse"))
    _require(plan.of("build"), f"neither in {_shown(view, place)} nor in the registry")
    if not plan.steps:
        terminal.outcome("skipped", "no image is asked for")
        return
    terminal.outcome("ok", f"{_names(plan.steps)}: as this checkout makes {'it' if len(plan.steps) == 1 else 'them'}")


def build_playwright(cache: str | None) -> None:
    """Build the image of the Playwright tests, where anything of it changed; raises ConfigError where there is none."""
    from cispeed_tasks.run import build

    view, plan = _chosen(Selection(playwright=True))
    build.build(view, plan, build.Options(pull=True, cache=cache))


def _chosen(selection: Selection) -> tuple[View, BuildPlan]:
    view = look()
    engine.require()
    names = _targets(view, selection)
    return view, plan_targets(view.project, dict.fromkeys(names))


def _targets(view: View, selection: Selection) -> list[str]:
    if selection.is_all or selection == Selection():
        selection = replace(selection, services=tuple(view.stack.services))
    plans = []
    if selection.services:
        plans.append(plan_full(view.project, chosen_services(view, selection.services)))
    if selection.bases:
        plans.append(plan_bases(view.project, ()))
    if selection.bases_of:
        plans.append(plan_bases_below(view.project, chosen_services(view, selection.bases_of)))
    names = [step.target.name for plan in plans for step in plan.steps if step.asked]
    if selection.playwright and TARGET not in view.project.targets:
        raise ConfigError("no image of Playwright tests is built here; `playwright: {directory: …}` names the tests")
    return [*names, *([TARGET] if selection.playwright else [])]


def _here(selection: Selection) -> tuple[View, list[BuildStep]]:
    """The images that are meant, all of them on this engine."""
    view, plan = _chosen(selection)
    decided = _decided(view, plan)
    _require(decided.of("build"), "not on this machine; build it first")
    return view, [step for step in decided.of("reuse") if step.asked]


def _decided(view: View, plan: BuildPlan) -> BuildPlan:
    """What is there of the images that are asked for; outside images are fetched, since fingerprints hold their digests."""
    decided = reuse.decide(view, plan, Wish(pull=True)).plan
    if decided.roots:
        roots.provide_roots(decided.roots, view.project.config)
        decided = reuse.decide(view, plan, Wish(pull=True)).plan
    return decided


def _name(steps: Iterable[BuildStep]) -> None:
    unnamed = [step for step in steps if not step.is_named]
    engine_http.tag_images([(s.reference, s.target.repository, s.target.tag.rsplit(":", 1)[1]) for s in unnamed])


def _require(missing: Iterable[BuildStep], where: str) -> None:
    faults = [f"{step.target.name} is {where}: {step.reason or step.target.cause}" for step in missing if step.asked]
    if faults:
        raise WorkFailed("\n".join(faults))


def _directory(view: View, directory: str | None, usual: str) -> Path:
    if directory:
        return Path(directory).absolute()
    checkout.write_state(view.root, "images/README.txt", NOTE)
    return view.root / checkout.STATE / usual


def _shown(view: View, place: Path) -> str:
    return str(place.relative_to(view.root)) if view.root in place.parents else str(place)


def _names(steps: Iterable[BuildStep]) -> str:
    return ", ".join(step.target.name for step in steps if step.asked) or "no image"
