"""Bring the results of a Playwright run back, and say how it went."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cispeed_tasks.errors import Interrupted, TestsFailed
from cispeed_tasks.plan.playwright import result_paths
from cispeed_tasks.run.look import View
from cispeed_tasks.run.modes import project_name
from cispeed_tasks.tools import checkout, containers, playwright_results, terminal

SUFFIX = "test"
INTERRUPTED_CODES = {130, 143}


@dataclass(frozen=True)
class Ended:
    """How the container of the tests ended: its exit code, and the reason when it did not end by itself."""

    exit_code: int
    reason: str | None


def new_results(view: View) -> Path:
    """A new folder for a run's results, and the link `latest` to it."""
    folder = view.root / checkout.STATE / "playwright"
    checkout.write_state(
        view.root, "playwright/README.txt", "Each folder holds one run's results; `latest` is the newest.\n"
    )
    name = datetime.now().strftime("%Y%m%d-%H%M%S")  # noqa: DTZ005  # a person reads it in local time
    results = folder / (name if not (folder / name).exists() else f"{name}-{os.getpid()}")
    results.mkdir()
    link = folder / "latest"
    temporary = folder / f".latest.{os.getpid()}"
    temporary.symlink_to(results.name)
    temporary.replace(link)
    return results


def collect(view: View, container: str, results: Path, ended: Ended) -> playwright_results.Results | None:
    """Bring back everything, completing what a run that was ended early could not write."""
    workdir = str(containers.workdir(container) or "/")
    for path in result_paths(view.project.config.playwright, workdir):
        into = results if path == result_paths(view.project.config.playwright, workdir)[0] else results / "own"
        containers.copy_out(container, path, into, strip=into is results)
    collect_logs(view, results)
    outcome = playwright_results.read(results)
    if ended.reason or (ended.exit_code and (outcome is None or not outcome.complete)):
        reason = ended.reason or f"the container of the tests ended with exit code {ended.exit_code} before its run did"
        for name in playwright_results.complete_reports(results, reason):
            terminal.note(f"  {name} was completed by cispeed from the records of the tests that had ended")
    return playwright_results.read(results)


def collect_logs(view: View, results: Path) -> None:
    """Write what every container of the stack wrote, a file each."""
    folder = results / "logs"
    folder.mkdir(exist_ok=True)
    for state in containers.states(project_name(view, SUFFIX)):
        (folder / f"{state.name.removeprefix(project_name(view, SUFFIX) + '-')}.log").write_text(
            containers.logs(state.name), encoding="utf-8"
        )


def say(results: Path, outcome: playwright_results.Results | None, ended: Ended) -> None:
    """The line with the counts and the report's path; raises TestsFailed with the tests' own exit code."""
    report = next(iter(sorted(results.rglob("index.html"))), results)
    if ended.exit_code == 0 and outcome is not None and not outcome.complete:
        ended = Ended(1, "the run did not come to its end")
    if ended.exit_code == 0 and outcome is None:
        ended = Ended(
            1,
            "the container ended well and left no record of any test (a JUnit file, or PLAYWRIGHT_JUNIT_OUTPUT_FILE obeyed)",
        )
    counts = str(outcome) if outcome else "no record of any test"
    for failure in outcome.failures if outcome else ():
        terminal.outcome("failed", failure)
    line = f"{counts}; report: {_short(report)}; everything: {_short(results)}"
    terminal.step_summary(_summary(outcome, ended))
    if ended.exit_code:
        why = ended.reason or "tests failed"
        if ended.exit_code in INTERRUPTED_CODES:
            raise Interrupted(f"interrupted: {line}")
        raise TestsFailed(f"Playwright: {why}: {line}", ended.exit_code)
    terminal.outcome("ok", f"Playwright: {line}")


def _short(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if here in path.parents else str(path)


def _summary(outcome: playwright_results.Results | None, ended: Ended) -> str:
    mark = "❌" if ended.exit_code else "✅"
    failures = "".join(f"\n- `{failure}`" for failure in (outcome.failures if outcome else ()))
    return f"### {mark} Playwright: {outcome or ended.reason or 'no record'}\n{failures}"
