"""What decides how a Playwright run in full mode ends: its images, how they are run, and what is asked of the tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cispeed_tasks.plan.fingerprint import Fingerprint, Input, combine, digest
from cispeed_tasks.plan.full import FullMode
from cispeed_tasks.plan.mount_decision import REPORTS
from cispeed_tasks.plan.playwright import TARGET
from cispeed_tasks.plan.target_images import OutsideImage

SCHEMA = "1"


@dataclass(frozen=True)
class RunInputs:
    """The key of a run, or why there is none: then no run can stand for another."""

    key: str | None
    unknown: str | None = None


@dataclass(frozen=True)
class Observed:
    """What the run sees besides the checkout's images."""

    fingerprints: Mapping[str, Fingerprint]
    """Of the targets, by name."""
    images: Mapping[str, OutsideImage] = field(default_factory=dict)
    """Images of others that services run as they are."""
    contents: Mapping[str, str] = field(default_factory=dict)
    """The digests of what Compose's `configs:` and `secrets:` give, by their names."""


def playwright_inputs(mode: FullMode, observed: Observed, arguments: Sequence[str]) -> RunInputs:
    """Work out the key of a run.

    Args:
        mode: the project in full mode.
        observed: the images, and what else is given to containers.
        arguments: what `playwright test` is given besides the usual, a shard among it.
    """
    kept = next(
        (d for d in mode.decisions if d.action == "keep" and d.mount.type == "bind" and d.kind != REPORTS), None
    )
    if kept is not None:
        return RunInputs(None, f"{kept.service} mounts {kept.mount.source} from this machine ({kept.kind})")
    found = [Input("schema", "", SCHEMA), Input("setting", "arguments", digest(*arguments))]
    found += _settings(mode)
    found += [Input("setting", f"given {name}", state) for name, state in observed.contents.items()]
    for name, state, unknown in _images(mode, observed):
        if unknown:
            return RunInputs(None, unknown)
        found.append(Input("image", name, state))
    return RunInputs(combine("playwright", found).value)


def _settings(mode: FullMode) -> Iterator[Input]:
    """How the services are run, by the resolved model; only digests of its values are kept."""
    config, root = mode.project.config, str(mode.project.root)
    for name, service in mode.project.stack.services.items():
        model = {key: value for key, value in service.raw.items() if key not in {"build", "image"}}
        yield Input("setting", f"service {name}", digest(_canonical(model).replace(root, ".")))
        own = config.services.get(name)
        yield Input("setting", f"config {name}", digest(own.model_dump_json() if own else None))
    yield Input("setting", "playwright", digest(config.playwright.model_dump_json()))
    yield Input("setting", "prepare", digest(*(step.model_dump_json() for step in config.prepare)))
    stack = mode.project.stack
    yield Input("setting", "networks and volumes", digest(_canonical([stack.networks, stack.volumes])))


def _images(mode: FullMode, observed: Observed) -> Iterator[tuple[str, str, str | None]]:
    """The image of each service and of the tests: its name, its state, and why that cannot be known."""
    for name, service in mode.project.stack.services.items():
        target = mode.project.target_of("mounts", name) or mode.project.full_target(name)
        if target is not None:
            found = observed.fingerprints[target.name]
            yield name, found.value, found.unknown
            continue
        image = str(service.image)
        known = image.rpartition("@")[2] if "@" in image else observed.images.get(image, OutsideImage()).digest
        yield name, str(known), None if known else f"the digest of {image} is not known here"
    if TARGET in mode.project.targets:
        tests = observed.fingerprints[TARGET]
        yield "the tests", tests.value, tests.unknown


def _canonical(data: Any) -> str:  # noqa: ANN401  # a part of the model
    return json.dumps(data, sort_keys=True, default=str)
