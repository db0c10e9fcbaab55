"""Read a Dockerfile as the engine's built-in frontend does: directives, continuations, heredocs, stages.

The rules are those of the Dockerfile reference (docs.docker.com/reference/dockerfile).
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.dockerfile_variables import expand

HEREDOC = re.compile(r"<<(?P<dash>-?)(?P<quote>['\"]?)(?P<word>[A-Za-z_][A-Za-z0-9_]*)(?P=quote)")
DIRECTIVE = re.compile(r"^#\s*(?P<name>[a-zA-Z][a-zA-Z0-9]*)\s*=\s*(?P<value>.+?)\s*$")
FLAG = re.compile(r"--(?P<name>[a-z][a-z-]*)(?:=(?P<value>.*))?$")


@dataclass(frozen=True)
class Instruction:
    """One instruction: its keyword in capitals, its flags in order, the rest as text, and its first line (from 1)."""

    keyword: str
    flags: tuple[tuple[str, str], ...]
    rest: str
    line: int
    heredocs: tuple[str, ...] = ()
    source: str = ""

    def flag(self, name: str) -> str | None:
        """The value of the first flag `name`, or None."""
        return next((value for flag, value in self.flags if flag == name), None)

    def words(self) -> tuple[str, ...]:
        """The arguments: of the JSON form, or split at white space with heredoc marks left out."""
        if self.rest.startswith("["):
            try:
                parsed = json.loads(self.rest)
            except ValueError:
                parsed = None
            if isinstance(parsed, list) and all(isinstance(word, str) for word in parsed):
                return tuple(parsed)
        return tuple(word for word in self.rest.split() if not HEREDOC.match(word))


@dataclass(frozen=True)
class Stage:
    """A build stage: `base` is what FROM names after its variables are filled in, or None when one is unknown."""

    index: int
    name: str | None
    base: str | None
    platform: str | None
    instructions: tuple[Instruction, ...]
    line: int


@dataclass(frozen=True)
class Dockerfile:
    """A whole Dockerfile; `syntax` is a foreign frontend's name, when one is asked for."""

    stages: tuple[Stage, ...]
    syntax: str | None = None
    escape: str = "\\"
    global_args: Mapping[str, str | None] = field(default_factory=dict)

    def stage(self, name: str | None) -> Stage:
        """The stage `name` (case does not matter, an index works), or the last one; raises ConfigError."""
        if name is None:
            return self.stages[-1]
        found = self.find(name)
        if found is None:
            known = ", ".join(stage.name or str(stage.index) for stage in self.stages)
            raise ConfigError(f"the Dockerfile has no stage '{name}'; it has: {known}")
        return found

    def find(self, name: str, before: int | None = None) -> Stage | None:
        """The stage that `name` means in FROM or --from, looking only at stages before the index `before`."""
        candidates = self.stages[:before]
        for stage in reversed(candidates):
            if stage.name is not None and stage.name.lower() == name.lower():
                return stage
        return candidates[int(name)] if name.isdigit() and int(name) < len(candidates) else None

    def reachable(self, target: str | None) -> tuple[Stage, ...]:
        """The stages that building `target` needs, in the file's order."""
        wanted: set[int] = set()
        todo = [self.stage(target)]
        while todo:
            stage = todo.pop()
            if stage.index in wanted:
                continue
            wanted.add(stage.index)
            todo += [found for name in _references(stage) if (found := self.find(name, stage.index))]
        return tuple(stage for stage in self.stages if stage.index in wanted)

    def outside_images(self, target: str | None) -> tuple[str, ...]:
        """The names in FROM and --from of the reachable stages that are no stage of this file, each once, in order."""
        names: dict[str, None] = {}
        for stage in self.reachable(target):
            for name in _references(stage):
                if self.find(name, stage.index) is None and name != "scratch":
                    names[name] = None
        return tuple(names)

    def root_image(self, target: str | None) -> str | None:
        """The outside image that the target stage stands on, through all its parent stages."""
        stage = self.stage(target)
        while stage.base is not None and (parent := self.find(stage.base, stage.index)):
            stage = parent
        return stage.base

    def last(self, keyword: str, target: str | None = None) -> Instruction | None:
        """The last `keyword` instruction that is in force in the target stage, its parents included."""
        stage: Stage | None = self.stage(target)
        while stage is not None:
            found = [i for i in stage.instructions if i.keyword == keyword]
            if found:
                return found[-1]
            stage = self.find(stage.base, stage.index) if stage.base else None
        return None


def read_dockerfile(text: str, build_args: Mapping[str, str | None] | None = None) -> Dockerfile:
    """Read a Dockerfile's text; `build_args` fill the variables of FROM lines, as `docker build` does.

    Raises:
        ConfigError: there is no FROM, or an instruction stands before the first one; the message starts with the line.
    """
    directives = _directives(text)
    escape = directives.get("escape", "\\")
    given = {key: value for key, value in (build_args or {}).items() if value is not None}
    global_args: dict[str, str | None] = {}
    stages: list[Stage] = []
    for instruction in _instructions(text, escape):
        if instruction.keyword == "FROM":
            stages.append(_stage(len(stages), instruction, global_args))
        elif stages:
            stages[-1] = replace(stages[-1], instructions=(*stages[-1].instructions, instruction))
        elif instruction.keyword == "ARG":
            global_args |= _arguments(instruction, given, global_args)
        else:
            raise ConfigError(f"{instruction.line}: {instruction.keyword} before the first FROM")
    if not stages:
        raise ConfigError("1: no FROM; a Dockerfile needs one")
    return Dockerfile(tuple(stages), directives.get("syntax"), escape, global_args)


def _references(stage: Stage) -> list[str]:
    names = [stage.base] if stage.base else []
    for instruction in stage.instructions:
        if instruction.keyword in {"COPY", "ADD"} and instruction.flag("from"):
            names.append(str(instruction.flag("from")))
        if instruction.keyword == "RUN":
            names += [options["from"] for options in mounts(instruction) if options.get("from")]
    return names


def mounts(instruction: Instruction) -> list[dict[str, str]]:
    """The --mount flags of a RUN as option dictionaries; `type` is bind where none is named."""
    found = []
    for name, value in instruction.flags:
        if name == "mount":
            pairs = (part.partition("=") for part in value.split(","))
            options = {key.strip().lower(): text.strip("\"'") for key, _, text in pairs}
            found.append({"type": "bind", **options})
    return found


def _directives(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in text.removeprefix("\ufeff").splitlines():
        match = DIRECTIVE.match(line)
        if not match or match["name"].lower() not in {"syntax", "escape", "check"}:
            break
        found.setdefault(match["name"].lower(), match["value"])
    return found


def _instructions(text: str, escape: str) -> list[Instruction]:
    lines = text.removeprefix("\ufeff").splitlines()
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


def _logical_line(lines: list[str], position: int, escape: str) -> tuple[str, int]:
    """Join continued lines; comment lines and empty lines inside a continuation are left out."""
    parts: list[str] = []
    continued = False
    while position < len(lines):
        line = lines[position]
        position += 1
        if line.lstrip().startswith("#") or (continued and not line.strip()):
            if continued:
                continue
            return "", position
        body = line.rstrip()
        continued = body.endswith(escape)
        parts.append(body[:-1] if continued else line)
        if not continued:
            break
    return "".join(parts), position


def _heredocs(joined: str, lines: list[str], position: int) -> tuple[tuple[str, ...], int]:
    keyword = joined.split(None, 1)[0].upper()
    if keyword not in {"RUN", "COPY", "ADD"} or joined.split(None, 1)[-1].lstrip().startswith("["):
        return (), position
    bodies = []
    for match in HEREDOC.finditer(joined):
        body: list[str] = []
        while position < len(lines):
            line = lines[position]
            position += 1
            if (line.lstrip("\t") if match["dash"] else line) == match["word"]:
                break
            body.append(line)
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
    while match := FLAG.match(rest.split(None, 1)[0] if rest else ""):
        flags.append((match["name"], match["value"] or ""))
        rest = (rest.split(None, 1) + [""])[1]
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
        raise ConfigError(f"{instruction.line}: FROM names no image")
    name = words[2] if len(words) == 3 and words[1].upper() == "AS" else None  # noqa: PLR2004
    platform = instruction.flag("platform")
    return Stage(index, name, expand(words[0], global_args), platform, (), instruction.line)
