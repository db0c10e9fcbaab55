"""What one Dockerfile does with a build context: what it takes, what it names, and what its commands make anew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from cispeed_tasks.model import Target
from cispeed_tasks.plan.build_commands import BUILD, GIT, INSTALLER, NODE, run_commands
from cispeed_tasks.plan.context_tree import ContextTree, clean_source
from cispeed_tasks.plan.copy_sources import is_remote, mount_sources, read_copy
from cispeed_tasks.plan.dockerfile import Dockerfile, Instruction
from cispeed_tasks.plan.dockerfile_scope import Scope, scope_before
from cispeed_tasks.plan.dockerfile_words import Uncertain
from cispeed_tasks.plan.inputs import derive_inputs
from cispeed_tasks.plan.service_targets import read_target

_NAME = re.compile(r"[\w.@+~*?-]+")
"""A name in a path, or a pattern of names, wherever it stands in a line."""


@dataclass(frozen=True)
class Use:
    """What one Dockerfile does with a context; paths are relative to it, places are `Dockerfile:4`."""

    place: str
    files: frozenset[str]
    """Everything that a COPY, an ADD or a bind mount of the reachable stages takes."""
    whole: str | None = None
    """Why everything counts as taken, where that is not certain."""
    named: Mapping[str, str] = field(default_factory=dict)
    """The paths that the Dockerfile itself names as sources, and where."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """The same as they are written, whether there is such a path today or not."""
    sweeps: frozenset[str] = frozenset()
    """The directories of which everything is taken; '' is the context itself."""
    words: Mapping[str, str] = field(default_factory=dict)
    """The names in all other instructions, and where."""
    copied_words: Mapping[str, str] = field(default_factory=dict)
    """The names in sources that are copied from a stage or an image."""
    commands: tuple[str, ...] = ()
    """The commands of its RUNs."""
    text: str = field(default="", repr=False)

    def mentions(self, pattern: str, *, copied: bool = True) -> str | None:
        """Where a name that a pattern of one component matches stands; with `copied`, also as copied from a stage."""
        words: dict[str, str] = {**(self.copied_words if copied else {}), **self.words}
        for word, place in words.items():
            if word == pattern or fnmatchcase(word, pattern) or (set(word) & {*"*?"} and fnmatchcase(pattern, word)):
                return place
        return None

    @property
    def builds(self) -> bool:
        """Whether a RUN builds a front end."""
        return any(BUILD.search(command) for command in self.commands)

    def installs(self, what: re.Pattern[str]) -> bool:
        """Whether a RUN installs packages of the source."""
        return any(what.search(command) and not INSTALLER.search(command) for command in self.commands)

    @property
    def is_about_node(self) -> bool:
        """Whether anything in it speaks of Node.js, so that it may run what lies in node_modules."""
        return NODE.search(self.text) is not None

    def git(self) -> str | None:
        """What it says that reads the repository's history; None where nothing does."""
        found = (GIT.search(command) for command in self.commands)
        return next((str(match[0]) for match in found if match), None)


def use_of(
    target: Target, place: str, tree: ContextTree, *, below: Sequence[Dockerfile] = (), onbuild: bool = False
) -> Use:
    """What a target's Dockerfile does with its context.

    Args:
        target: an image to build.
        place: what its Dockerfile is called to a user.
        tree: what the context holds.
        below: the Dockerfiles of the project's images that it stands on.
        onbuild: a base may bring triggers, so that everything counts as taken.

    Raises:
        ConfigError: the Dockerfile cannot be read.
    """
    dockerfile = read_target(target)
    inputs = derive_inputs(dockerfile, target.stage, tree, target.args, onbuild=onbuild)
    sources: dict[str, str] = {}
    words: dict[str, str] = {}
    copied: dict[str, str] = {}
    for instruction, scope in _instructions(dockerfile, target):
        where = f"{place}:{instruction.line}"
        sources |= dict.fromkeys(_sources(instruction, scope), f"{where} ({instruction.keyword})")
        found = copied if instruction.flag("from") else words
        found |= dict.fromkeys(_names(instruction), f"{where} ({instruction.keyword})")
    named = _named(sources)
    tops = {path: where for source, where in named.items() for path in _tops(tree, source)}
    swept = {path for path in tops if tree.is_directory(path)}
    takes_all = inputs.whole is not None or any(not named_part(source) for source in sources)
    return Use(
        place,
        frozenset(inputs.files),
        inputs.whole,
        tops,
        named,
        frozenset({*swept, *([""] if takes_all else [])}),
        words,
        copied,
        tuple(run_commands([dockerfile, *below])),
        "\n".join([target.dockerfile_text, *(stage.source for one in below for stage in one.stages)]),
    )


def named_context_use(target: Target, place: str, directory: str, tree: ContextTree) -> Use:
    """What a Dockerfile does with a directory that it knows by another name: all of it counts."""
    names = {name.lower() for name, value in target.contexts.items() if value == directory}
    dockerfile = read_target(target)
    sources: dict[str, str] = {}
    words: dict[str, str] = {}
    for instruction, _ in _instructions(dockerfile, target):
        where = f"{place}:{instruction.line} ({instruction.keyword})"
        words |= dict.fromkeys(_names(instruction), where)
        if (instruction.flag("from") or "").lower() in names:
            sources |= dict.fromkeys(instruction.words()[:-1], where)
    named = _named(sources)
    return Use(
        place,
        frozenset(tree.paths),
        f"{place} has it as a named context",
        {path: where for source, where in named.items() for path in _tops(tree, source)},
        named,
        frozenset({""}),
        words,
        commands=tuple(run_commands([dockerfile])),
        text=target.dockerfile_text,
    )


def _instructions(dockerfile: Dockerfile, target: Target) -> Iterator[tuple[Instruction, Scope]]:
    for stage in dockerfile.stages:
        scope = scope_before(dockerfile, stage, target.args)
        for instruction in stage.instructions:
            yield instruction, scope
            scope.run(instruction)


def _sources(instruction: Instruction, scope: Scope) -> list[str]:
    """What it takes from the context, in its own words; what cannot be told is read as it stands."""
    try:
        if instruction.keyword in {"COPY", "ADD"}:
            return [source for source in read_copy(instruction, scope).sources if not is_remote(source)]
        return list(mount_sources(instruction, scope)) if instruction.keyword == "RUN" else []
    except Uncertain:
        return [] if instruction.flag("from") else list(instruction.words()[:-1])


def _names(instruction: Instruction) -> set[str]:
    """The names that an instruction's text holds; of a COPY from the context they are its sources, and counted there."""
    if instruction.keyword in {"COPY", "ADD"} and not instruction.flag("from"):
        return set()
    flags = [value for name, value in instruction.flags if name != "from"]
    text = "\n".join(
        [BUILD.sub(" ", instruction.rest), *flags, *(BUILD.sub(" ", text) for text in instruction.heredocs)]
    )
    return {name for name in _NAME.findall(text) if re.search(r"\w", name)}


def named_part(source: str) -> str:
    """What a source names; `*` and `**` at its end take whatever lies there and name nothing."""
    components = clean_source(source).split("/")
    while components and not components[-1].strip("*"):
        components.pop()
    return "/".join(components)


def _named(sources: Mapping[str, str]) -> dict[str, str]:
    return {named_part(source): where for source, where in sources.items() if named_part(source)}


def _tops(tree: ContextTree, source: str) -> list[str]:
    try:
        taken = tree.take_matches(source)
    except Uncertain:
        return []
    return [path for path in taken if path.rpartition("/")[0] not in taken]
