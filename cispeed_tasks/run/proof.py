"""Prove that the containers that run hold what the checkout does, by their images' fingerprints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cispeed_tasks.plan.fingerprint import LABEL
from cispeed_tasks.plan.image_names import canonical
from cispeed_tasks.plan.proof import Proof, not_ours, prove
from cispeed_tasks.plan.targets import with_dependencies
from cispeed_tasks.run.contexts import Contexts
from cispeed_tasks.run.fingerprint_records import recall
from cispeed_tasks.run.fingerprints import fingerprints
from cispeed_tasks.run.look import View
from cispeed_tasks.run.modes import full_mode
from cispeed_tasks.run.reuse import surroundings
from cispeed_tasks.tools import engine_http
from cispeed_tasks.tools.containers import SERVICE_LABEL


def proofs(view: View, containers: Sequence[Mapping[str, Any]]) -> dict[str, Proof]:
    """The proof of each container, by its service; `containers` is what the engine knows of them.

    Raises:
        WorkFailed: a file of a build context cannot be read.
    """
    project = full_mode(view).project
    targets = {canonical(target.tag): target for target in project.targets.values()}
    built = {
        str(one["Config"]["Labels"].get(SERVICE_LABEL, "")): (one, targets.get(canonical(str(one["Config"]["Image"]))))
        for one in containers
    }
    chosen = list(dict.fromkeys(target.name for _, target in built.values() if target))
    around = surroundings(project.config, with_dependencies(project.targets, chosen))
    now = fingerprints(project, chosen, around, Contexts(view.root, detailed=True))
    references = {name: f"{project.targets[name].repository}:{now[name].tag}" for name in chosen}
    images = engine_http.inspect_images(list(references.values()))
    found = {}
    for service, (container, target) in built.items():
        if target is None:
            found[service] = not_ours(service)
            continue
        # Compose gives a container the labels of its image, this one among them.
        label = container["Config"]["Labels"].get(LABEL)
        expected = (images[references[target.name]] or {}).get("Id")
        record = recall(view.root, target.name, label)
        found[service] = prove(service, str(container["Image"]), expected, label, now[target.name], record)
    return found
