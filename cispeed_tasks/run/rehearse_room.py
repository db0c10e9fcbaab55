"""Where a rehearsal takes place: its directories, what is the same for all of its jobs, and what it says."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.plan.expression_values import Value
from cispeed_tasks.plan.rehearse_environment import Machine, clean_environment
from cispeed_tasks.plan.rehearse_event import Event
from cispeed_tasks.plan.rehearse_payload import History
from cispeed_tasks.plan.rehearse_workflow import Workflow
from cispeed_tasks.tools import checkout, python_environment, temporary, terminal
from cispeed_tasks.tools.rehearsal_origin import Origin
from cispeed_tasks.tools.rehearsal_store import Artifacts, Caches

STATE = "rehearsal"


@dataclass(frozen=True)
class Voice:
    """Says what goes on: to a person or, where a program reads the result, beside that."""

    is_aside: bool = False

    def say(self, text: str = "") -> None:
        """Say a line."""
        (terminal.aside if self.is_aside else terminal.say)(text)

    def heading(self, text: str) -> None:
        """Begin a part."""
        self.say()
        self.say(terminal.styled(text, "bold"))

    def outcome(self, mark: str, text: str) -> None:
        """Say how something ended; `mark` as in terminal.outcome."""
        symbol, colour = terminal.MARKS[mark]
        self.say(f"{terminal.styled(symbol, colour)} {text}")


@dataclass(frozen=True)
class Room:
    """The directories of a rehearsal."""

    root: Path
    """The user's checkout, of which only `.cispeed/` is written to."""
    path: Path
    """A temporary directory."""
    is_kept: bool = False

    @property
    def origin(self) -> Origin:
        """What the jobs fetch from."""
        return Origin(self.path / "origin.git")

    @property
    def caches(self) -> Caches:
        """They stay for the next rehearsal."""
        return Caches(self.root / checkout.STATE / STATE / "cache")

    @property
    def python(self) -> Path:
        """A virtual environment that those of jobs are copies of; it stays, too."""
        return self.root / checkout.STATE / STATE / f"python-{python_environment.identity()}"

    @property
    def artifacts(self) -> Artifacts:
        """They go from job to job."""
        return Artifacts(self.path / "artifacts")

    def machine(self, job: str, repository: str) -> Machine:
        """Make a fresh machine for a job: directories of its own, which are empty."""
        name = repository.rpartition("/")[2]
        home = self.path / job
        places = [home / name / name, home / "_temp", home / "_tools"]
        for place in places:
            place.mkdir(parents=True)
        workspace, temporary_files, tools = map(str, places)
        system, architecture = python_environment.system(), python_environment.architecture()
        return Machine(system, architecture, workspace, temporary_files, tools, str(self.path / "event.json"))

    def leave(self, job: str) -> None:
        """Remove the machine of a job that is done, as the next job gets another one."""
        if not self.is_kept:
            temporary.remove(self.path / job)


@dataclass(frozen=True)
class Rehearsal:
    """What is the same for all jobs of a run."""

    room: Room
    workflow: Workflow
    file: str
    """The workflow's, from the repository's root."""
    event: Event
    history: History
    voice: Voice

    @property
    def variables(self) -> dict[str, str]:
        """What a fresh machine has."""
        return python_environment.without_own(clean_environment(os.environ)) | {"CI": "true"}

    @property
    def contexts(self) -> dict[str, Value]:
        """The contexts that a workflow has before any job runs, but github."""
        token = {"GITHUB_TOKEN": ""}
        return {"inputs": dict(self.event.inputs or {}), "vars": {}, "secrets": token}


@contextmanager
def room(root: Path, *, keep: bool, voice: Voice) -> Iterator[Room]:
    """Give a room that is gone when the block is left, unless it is kept; then say where it is."""
    with temporary.directory("cispeed-rehearsal-", keep=keep) as path:
        try:
            yield Room(root, path, keep)
        finally:
            if keep:
                voice.say(f"kept: {path}")


def write_event(room: Room, payload: Mapping[str, Value]) -> None:
    """Write the file that GITHUB_EVENT_PATH names."""
    checkout.write_whole(room.path / "event.json", json.dumps(payload, indent=2) + "\n")
