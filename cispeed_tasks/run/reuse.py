"""Find out which images are there already: fingerprints of the checkout, names on the engine, HEADs in the registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cispeed_tasks.config_schema import Config
from cispeed_tasks.model import Target
from cispeed_tasks.plan.build import BuildPlan, BuildStep
from cispeed_tasks.plan.fingerprint import LABEL, Fingerprint
from cispeed_tasks.plan.image_names import canonical
from cispeed_tasks.plan.reuse import Previous, Seen, Wish, plan_reuse, with_reasons
from cispeed_tasks.plan.roots import is_outdated
from cispeed_tasks.plan.target_images import OutsideImage
from cispeed_tasks.run.contexts import Contexts
from cispeed_tasks.run.fingerprint_records import is_remembered, recall, remember
from cispeed_tasks.run.fingerprints import Surroundings, fingerprint, fingerprints, look_around
from cispeed_tasks.run.look import View
from cispeed_tasks.tools import engine_http, registry, terminal
from cispeed_tasks.tools.registry import Answer


@dataclass(frozen=True)
class Decision:
    """A plan with what need not be built, and what it followed from."""

    plan: BuildPlan
    around: Surroundings
    contexts: Contexts


def decide(view: View, plan: BuildPlan, wish: Wish) -> Decision:
    """The plan with what need not be built, and with a cause for the rest.

    What stands on an outside image whose digest nobody knows is built; once that image is here, this is to be asked again.

    Raises:
        ToolError: no engine answers.
        WorkFailed: a file of a build context cannot be read.
    """
    project, targets = view.project, [step.target for step in plan.steps]
    around = surroundings(project.config, targets)
    contexts = Contexts(project.root)
    found = fingerprints(project, [target.name for target in targets], around, contexts)
    decided = plan_reuse(plan, found, _seen(project.config, project.targets, found), wish)
    # Of what is there, and was built elsewhere, the inputs are remembered too, to say later what changed.
    new = [step for step in decided.of("reuse", "pull") if not is_remembered(view.root, found[step.target.name])]
    full, known = contexts.detailed(), dict(found)
    for step in (*decided.of("build"), *new):
        known[step.target.name] = fingerprint(project, step.target, around, full, known)
    for step in new:
        remember(view.root, known[step.target.name])
    here = frozenset(name for name, image in around.images.items() if image.is_here)
    decided = BuildPlan(tuple(replace(step, fingerprint=known[step.target.name]) for step in decided.steps), here)
    return Decision(with_reasons(decided, _previous(view, decided.of("build"))), around, contexts)


def registry_reference(config: Config, target: Target, tag: str) -> str | None:
    """The name of a target's image in the project's registry; None where no registry is configured."""
    return f"{config.registry.rstrip('/')}/{target.subject.lower()}:{tag}" if config.registry else None


def in_registry(config: Config, references: Sequence[str]) -> frozenset[str]:
    """Those of some references that their registry has just now; a silent one has none."""
    if not references:
        return frozenset()
    from cispeed_tasks.tools.registry_head import heads

    insecure = engine_http.insecure_registries()
    answers = heads(references, timeout=config.timeouts.registry, insecure=insecure)
    return frozenset(name for name, one in answers.items() if one.answer is Answer.THERE)


def surroundings(config: Config, targets: Iterable[Target]) -> Surroundings:
    """What decides the images of some targets besides the checkout.

    The digests of outside images that are not here come from their registries, where images may come from one at all.

    Whether such an image has triggers is not known yet. That is safe: what was built and pushed was built where the image
    was, and has another fingerprint if there were any.
    """
    around, known = look_around(targets), {}
    for name, found in around.images.items():
        image = found
        if is_outdated(name, found.made_by, config.roots):  # it is made anew
            known[name] = image = OutsideImage(None, has_triggers=True)
        if image.digest is None and config.registry:
            answer, words = registry.find(name, timeout=config.timeouts.registry)
            if answer is Answer.THERE:
                known[name] = OutsideImage(words)
    return replace(around, images={**around.images, **known})


def _seen(config: Config, targets: Mapping[str, Target], found: Mapping[str, Fingerprint]) -> dict[str, Seen]:
    references = {name: f"{targets[name].repository}:{one.tag}" for name, one in found.items()}
    names = engine_http.names_of(list(references.values()))
    seen = {}
    for name, reference in references.items():
        others = names[reference]
        seen[name] = Seen(others is not None, canonical(targets[name].tag) in map(canonical, others or ()))
    remotes = _remotes(config, targets, {name: found[name] for name in found if not seen[name].local})
    return {name: replace(one, remote=remotes.get(name)) for name, one in seen.items()}


def _remotes(config: Config, targets: Mapping[str, Target], found: Mapping[str, Fingerprint]) -> dict[str, str]:
    """The references of those fingerprints that the registry has; a registry that is silent has none, which is said."""
    named = {name: registry_reference(config, targets[name], one.tag) for name, one in found.items()}
    asked = {name: reference for name, reference in named.items() if reference is not None}
    if not asked:
        return {}
    from cispeed_tasks.tools.registry_head import heads

    insecure = engine_http.insecure_registries()
    answers = heads(list(asked.values()), timeout=config.timeouts.registry, insecure=insecure)
    silent = [answer.words for answer in answers.values() if answer.answer is Answer.SILENT]
    if silent:
        terminal.warn(f"{config.registry} does not say which images it has ({silent[0]}); what is not here is built")
    return {name: reference for name, reference in asked.items() if answers[reference].answer is Answer.THERE}


def _previous(view: View, steps: Iterable[BuildStep]) -> dict[str, Previous]:
    """What the tags of the targets that are built lead to now."""
    steps = tuple(steps)
    images = engine_http.inspect_images([step.target.tag for step in steps])
    found = {}
    for step in steps:
        image, name = images[step.target.tag], step.target.name
        label = ((image or {}).get("Config") or {}).get("Labels") or {}
        value = str(label[LABEL]) if LABEL in label else None
        own = recall(view.root, name, step.fingerprint.value) if step.fingerprint else None
        gone = own is not None and value != own.value
        found[name] = Previous(image is not None, value, recall(view.root, name, value), is_remembered=gone)
    return found
