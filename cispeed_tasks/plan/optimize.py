"""A user's Dockerfile, mended: its own text with the installs before the sources, and with cache mounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.dockerfile import Dockerfile, Instruction, Stage
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile
from cispeed_tasks.plan.dockerfile_steps import Step
from cispeed_tasks.plan.dockerfile_words import Uncertain
from cispeed_tasks.plan.findings_installs import removes_lists
from cispeed_tasks.plan.findings_model import SeenBuild
from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from cispeed_tasks.plan.installs import find_installs, updates_lists
from cispeed_tasks.plan.optimize_ignore import optimized_ignore
from cispeed_tasks.plan.optimize_moves import moved_lines
from cispeed_tasks.plan.optimize_order import Move, find_move
from cispeed_tasks.plan.optimize_runs import MendedRun, mend_run
from cispeed_tasks.plan.source_copies import reader, source_copy

MARK = "Made by cispeed"
SUFFIX = ".optimized"
USES_APT = re.compile(r"\b(apt|dpkg|bash|sh|install-deps)\b|--with-deps|\.sh\b|\./")
"""What may be or start a script that installs system packages."""


@dataclass(frozen=True)
class Note:
    """A line about a line of the user's Dockerfile."""

    line: int
    text: str


@dataclass(frozen=True)
class Optimized:
    """A mended Dockerfile and its ignore file; `text` is None where there is nothing to mend, or no certain way."""

    build: SeenBuild
    text: str | None
    ignore: str = ""
    changes: tuple[Note, ...] = ()
    left: tuple[Note, ...] = ()

    @property
    def file(self) -> str:
        """The path of the mended Dockerfile, relative to the project's directory."""
        return f"{self.build.file}{SUFFIX}"


def optimize(build: SeenBuild) -> Optimized:
    """Mend what can be mended of a build without a doubt."""
    ignore = optimized_ignore(build, f"{MARK}: the ignore file of {build.file}{SUFFIX}, by reason.")
    if "\r" in build.text:
        return Optimized(build, None, left=(Note(1, "its lines end in carriage returns"),))
    moves, left = _moves(build, ignore)
    runs = {step.instruction.line: mended for step, mended in _mended_runs(build)}
    changes = [Note(m.copy.step.instruction.line, _move_text(m)) for m in moves]
    changes += [Note(line, text) for line, run in runs.items() for text in run.changes]
    left += [Note(line, text) for line, run in runs.items() for text in run.left]
    if not changes:
        return Optimized(build, None, left=tuple(left))
    text = _written(build, moves, runs)
    if not _is_sound(build, text):
        return Optimized(build, None, left=(*left, Note(1, "the mended text was not read as what was meant")))
    return Optimized(build, text, ignore, tuple(sorted(changes, key=_line)), tuple(sorted(left, key=_line)))


def _line(note: Note) -> int:
    return note.line


def _move_text(move: Move) -> str:
    which = ", ".join(move.manifests) or "what is copied before"
    return f"`{move.copy.text}` behind line {move.last.instruction.line}; the install reads {which}"


def _moves(build: SeenBuild, ignore: str) -> tuple[list[Move], list[Note]]:
    """The copies that go behind installs: of each stage the last that can, so that no two get in each other's way."""
    moves: list[Move] = []
    left: list[Note] = []
    for stage in build.dockerfile.reachable(build.target):
        of_stage: list[Move] = []
        for step in build.steps_of(stage):
            copy = source_copy(build, step)
            if copy is None or not _installs_follow(build, step):
                continue
            try:
                of_stage.append(find_move(build, copy, read_ignore_file(ignore)))
            except Uncertain as reason:
                left.append(Note(step.instruction.line, f"`{copy.text}` stays where it is: {reason}"))
        moves += of_stage[-1:]
    return moves, left


def _installs_follow(build: SeenBuild, copy: Step) -> bool:
    steps = (step for step in build.steps_of(copy.stage) if step.instruction.line > copy.instruction.line)
    return any(find_installs(step.commands) for step in steps)


def _mended_runs(build: SeenBuild) -> Iterator[tuple[Step, MendedRun]]:
    apt = _apt_reason(build)
    for step in _all_steps(build):
        if step.instruction.keyword == "RUN":
            yield step, mend_run(step, build.dockerfile.escape, reader(build, step), apt)


def _all_steps(build: SeenBuild) -> Iterator[Step]:
    for stage in build.dockerfile.stages:
        yield from build.steps_of(stage)


def _apt_reason(build: SeenBuild) -> str | None:
    """Why apt's lists have to stay in the layers: a step may live on those that an earlier one fetched."""
    fetched = False
    for step in _all_steps(build):
        installs = any(install.manager == "apt" for install in find_installs(step.commands))
        if installs and not updates_lists(step.commands):
            return f"line {step.instruction.line} installs without `apt-get update`, from lists that are there already"
        if fetched and not installs and _may_use_lists(step.instruction):
            return f"line {step.instruction.line} may use the lists that are left in the image"
        fetched = fetched or (updates_lists(step.commands) and not removes_lists(step))
    return None


def _may_use_lists(instruction: Instruction) -> bool:
    return instruction.keyword == "RUN" and USES_APT.search(instruction.rest) is not None


def _written(build: SeenBuild, moves: list[Move], runs: dict[int, MendedRun]) -> str:
    """The whole text: the user's lines, with those of mended instructions in their place."""
    lines = build.text.removeprefix("\ufeff").split("\n")
    replaced = {line: (run.text, _length(build, line)) for line, run in runs.items()}
    made = moved_lines(lines, replaced, moves, build.dockerfile.escape)
    count = next((n for n, line in enumerate(lines) if not _is_directive(line)), 0)
    undo = f"rm {build.file}{SUFFIX} {build.file}{SUFFIX}.dockerignore"
    head = f"# {MARK} of {build.file} (`inv optimize --write`), which it leaves as it is; to undo: {undo}"
    return "\n".join([*made[:count], head, *made[count:]])


def _is_directive(line: str) -> bool:
    return (
        line.startswith("#")
        and line[1:].partition("=")[0].strip().lower() in {"syntax", "escape", "check"}
        and "=" in line
    )


def _length(build: SeenBuild, line: int) -> int:
    found = (step.instruction for step in _all_steps(build) if step.instruction.line == line)
    return next(found).source.count("\n") + 1


def _is_sound(build: SeenBuild, text: str) -> bool:
    """Whether the mended text is read as the same stages, with everything in them but RUN and COPY as it was."""
    try:
        mended = read_dockerfile(text, build.args)
    except ConfigError:
        return False
    return _skeleton(mended) == _skeleton(build.dockerfile) and all(
        _copies(old) <= _copies(new) for old, new in zip(build.dockerfile.stages, mended.stages, strict=True)
    )


def _skeleton(dockerfile: Dockerfile) -> tuple[object, ...]:
    """Everything of a Dockerfile but RUN, COPY and where things stand."""
    stages = [
        (
            replace(stage, instructions=(), line=0),
            [(i.keyword, i.flags, i.rest) for i in stage.instructions if i.keyword not in {"RUN", "COPY"}],
        )
        for stage in dockerfile.stages
    ]
    return dockerfile.syntax, dockerfile.escape, dict(dockerfile.global_args), dockerfile.preamble, stages


def _copies(stage: Stage) -> set[tuple[object, ...]]:
    return {(i.flags, i.rest) for i in stage.instructions if i.keyword in {"COPY", "ADD"}}
