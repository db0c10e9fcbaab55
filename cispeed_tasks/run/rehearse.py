"""Rehearse a workflow on this machine: read it, play an event, run its jobs, and say how they ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cispeed_tasks.errors import Interrupted, ToolError, UsageError, WorkFailed
from cispeed_tasks.plan.rehearse_event import choose_event, make_event
from cispeed_tasks.plan.rehearse_results import JobResult, as_data, failures, not_run_lines, table_rows
from cispeed_tasks.plan.rehearse_workflow import Workflow
from cispeed_tasks.run.rehearse_act import run_act
from cispeed_tasks.run.rehearse_history import Wish, find_history
from cispeed_tasks.run.rehearse_jobs import Jobs
from cispeed_tasks.run.rehearse_load import find_workflow, load_workflow
from cispeed_tasks.run.rehearse_room import STATE, Rehearsal, Room, Voice, room, write_event
from cispeed_tasks.tools import checkout, git, python_environment, terminal
from cispeed_tasks.tools.rehearsal_origin import Origin
from cispeed_tasks.tools.script import terminated_like_interrupted


@dataclass(frozen=True)
class Options:
    """What a user asks for."""

    event: str | None = None
    wish: Wish = field(default_factory=Wish)
    inputs: Mapping[str, str] = field(default_factory=dict)
    job: str | None = None
    as_json: bool = False
    keep: bool = False
    act: bool = False


def rehearse(name: str, options: Options) -> None:
    """Run a workflow's jobs as GitHub would for an event.

    Raises:
        UsageError: an option names what there is not.
        ConfigError: GitHub would refuse the workflow; every fault has its place.
        WorkFailed: a job failed.
        Interrupted: Ctrl-C ended it.
        ToolError: git is not installed, or this is Windows.
    """
    if python_environment.system() == "Windows":
        raise ToolError("a rehearsal ends processes as only Unix can; run it in WSL")
    root = git.find_root(Path.cwd())
    path = find_workflow(root, name)
    file = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    workflow = load_workflow(path, file)
    event = choose_event(workflow, options.event)
    if options.job and options.job not in workflow.jobs:
        raise UsageError(f"--job {options.job}: the jobs of {file} are {', '.join(workflow.jobs)}")
    voice = Voice(is_aside=options.as_json)
    with terminated_like_interrupted(), room(root, keep=options.keep, voice=voice) as place:
        rehearsal = _prepare(place, workflow, file, event, options, voice)
        _say_plan(rehearsal, options)
        if options.act:
            run_act(rehearsal, path, options.job)
            return
        jobs = Jobs(rehearsal)
        jobs.run(options.job)
        _finish(rehearsal, jobs, options)


def _prepare(place: Room, workflow: Workflow, file: str, name: str, options: Options, voice: Voice) -> Rehearsal:
    origin = Origin.of(place.root, place.origin.path)
    history = find_history(place.root, origin, name, options.wish)
    event = make_event(name, workflow, history, options.inputs)
    origin.point(event.ref, event.sha)
    write_event(place, event.payload)
    return Rehearsal(place, workflow, file, event, history, voice)


def _say_plan(rehearsal: Rehearsal, options: Options) -> None:
    event, history, voice = rehearsal.event, rehearsal.history, rehearsal.voice
    into = f" into {history.base_branch} ({history.base[:12]})" if event.sha != history.head else ""
    voice.say(f"{rehearsal.file} on {event.name}: {history.branch} ({history.head[:12]}){into}, as {event.ref}")
    if not options.wish.dirty:
        _say_left_out(rehearsal)
    narrowed = rehearsal.workflow.triggers[event.name]
    filters = (
        [key for key in narrowed if key.startswith(("branches", "paths", "tags"))] if isinstance(narrowed, dict) else []
    )
    if filters:
        voice.say(f"not evaluated: {', '.join(filters)} of `on.{event.name}`; the event is taken to pass them")
    ignored = [key for key in ("concurrency", "permissions") if key in rehearsal.workflow.data]
    if ignored:
        voice.say(f"ignored: {', '.join(ignored)}")


def _say_left_out(rehearsal: Rehearsal) -> None:
    root, voice = rehearsal.room.root, rehearsal.voice
    left_out = {*(path for _, path in git.changed_since(root, "HEAD")), *git.untracked(root)}
    if left_out:
        files = "1 file is" if len(left_out) == 1 else f"{len(left_out)} files are"
        voice.outcome("warn", f"{files} not committed and not rehearsed; --dirty takes them, too")
    if rehearsal.file in left_out:
        voice.outcome("warn", f"{rehearsal.file} itself is read as it lies here")


def _finish(rehearsal: Rehearsal, jobs: Jobs, options: Options) -> None:
    results, voice, (total, chain) = jobs.results, rehearsal.voice, jobs.seconds
    summary = "\n".join(f"## {one.label}\n\n{one.summary}" for one in results if one.summary)
    summary_file = checkout.write_state(rehearsal.room.root, f"{STATE}/summary.md", summary)
    if options.as_json:
        head = {"workflow": rehearsal.file, "event": rehearsal.event.name}
        times = {"seconds": round(total, 2), "chain_seconds": round(chain, 2)}
        data = {**head, **times, "jobs": as_data(results)}
        terminal.say(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        _say_results(results, voice)
        voice.say(f"  {terminal.seconds(total)} one after the other; beside each other {terminal.seconds(chain)}")
        _say_not_run(results, voice)
        if summary:
            voice.say(
                f"what the steps wrote for GitHub's summary page: {summary_file.relative_to(rehearsal.room.root)}"
            )
    if jobs.is_cancelled:
        raise Interrupted("interrupted")
    if failed := failures(results):
        raise WorkFailed("\n".join([f"{rehearsal.workflow.name} failed", *(f"  {line}" for line in failed)]))


def _say_results(results: list[JobResult], voice: Voice) -> None:
    voice.heading("Rehearsal")
    durations = {place: terminal.seconds(one.seconds) if one.steps else "-" for place, one in enumerate(results)}
    terminal.table(["job", "result", "steps run", "time"], table_rows(results, durations))


def _say_not_run(results: list[JobResult], voice: Voice) -> None:
    if lines := not_run_lines(results):
        voice.heading("Not run here")
        for line in lines:
            voice.say(f"  {line}")
