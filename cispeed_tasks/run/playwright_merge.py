"""Merge the reports of a Playwright run that several machines shared, in the tests' own image."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cispeed_tasks.errors import UsageError, WorkFailed
from cispeed_tasks.plan.playwright import RESULTS, TARGET, merge_command, merge_variables
from cispeed_tasks.run.look import View, look
from cispeed_tasks.tools import checkout, containers, engine, playwright_results, process, terminal

SHARDS, LATEST, MERGED = "playwright/shards", "playwright/latest", "playwright/merged"


def merge(directories: Sequence[str]) -> None:
    """Merge the blob reports below some directories into one HTML report and one JUnit file.

    Raises:
        UsageError: there is no blob report.
        WorkFailed: Playwright could not merge them.
    """
    view = look()
    places = [Path(name).absolute() for name in directories] or _usual(view)
    blobs = sorted(path for place in places for path in place.rglob("blob/*.zip"))
    if not blobs:
        shown = ", ".join(_shown(view, place) for place in places)
        raise UsageError(f"no blob report below {shown}: `inv playwright-test --shard 1/2` leaves one in its results")
    engine.require()
    target = view.project.targets.get(TARGET)
    if target is None:
        raise UsageError("no image of Playwright tests is built here, which merges reports")
    merged = view.root / checkout.STATE / MERGED
    shutil.rmtree(merged, ignore_errors=True)
    _merge(view, target.tag, blobs, merged)
    _say(view, merged, blobs)


def _usual(view: View) -> list[Path]:
    """Where the results of several machines are, else those of the last run here."""
    state = view.root / checkout.STATE
    return [state / SHARDS] if (state / SHARDS).is_dir() else [(state / LATEST).resolve()]


def _merge(view: View, image: str, blobs: Sequence[Path], merged: Path) -> None:
    variables = [word for name, value in merge_variables().items() for word in ("--env", f"{name}={value}")]
    label = f"cispeed.project={view.project.name}"
    made = process.ask(["docker", "create", "--init", "--label", label, *variables, image, *merge_command()])
    container = made.stdout.strip()
    try:
        with tempfile.TemporaryDirectory() as folder:
            for number, blob in enumerate(blobs):
                shutil.copy(blob, Path(folder) / f"{number}-{blob.name}")
            # The last dot makes it the directory's content that is copied.
            process.ask(["docker", "cp", "--quiet", f"{folder}/.", f"{container}:{RESULTS}-blobs"])
        code = process.show(["docker", "start", "--attach", container])
        containers.copy_out(container, RESULTS, merged, strip=True)
    finally:
        containers.remove(container)
    if code:
        raise WorkFailed(f"Playwright could not merge the reports (exit code {code}); its own words are above")


def _say(view: View, merged: Path, blobs: Sequence[Path]) -> None:
    outcome = playwright_results.read(merged)
    for failure in outcome.failures if outcome else ():
        terminal.outcome("failed", failure)
    many = "1 report" if len(blobs) == 1 else f"{len(blobs)} reports"
    line = f"{outcome or 'no tests'}; {many} merged: {_shown(view, merged)}/html/index.html"
    terminal.outcome("failed" if outcome and outcome.failed else "ok", f"Playwright: {line}")
    terminal.step_summary(f"### Playwright: {outcome or 'no tests'}, of {many}")


def _shown(view: View, place: Path) -> str:
    return str(place.relative_to(view.root)) if view.root in place.parents else str(place)
