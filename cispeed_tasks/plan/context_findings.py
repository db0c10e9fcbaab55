"""What is wrong with build contexts: ignore files that nobody reads, secrets and needless bytes in contexts."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from cispeed_tasks.plan.directories import ROOT, join, parent
from cispeed_tasks.plan.dockerignore import Proposal
from cispeed_tasks.plan.finding import Finding

FACTOR = 50
"""A context that is so many times as large as its inputs is reported."""
LEAST_CONTEXT, LARGE = 1_000_000, 10_000_000
"""Bytes: of a context that is worth a word, and of a single directory in it."""
NAME = ".dockerignore"
WRITE = "`inv dockerignore --write` leaves it out"


@dataclass(frozen=True)
class IgnoreInForce:
    """One build: its context, its Dockerfile (None for an inline one), and the ignore file that the engine reads for it.

    Paths are relative to the project's directory, which is `.`; of the ignore file it is said where it would be.
    """

    context: str
    dockerfile: str | None
    ignore: str


def dead_ignore_files(files: Collection[str], builds: Sequence[IgnoreInForce], alive: Collection[str]) -> list[Finding]:
    """The `.dockerignore` files that no build reads, although they lie where one might think so.

    Args:
        files: the ignore files that there are.
        builds: all builds of the project.
        alive: directories whose ignore file is read otherwise, as named contexts are and the sources of generated images.
    """
    read = {build.ignore for build in builds} | {join(directory, NAME) for directory in alive}
    reasons = {
        file: _reason(parent(file), builds) for file in sorted(set(files) - read) if posixpath.basename(file) == NAME
    }
    return [Finding(file, None, "dead-ignore-file", *reason) for file, reason in reasons.items() if reason]


def _reason(directory: str, builds: Sequence[IgnoreInForce]) -> tuple[str, str] | None:
    shadowed = [build.ignore for build in builds if build.context == directory]
    if shadowed:
        others = ", ".join(dict.fromkeys(shadowed))
        return f"no build reads it, because {others} comes first", "move its lines there"
    here = [build for build in builds if build.dockerfile and parent(build.dockerfile) == directory]
    if not here:
        return None
    build = here[0]
    places = f"{join(build.context, NAME)} or {build.dockerfile}{NAME}"
    text = f"no build reads it, because the context of {build.dockerfile} is {_shown(build.context)}"
    return text, f"move its lines to {places}, with paths relative to {_shown(build.context)}"


def context_findings(directory: str, proposal: Proposal, secrets: Sequence[str]) -> Iterator[Finding]:
    """What is to be said of one context, the secrets first.

    Args:
        directory: the context, relative to the project's directory.
        proposal: its ignore file as it should be, and what that changes.
        secrets: the paths of secrets that the ignore file lets through today, relative to the context.
    """
    gone = {one.path for one in proposal.needless}
    for path in secrets:
        is_gone = any(path == place or path.startswith(f"{place}/") for place in gone)
        step = WRITE if is_gone else "leave it out in the ignore file, or mount it as a build secret"
        yield Finding(
            join(directory, path),
            None,
            "secret-in-context",
            "nothing keeps this secret of your machine out of the build",
            step,
        )
    today, inputs = proposal.today, proposal.inputs
    if today.bytes >= LEAST_CONTEXT and today.bytes >= FACTOR * max(inputs.bytes, 1):
        times = today.bytes // max(inputs.bytes, 1)
        text = f"the context is {times} times as large as what the Dockerfiles take of it, and the classic builder sends it all"
        yield Finding(directory, None, "large-context", text, WRITE, today.bytes - inputs.bytes)
    for one in proposal.needless:
        if one.amount.bytes >= LARGE and proposal.today != proposal.after:
            text = f"{one.amount.files} files of the context that no image needs ({one.reason})"
            yield Finding(join(directory, one.path), None, "needless-directory", text, WRITE, one.amount.bytes)


def _shown(directory: str) -> str:
    return "the project's directory" if directory == ROOT else directory
