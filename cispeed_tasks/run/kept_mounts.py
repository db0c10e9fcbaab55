"""What saving and restoring cache mounts have in common: one at a time, every step said, and no fault that fails anything."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from cispeed_tasks.errors import CispeedError, UsageError
from cispeed_tasks.plan.kept_mounts_step import MountStep
from cispeed_tasks.run.kept_mounts_seen import Mounts, directory_of, repository_of
from cispeed_tasks.run.look import View, look
from cispeed_tasks.tools import lock, terminal


@dataclass(frozen=True)
class Options:
    """What the user asked of a save or a restore."""

    dry_run: bool = False
    anew: bool = False


def carefully(word: str, work: Callable[[View, Options], None], options: Options) -> None:
    """Do the work unless another run does it; raises ConfigError of the repository, and warns of all else.

    Args:
        word: what is done to mounts, as a participle.
        work: the work.
        options: what was asked.
    """
    view = look()
    with ExitStack() as stack:
        try:
            stack.enter_context(lock.held(f"{view.project.name}-cache-mounts", "works on its cache mounts"))
        except UsageError:
            terminal.warn(f"cache mounts: nothing is {word}, since another run is saving or restoring them")
            return
        try:
            work(view, options)
        except (CispeedError, OSError) as error:
            terminal.warn(f"cache mounts: no more is {word}: {_words(error)}")


def one_mount(word: str, step: MountStep, work: Callable[[], int]) -> None:
    """Save or restore one mount; a fault of it is a warning, and the next one is begun."""
    started = time.monotonic()
    try:
        size = work()
    except (CispeedError, OSError) as error:
        terminal.warn(f"{step.keyed.name} is not {word}: {_words(error)}")
        return
    took = terminal.seconds(time.monotonic() - started)
    shown = f", {terminal.size(size)}" if size else ""
    terminal.outcome("ok", f"{step.keyed.name} {word}: {step.files} files{shown}, in {took}")


def place_of(view: View) -> str:
    """Where mounts are kept, for a person."""
    return repository_of(view) or os.path.relpath(directory_of(view), view.root)


def say(mounts: Mounts, steps: Sequence[MountStep], title: str) -> None:
    """Print a plan under its title."""
    terminal.say(title)
    for step in steps:
        terminal.say(f"  {step}")
    for one in mounts.unkept:
        terminal.say(f"  {one}")
    if not steps and not mounts.unkept:
        terminal.say("  no Dockerfile has a cache mount")


def say_end(steps: Sequence[MountStep], action: str, word: str, *, dry_run: bool) -> None:
    """Say why a plan is not carried out."""
    chosen = [step for step in steps if step.action == action]
    if dry_run and chosen:
        terminal.note(f"dry run: nothing was {word}")
    elif not chosen:
        terminal.outcome("skipped", f"nothing to {action}")


def _words(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__
