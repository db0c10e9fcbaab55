"""Small repositories with a workflow that is rehearsed in them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from cispeed_tasks.errors import CispeedError
from cispeed_tasks.run.rehearse import Options, rehearse
from tests.git_repositories import Repository, isolate, repository

FILE = ".github/workflows/w.yml"


@dataclass(frozen=True)
class Rehearsed:
    """What came of a rehearsal."""

    jobs: dict[str, dict[str, Any]]
    """What `--json` says of each job, by its name."""
    said: str
    """What a person reads meanwhile."""
    error: CispeedError | None

    @property
    def results(self) -> dict[str, str]:
        return {name: job["result"] for name, job in self.jobs.items()}

    def outcomes(self, job: str) -> list[str]:
        return [step["outcome"] for step in self.jobs[job]["steps"]]

    def lines(self) -> list[str]:
        """What the steps printed."""
        return [line.removeprefix("  ") for line in self.said.splitlines() if line.startswith("  ")]


@dataclass(frozen=True)
class Stage:
    """A repository, and how to rehearse in it."""

    work: Repository
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def write(self, workflow: str) -> None:
        """Commit a workflow; without `on` in it, it is started by pull requests and pushes."""
        head = "" if workflow.lstrip().startswith("on:") else "on: [pull_request, push]\n"
        self.work.commit(**{FILE: head + workflow})

    def rehearse(self, workflow: str | None = None, options: Options | None = None) -> Rehearsed:
        """Commit a workflow, if there is a new one, and rehearse it on a push unless another event is asked for."""
        if workflow is not None:
            self.write(workflow)
        self.capsys.readouterr()
        options = replace(options or Options(event="push"), as_json=True)
        error = None
        try:
            rehearse("w", options)
        except CispeedError as caught:
            error = caught
        out, said = self.capsys.readouterr()
        jobs = {job["name"]: job for job in json.loads(out)["jobs"]} if out else {}
        return Rehearsed(jobs, said, error)


def stage(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Stage:
    """An empty repository."""
    isolate(monkeypatch)
    made = repository(path / "shop")
    monkeypatch.chdir(made.path)
    return Stage(made, monkeypatch, capsys)
