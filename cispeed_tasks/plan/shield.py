"""Keeps .cispeed/ out of build contexts: what the tasks write must not reach an image, nor change it at every run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cispeed_tasks.model import Target
from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from cispeed_tasks.plan.places import is_inside, relative
from cispeed_tasks.plan.services import Facts, is_remote

STATE = ".cispeed"
GENERATED = f"{STATE}/dockerfiles"
MADE = "# Made by cispeed: the ignore file in force, and what the tasks write."


def effective_ignore_text(facts: Facts, context: str, dockerfile: Path | None) -> str:
    """The text of the ignore file in force: the one beside the Dockerfile, else the context's; empty where there is none."""
    beside = facts.texts.get(f"{dockerfile}.dockerignore") if dockerfile else None
    return beside if beside is not None else facts.texts.get(f"{context}/.dockerignore", "")


def shield(target: Target, facts: Facts) -> Target:
    """The target with an ignore file that leaves .cispeed/ out, where its context would bring it.

    A user's own Dockerfile is then built from a copy beside that ignore file (docs.docker.com/build/concepts/context,
    'Filename and location'); an inline one has no place beside which an ignore file could stand, and stays as it is.
    """
    if is_remote(target.context) or target.inline or not is_inside(str(facts.root), target.context):
        return target
    state = relative(facts.root / STATE, Path(target.context))
    text = target.ignore_text
    if text is None:
        text = effective_ignore_text(facts, target.context, None if target.generated else target.dockerfile)
    ignore = read_ignore_file(text)
    if ignore.excludes(state) and not ignore.may_keep_below(state):
        return target
    text = "\n".join(
        [*([MADE] if target.ignore_text is None else []), text.removeprefix("\ufeff").rstrip("\n"), state, ""]
    )
    copy = None if target.generated else facts.root / GENERATED / f"{target.name}.own.Dockerfile"
    return replace(target, ignore_text=text, copied_to=copy)
