"""Read a Dockerfile's text as the engine's built-in frontend does: directives, continuations, heredocs, stages.

The rules are those of the Dockerfile reference (docs.docker.com/reference/dockerfile).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import replace

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.dockerfile import HEREDOC, WORD, Dockerfile, Instruction, Stage, json_words
from cispeed_tasks.plan.dockerfile_variables import expand
from cispeed_tasks.plan.ignore_regex import WHITE_SPACE

DIRECTIVE = re.compile(r"^#\s*(?P<name>[a-zA-Z][a-zA-Z0-9]*)\s*=\s*(?P<value>.+?)\s*$")
FLAG = re.compile(r"--(?P<name>[a-z][a-z-]*)(?:=(?P<value>[^\t\v\f\r ]*))?(?:[\t\v\f\r ]+|\Z)")


def read_dockerfile(text: str, build_args: Mapping[str, str | None] | None = None) -> Dockerfile:
    """Read a Dockerfile's text; `build_args` fill the variables of FROM lines, as `docker build` does.

    Raises:
        ConfigError: there is no FROM, or an instruction stands before the first one; the message starts with the line.
    """
    directives = _directives(text)
    escape = directives.get("escape", "\\")
    if escape not in {"\\", "`"}:
        raise ConfigError(f"1: escape={escape}: the escape character is \\ or `")
    given = {key: value for key, value in (build_args or {}).items() if value is not None}
    global_args: dict[str, str | None] = {}
    preamble: list[str] = []
    stages: list[Stage] = []
    for instruction in _instructions(text, escape):
        if instruction.keyword == "FROM":
            stages.append(_stage(len(stages), instruction, global_args))
        elif stages:
            stages[-1] = replace(stages[-1], instructions=(*stages[-1].instructions, instruction))
        elif instruction.keyword == "ARG":
            global_args |= _arguments(instruction, given, global_args)
            preamble.append(instruction.source)
        else:
            raise ConfigError(
                f"{instruction.line}: {instruction.keyword} before the first FROM, where only ARG may stand; move it below"
            )
    if not stages:
        raise ConfigError("1: no FROM; a Dockerfile needs one")
    return Dockerfile(tuple(stages), directives.get("syntax"), escape, global_args, tuple(preamble), given)


def _directives(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _lines(text):
        match = DIRECTIVE.match(line)
        if not match or match["name"].lower() not in {"syntax", "escape", "check"}:
            break
        found.setdefault(match["name"].lower(), match["value"])
    return found


def _instructions(text: str, escape: str) -> list[Instruction]:
    lines = _lines(text)
    found: list[Instruction] = []
    position = 0
    while position < len(lines):
        start = position
        joined, position = _logical_line(lines, position, escape)
        if not joined.strip():
            continue
        heredocs, position = _heredocs(joined, lines, position)
        found.append(_instruction(joined.strip(), start + 1, heredocs, "\n".join(lines[start:position])))
    return found


def _lines(text: str) -> list[str]:
    """The lines as Docker splits them: at line feeds only, so that no other separator inside a line ends it."""
    lines = [line.rstrip("\r") for line in text.removeprefix("\ufeff").split("\n")]
    return lines if lines[-1] else lines[:-1]


def _logical_line(lines: list[str], position: int, escape: str) -> tuple[str, int]:
    """Join continued lines; comment lines and empty lines inside a continuation are left out.

    A doubled escape character at a line's end is that character, not a continuation.
    """
    parts: list[str] = []
    continued = False
    while position < len(lines):
        line = lines[position]
        position += 1
        # Python's own white space is more than the engine's, and what may follow a continuation is less.
        if line.lstrip(WHITE_SPACE).startswith("#") or (continued and not line.strip(WHITE_SPACE)):
            if continued:
                continue
            return "", position
        body = line.rstrip(" \t")
        continued = body.endswith(escape) and not body.endswith(escape * 2)
        parts.append(body[:-1] if continued else line)
        if not continued:
            break
    return "".join(parts), position


def _heredocs(joined: str, lines: list[str], position: int) -> tuple[tuple[str, ...], int]:
    keyword, rest = [*joined.split(None, 1), ""][:2]
    if (
        keyword.upper() not in {"RUN", "COPY", "ADD"}
        or json_words(_flags(keyword.upper(), rest)[1].strip()) is not None
    ):
        return (), position
    bodies = []
    start = position
    for match in filter(None, map(HEREDOC.fullmatch, WORD.findall(rest))):
        end = re.sub(r"[\"'\\]", "", match["word"])
        body: list[str] = []
        while position < len(lines) and (lines[position].lstrip("\t") if match["dash"] else lines[position]) != end:
            body.append(lines[position])
            position += 1
        if position == len(lines):
            # The engine would refuse it, so that what it reads is something else.
            return (), start
        position += 1
        bodies.append("\n".join(body))
    return tuple(bodies), position


def _instruction(text: str, line: int, heredocs: tuple[str, ...], source: str) -> Instruction:
    keyword, rest = [*text.split(None, 1), ""][:2]
    flags, rest = _flags(keyword.upper(), rest.strip())
    return Instruction(keyword.upper(), flags, rest, line, heredocs, source)


def _flags(keyword: str, rest: str) -> tuple[tuple[tuple[str, str], ...], str]:
    if keyword not in {"FROM", "COPY", "ADD", "RUN", "HEALTHCHECK"}:
        return (), rest
    flags = []
    while match := FLAG.match(rest):
        flags.append((match["name"], match["value"] or ""))
        rest = rest[match.end() :]
    return tuple(flags), rest


def _arguments(
    instruction: Instruction, given: Mapping[str, str], known: Mapping[str, str | None]
) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for word in _shell_words(instruction.rest):
        name, has_default, default = word.partition("=")
        found[name] = given.get(name, expand(default, {**known, **found}) if has_default else None)
    return found


def _shell_words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _stage(index: int, instruction: Instruction, global_args: Mapping[str, str | None]) -> Stage:
    words = instruction.rest.split()
    if not words:
        raise ConfigError(f"{instruction.line}: FROM names no image; write one behind it")
    name = words[2] if len(words) == 3 and words[1].upper() == "AS" else None  # noqa: PLR2004
    platform = instruction.flag("platform")
    return Stage(index, name, expand(words[0], global_args), platform, (), instruction.line, instruction.source)
