"""A Dockerfile that was read: its stages and instructions, and what can be asked of them."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.dockerfile_variables import expand

WORD = re.compile(r"""(?:<<\s*|[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+""")
HEREDOC = re.compile(r"\d*<<(?P<dash>-?)\s*(?P<word>[^<]+)")
"""A whole word of a shell line that opens a heredoc, as BuildKit's parser knows it; `<<<` and `$((1<<N))` are none."""


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
        words = json_words(self.rest)
        return tuple(w for w in self.rest.split() if not HEREDOC.fullmatch(w)) if words is None else words


@dataclass(frozen=True)
class Stage:
    """A build stage: `base` is what FROM names after its variables are filled in, or None when one is unknown."""

    index: int
    name: str | None
    base: str | None
    platform: str | None
    instructions: tuple[Instruction, ...]
    line: int
    source: str = ""
    """The FROM line as it is written."""


@dataclass(frozen=True)
class Dockerfile:
    """A whole Dockerfile; `syntax` is a foreign frontend's name, when one is asked for."""

    stages: tuple[Stage, ...]
    syntax: str | None = None
    escape: str = "\\"
    global_args: Mapping[str, str | None] = field(default_factory=dict)
    preamble: tuple[str, ...] = ()
    """The ARG instructions before the first FROM as they are written."""
    build_args: Mapping[str, str] = field(default_factory=dict)
    """The build arguments that were given."""

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
        """The stage that `name` means in --from, looking only at stages before the index `before`."""
        candidates = self.stages[:before]
        is_index = name.isascii() and name.isdigit() and int(name) < len(candidates)
        return candidates[int(name)] if is_index else self._named(name, before)

    def _named(self, name: str, before: int | None) -> Stage | None:
        """The stage that `name` means in FROM and in a mount's from=, which know no index."""
        candidates = reversed(self.stages[:before])
        return next((stage for stage in candidates if stage.name and stage.name.lower() == name.lower()), None)

    def parent(self, stage: Stage) -> Stage | None:
        """The stage that a stage stands on, or None for an image."""
        return self._named(stage.base, stage.index) if stage.base is not None else None

    def reachable(self, target: str | None) -> tuple[Stage, ...]:
        """The stages that building `target` needs, in the file's order."""
        wanted: set[int] = set()
        todo = [self.stage(target)]
        while todo:
            stage = todo.pop()
            if stage.index in wanted:
                continue
            wanted.add(stage.index)
            todo += [found for _, found in self._references(stage) if found]
        return tuple(stage for stage in self.stages if stage.index in wanted)

    def outside_images(self, target: str | None) -> tuple[str, ...]:
        """The names in FROM and --from of the reachable stages that are no stage of this file, each once, in order."""
        names: dict[str, None] = {}
        for stage in self.reachable(target):
            names |= {name: None for name, found in self._references(stage) if found is None and name != "scratch"}
        return tuple(names)

    def _references(self, stage: Stage) -> list[tuple[str, Stage | None]]:
        """What FROM, --from and from= name, each with the stage that it means."""
        found = [(stage.base, self.parent(stage))] if stage.base else []
        for instruction in stage.instructions:
            name = instruction.flag("from") if instruction.keyword in {"COPY", "ADD"} else None
            origins = [options["from"] for options in mounts(instruction) if options.get("from")]
            found += [(name, self.find(name, stage.index))] if name else []
            found += [(origin, self._named(origin, stage.index)) for origin in origins]
        return found

    def root_image(self, target: str | None) -> str | None:
        """The outside image that the target stage stands on, through all its parent stages."""
        stage = self.stage(target)
        while parent := self.parent(stage):
            stage = parent
        return stage.base

    def workdir(self, target: str | None) -> str | None:
        """The working directory at the end of the target stage; None where a variable of it is not known."""
        chain: list[Stage] = []
        stage: Stage | None = self.stage(target)
        while stage is not None:
            chain.insert(0, stage)
            stage = self.parent(stage)
        values: dict[str, str | None] = {}
        place: str | None = "/"
        for instruction in (i for stage in chain for i in stage.instructions):
            if instruction.keyword in {"ENV", "ARG"}:
                values |= _assigned(instruction, values, self.global_args)
            if instruction.keyword == "ARG":
                names = {word.partition("=")[0] for word in instruction.rest.split()}
                values |= {name: value for name, value in self.build_args.items() if name in names}
            if instruction.keyword == "WORKDIR":
                named = expand(instruction.rest.strip("\"'"), values)
                place = posixpath.join(place or "/", named) if named else None
        return None if place == "/" else place

    def last(self, keyword: str, target: str | None = None) -> Instruction | None:
        """The last `keyword` instruction that is in force in the target stage, its parents included."""
        stage: Stage | None = self.stage(target)
        while stage is not None:
            found = [i for i in stage.instructions if i.keyword == keyword]
            if found:
                return found[-1]
            stage = self.parent(stage)
        return None


def json_words(text: str) -> tuple[str, ...] | None:
    """The words of the JSON form, or None where the text is a shell line."""
    try:
        parsed = json.loads(text) if text.startswith("[") else None
    except (ValueError, RecursionError):
        return None
    return tuple(parsed) if isinstance(parsed, list) and all(isinstance(word, str) for word in parsed) else None


def _assigned(
    instruction: Instruction, values: Mapping[str, str | None], global_args: Mapping[str, str | None]
) -> dict[str, str | None]:
    """What ENV or ARG sets; an ARG without a default takes the one before the first FROM."""
    found: dict[str, str | None] = {}
    words = instruction.rest.split()
    if instruction.keyword == "ENV" and words and "=" not in words[0]:
        return {words[0]: expand(" ".join(words[1:]), values)}
    for word in words:
        name, has_value, value = word.partition("=")
        found[name] = expand(value.strip("\"'"), {**values, **found}) if has_value else global_args.get(name)
    return found


def mounts(instruction: Instruction) -> list[dict[str, str]]:
    """The --mount flags of a RUN as option dictionaries; `type` is bind where none is named."""
    found = []
    for name, value in instruction.flags:
        if name == "mount":
            pairs = (part.partition("=") for part in value.split(","))
            options = {key.strip().lower(): text.strip("\"'") for key, _, text in pairs}
            found.append({"type": "bind", **options})
    return found
