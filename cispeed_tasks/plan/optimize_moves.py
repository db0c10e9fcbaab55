"""Put the lines of a Dockerfile in a new order: sources behind the installs, manifests where they were."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Mapping, Sequence

from cispeed_tasks.plan.dockerfile_lines import logical_text, read_instructions
from cispeed_tasks.plan.optimize_order import Move
from cispeed_tasks.plan.shell_commands import read_commands

WITHOUT_PROJECT = {"poetry": "--no-root", "uv": "--no-install-project"}


def moved_lines(
    lines: Sequence[str], replaced: Mapping[int, tuple[str, int]], moves: Sequence[Move], escape: str
) -> list[str]:
    """The lines of the new text.

    Args:
        lines: those of the user's text.
        replaced: for the first line (from 1) of each RUN its new text, and how many lines it has.
        moves: at most one of each stage.
        escape: the character that continues a line.
    """
    starts = {_first_line(lines, move): move for move in moves}
    ends = {move.last.instruction.line: move for move in moves}
    made: list[str] = []
    position = 1
    while position <= len(lines):
        if position in starts:
            made += _manifest_copies(starts[position])
            position = _end(starts[position])
            continue
        text, count = replaced.get(position, (lines[position - 1], 1))
        move = ends.get(position)
        made += [] if move is None else _install(move, text, escape)
        made += text.split("\n") if move is None else [*_copy_lines(lines, move), *_project(move, text, escape)]
        position += count
    return made


def _first_line(lines: Sequence[str], move: Move) -> int:
    """The first of the comment lines that stand right above a copy, and belong to it."""
    line = move.copy.step.instruction.line
    while line > 1 and lines[line - 2].startswith("#"):
        line -= 1
    return line


def _end(move: Move) -> int:
    """The line behind a copy."""
    instruction = move.copy.step.instruction
    return instruction.line + instruction.source.count("\n") + 1


def _copy_lines(lines: Sequence[str], move: Move) -> list[str]:
    return list(lines[_first_line(lines, move) - 1 : _end(move) - 1])


def _manifest_copies(move: Move) -> list[str]:
    """A COPY for each directory of manifests, with the flags that the copy of everything has."""
    flags = "".join(f"--{name}={value} " if value else f"--{name} " for name, value in move.copy.step.instruction.flags)
    folders: dict[str, list[str]] = defaultdict(list)
    for path in move.manifests:
        folders[posixpath.relpath(posixpath.dirname(path) or ".", move.copy.source or ".")].append(path)
    base = move.copy.destination.rstrip("/")
    places = {folder: f"{base}/" if folder == "." else f"{base}/{folder}/" for folder in folders}
    return [f"COPY {flags}{' '.join(names)} {places[folder]}" for folder, names in folders.items()]


def _install(move: Move, text: str, escape: str) -> list[str]:
    """The install before the sources; what would install the project itself leaves that out."""
    if move.project is None:
        return text.split("\n")
    run = read_instructions(text, escape)[0]
    joined, offsets = logical_text(text, escape)
    last = len(joined.rstrip()) - len(run.rest) + (read_commands(run.rest) or ())[-1].end - 1
    end = offsets[last] + 1
    return f"{text[:end]} {WITHOUT_PROJECT[move.project.manager]}{text[end:]}".split("\n")


def _project(move: Move, text: str, escape: str) -> list[str]:
    """The install of the project itself, with the flags that its RUN has now, apt's mounts excepted."""
    if move.project is None:
        return []
    run = read_instructions(text, escape)[0]
    flags = [f"--{name}={value}" for name, value in run.flags if "target=/var/" not in value]
    command = (read_commands(run.rest) or ())[-1]
    line = "RUN " + "".join(f"{flag} {escape}\n    " for flag in flags) + run.rest[command.start : command.end]
    return line.split("\n")
