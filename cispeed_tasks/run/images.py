"""Fetch images that the registry has already, and push those that it has not."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.plan.build import BuildStep
from cispeed_tasks.plan.fingerprint import LABEL
from cispeed_tasks.plan.push_faults import push_fault
from cispeed_tasks.run.look import View
from cispeed_tasks.run.reuse import registry_reference
from cispeed_tasks.tools import engine_http, process, terminal

AT_ONCE = 4
"""How many images travel at once: most of an image's time is packing, which one processor does."""


def pull(steps: Sequence[BuildStep]) -> None:
    """Pull images by their fingerprints and give them their names; raises WorkFailed for one that does not come."""
    for remote, done in _all("pull", [str(step.remote) for step in steps]):
        if done.exit_code:
            terminal.say(done.stderr.rstrip())
            raise WorkFailed(
                f"{remote} could not be pulled, though the registry said that it has it; --force builds it here"
            )
    for step in steps:
        remote = str(step.remote)
        _check(step, remote)
        for tag in (step.target.tag, step.reference):
            engine_http.tag_image(remote, step.target.repository, tag.rsplit(":", 1)[1])


def _check(step: BuildStep, remote: str) -> None:
    """What a registry's tag leads to is believed only when the image itself says the same fingerprint."""
    image = engine_http.inspect_images([remote])[remote] or {}
    label = ((image.get("Config") or {}).get("Labels") or {}).get(LABEL)
    if step.fingerprint is None or label != step.fingerprint.value:
        raise WorkFailed(f"{remote} is not the image that its tag says: its label is {label}; --force builds it here")


def push(view: View, steps: Sequence[BuildStep]) -> None:
    """Push images to the project's registry, under their kind and their fingerprint; raises WorkFailed."""
    names = [
        (step, str(registry_reference(view.project.config, step.target, tag)))
        for step in steps
        for tag in (step.target.kind, *([step.fingerprint.tag] if step.fingerprint else []))
    ]
    for step, reference in names:
        repository, tag = reference.rsplit(":", 1)
        engine_http.tag_image(step.reference, repository, tag)
    for reference, done in _all("push", [reference for _, reference in names]):
        if done.exit_code:
            raise WorkFailed(push_fault(reference, done.stderr, is_here=True))


def _all(action: str, references: Sequence[str]) -> list[tuple[str, process.Completed]]:
    """Pull or push some images, several at once; returns for each how that ended.

    Those of one repository follow each other: their tags share blobs, and a manifest may not come before its blobs.
    """

    def one(reference: str) -> process.Completed:
        argv = ["docker", action, "--quiet", reference]
        terminal.command(process.command_line(argv))
        return process.ask(argv, timeout=None, check=False)

    def in_turn(group: Sequence[str]) -> list[tuple[str, process.Completed]]:
        return [(reference, one(reference)) for reference in group]

    groups: dict[str, list[str]] = {}
    for reference in references:
        groups.setdefault(reference.rsplit(":", 1)[0], []).append(reference)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [done for group in pool.map(in_turn, groups.values()) for done in group]
