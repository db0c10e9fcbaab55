"""What the history keeps of builds: of each image that was built, and of the whole build with what it left as it was."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cispeed_tasks.plan.history_records import Record
from cispeed_tasks.run import history

if TYPE_CHECKING:  # what nothing has changed for does without planning
    from cispeed_tasks.plan.build import BuildPlan, BuildStep
    from cispeed_tasks.run.look import View


@dataclass(frozen=True)
class Built:
    """An image that was built: its step, BuildKit's reference of the build, seconds where known, bytes."""

    step: BuildStep
    reference: str
    seconds: float | None
    bytes: int


@contextmanager
def remembered(view: View, plan: BuildPlan, started: float) -> Iterator[None]:
    """Remember a whole build, however it ends.

    Args:
        view: where.
        plan: what is done.
        started: when it began, on the monotonic clock.
    """
    result = "failed"
    try:
        yield
        result = "built" if plan.of("build", "pull") else "reused"
    finally:
        reused = tuple(step.target.name for step in plan.of("reuse", "leave"))
        took = time.monotonic() - started
        history.record(view.root, [Record("images", "images", result, took, reused=reused)])


def remember_reused(root: Path, names: Sequence[str], seconds: float) -> None:
    """Remember a build in which everything was left as it was."""
    history.record(root, [Record("images", "images", "reused", seconds, reused=tuple(names))])


def remember_builds(view: View, built: Sequence[Built]) -> None:
    """Remember images that were built."""
    history.record(view.root, [_record(one) for one in built])


def _record(one: Built) -> Record:
    step = one.step
    return Record(
        "build",
        step.target.name,
        "built",
        one.seconds or 0.0,
        cause=step.reason,
        fingerprint=step.fingerprint.value if step.fingerprint else None,
        image_bytes=one.bytes,
    )
