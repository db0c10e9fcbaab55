"""Look at everything that the tasks stand on, all at once, and say of each line whether it is well and what mends it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from cispeed_tasks.errors import CispeedError, WorkFailed
from cispeed_tasks.plan import doctor_engine, doctor_machine, doctor_repository
from cispeed_tasks.plan.doctor import Line, Machine, Unseen, as_data, collapsed, outcome
from cispeed_tasks.run import doctor_docker, doctor_project
from cispeed_tasks.tools import terminal
from cispeed_tasks.tools.parallel import Answer

SECONDS = 12.0
"""What all lines together may take; one that is not known by then says so."""
MARKS = {"ok": "ok", "warning": "warn", "fault": "failed"}
T = TypeVar("T")


def doctor(*, as_json: bool) -> None:
    """Print every line; raises WorkFailed where one of them is a fault."""
    groups = diagnose(Path.cwd().resolve())
    shown = {heading: collapsed(group) for heading, group in groups.items()}
    state, sentence = outcome([line for group in shown.values() for line in group])
    if as_json:
        terminal.say(json.dumps(as_data(groups), indent=2, ensure_ascii=False))
    else:
        for heading, lines in shown.items():
            terminal.heading(heading)
            for line in lines:
                _say(line)
        terminal.say()
    if state == "fault":
        raise WorkFailed(sentence)
    if not as_json:
        terminal.outcome(MARKS[state], sentence)


def _say(line: Line) -> None:
    terminal.outcome(MARKS[line.state], str(line))
    if line.mend:
        terminal.say(f"    → {line.mend}")


def diagnose(start: Path) -> dict[str, list[Line]]:
    """Every line, under its heading; no line waits for what another one is about, and none longer than the whole may take."""
    end = time.monotonic() + SECONDS
    questions = _ask(start)
    get: Callable[[str], Any] = partial(_known, questions, end)
    machine = get("machine")
    machine = machine if isinstance(machine, Machine) else Machine("Linux", False, False, False, False)
    engine, builder = get("engine"), get("builder")
    found = {
        "Docker": [
            doctor_engine.judge_engine(engine, machine),
            doctor_engine.judge_buildkit(engine, get("settings"), machine),
            doctor_engine.judge_buildx(get("buildx"), machine),
            doctor_engine.judge_builder(builder, engine),
            doctor_engine.judge_compose(get("compose"), machine),
            doctor_engine.judge_image_store(engine, builder, machine),
        ],
        "This machine": [
            doctor_machine.judge_disk(get("disk")),
            doctor_machine.judge_memory(get("memory"), machine),
            doctor_machine.judge_cgroups(engine),
            doctor_machine.judge_clock(get("clock"), machine),
            doctor_machine.judge_proxy(engine, doctor_docker.proxy_variables(), machine),
        ],
        "This repository": [
            doctor_repository.judge_config(get("config")),
            doctor_repository.judge_git(get("git")),
            doctor_repository.judge_state_directory(get("state")),
            doctor_repository.judge_registry(get("registry")),
            doctor_repository.judge_root_images(get("root images")),
            doctor_repository.judge_cache(get("build cache")),
            doctor_repository.judge_leftovers(get("leftovers")),
        ],
    }
    terminal.progress_done()
    return found


def _ask(start: Path) -> dict[str, Answer[Any]]:
    """Ask everything now; what needs another answer waits for it in its own thread."""
    os.environ.setdefault("CISPEED_CONFIG", "cispeed.yaml")
    machine = Answer(doctor_docker.machine)
    engine = Answer(doctor_docker.engine)
    loaded = Answer(partial(doctor_project.load, start))
    view = Answer(partial(doctor_project.view, loaded))
    builder = Answer(partial(doctor_project.builder, loaded))
    access = Answer(partial(doctor_project.registry_access, loaded, view, engine))
    return {
        "machine": machine,
        "engine": engine,
        "settings": Answer(doctor_docker.settings),
        "buildx": Answer(partial(doctor_docker.plugin, "buildx")),
        "builder": builder,
        "compose": Answer(partial(doctor_docker.plugin, "compose")),
        "disk": Answer(partial(doctor_docker.rooms, engine, start)),
        "memory": Answer(partial(doctor_docker.memory, engine)),
        "clock": Answer(partial(doctor_docker.clocks, engine, access)),
        "config": Answer(partial(doctor_project.config, loaded, view)),
        "git": Answer(partial(doctor_project.git_facts, start)),
        "state": Answer(partial(doctor_project.state_directory, loaded)),
        "registry": Answer(partial(doctor_project.registry, loaded, access)),
        "root images": Answer(partial(doctor_project.root_images, view, engine)),
        "build cache": Answer(partial(doctor_project.build_cache, view, builder)),
        "leftovers": Answer(partial(doctor_project.leftovers, view, engine)),
    }


def _known(questions: dict[str, Answer[Any]], end: float, name: str) -> Any:  # noqa: ANN401  # facts of every kind
    """The answer to a question, or why there is none."""
    if terminal.moves():
        terminal.progress(f"looking at: {name} …")
    try:
        return questions[name].get(max(end - time.monotonic(), 0.05))
    except (CispeedError, OSError, ValueError, LookupError) as error:
        words = str(error).strip() or type(error).__name__
        return Unseen(words.splitlines()[0].partition("; ")[0])
