"""Reuse a green Playwright run when nothing that it tested has changed, and remember new ones."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from cispeed_tasks.errors import CispeedError
from cispeed_tasks.plan.fingerprint import digest
from cispeed_tasks.plan.full import FullMode
from cispeed_tasks.plan.green_run import GreenRun
from cispeed_tasks.plan.history_records import Record
from cispeed_tasks.plan.playwright import TARGET
from cispeed_tasks.plan.playwright_inputs import Observed, RunInputs, playwright_inputs
from cispeed_tasks.plan.target_images import OutsideImage
from cispeed_tasks.plan.targets import Project, with_dependencies
from cispeed_tasks.run import history
from cispeed_tasks.run.contexts import Contexts
from cispeed_tasks.run.fingerprints import fingerprints, outside_images
from cispeed_tasks.run.green_runs import GreenRuns
from cispeed_tasks.run.look import View
from cispeed_tasks.run.modes import build_names, full_mode
from cispeed_tasks.run.reuse import surroundings
from cispeed_tasks.tools import git, terminal

WHAT = "playwright-test"
TEST = "playwright"
"""What its runs are called in the history."""


def run_inputs(view: View, arguments: Sequence[str]) -> RunInputs:
    """The key of a run of the tests in full mode, as the checkout is now; raises ToolError without an engine."""
    mode = full_mode(view)
    project = mode.project
    full = build_names(project, "full", list(project.stack.services))
    names = [*dict.fromkeys(full), *([TARGET] if TARGET in project.targets else [])]
    around = surroundings(project.config, with_dependencies(project.targets, names))
    found = fingerprints(project, names, around, Contexts(project.root))
    return playwright_inputs(
        mode, Observed(found, _images(project), {**dict(_contents(project)), **dict(_handed_over(mode))}), arguments
    )


def reused(view: View, inputs: RunInputs) -> bool:
    """Whether a green run stands for this one; it is said, with the time saved, or why it cannot be."""
    if inputs.key is None:
        terminal.note(f"No green run can be reused: {inputs.unknown}.")
        return False
    run = GreenRuns(view.root, view.project.config).find([inputs.key]).get(inputs.key)
    if run is None:
        terminal.note("No green run of these images, tests and settings is recorded; the tests are run.")
        return False
    history.record(view.root, [Record("test", TEST, "reused", 0.0, saved=run.seconds, fingerprint=run.key)])
    terminal.outcome("skipped", f"Playwright: reused {run}: {terminal.seconds(run.seconds)} saved ({run.what})")
    return True


def remember(view: View, before: RunInputs | None, arguments: Sequence[str], seconds: float, results: Path) -> None:
    """Record a run that passed whole, unless something changed while it ran."""
    try:
        if before is None or before.key is None or run_inputs(view, arguments).key != before.key:
            return
        now = datetime.now(UTC).isoformat(timespec="seconds")
        commit = git.commit_id(view.root, "HEAD") if git.is_checkout(view.root) else None
        place = results.relative_to(view.root).as_posix()
        GreenRuns(view.root, view.project.config).record(
            GreenRun(before.key, f"its results were in {place}", seconds, now, commit)
        )
    except CispeedError as error:
        terminal.warn(f"the green run is not remembered: {str(error).splitlines()[0]}")


def _images(project: Project) -> dict[str, OutsideImage]:
    """The images that services run as they are, which nobody builds here."""
    services = project.stack.services
    return outside_images(
        [str(service.image) for name, service in services.items() if service.image and not project.full_target(name)]
    )


def _handed_over(mode: FullMode) -> Iterator[tuple[str, str]]:
    """The digests of the files that containers are handed instead of mounting them."""
    for decision in mode.decisions:
        files = [*decision.secrets, *([""] if decision.action == "config" else [])]
        for path in (Path(str(decision.mount.source)) / name for name in files):
            content = path.read_bytes() if path.is_file() else None
            yield f"file {decision.service}:{decision.mount.target} {path.name}", digest(content)


def _contents(project: Project) -> Iterator[tuple[str, str]]:
    """The digests of the values of Compose's secrets and configs, which the model only names."""
    for kind, entries in (("secret", project.stack.secrets), ("config", project.stack.configs)):
        for name, entry in entries.items():
            yield f"{kind} {name}", digest(*_value(entry))


def _value(entry: object) -> Iterator[bytes | str | None]:
    if isinstance(entry, dict):
        yield str(entry.get("content"))
        yield os.environ.get(str(entry["environment"])) if entry.get("environment") else None
        path = Path(str(entry.get("file")))
        yield path.read_bytes() if entry.get("file") and path.is_file() else None
