"""The instructions of a stage, each with what is in force where it stands: variables, user, working directory."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

from cispeed_tasks.plan.dockerfile import Dockerfile, Instruction, Stage, mounts
from cispeed_tasks.plan.dockerfile_scope import Scope, scope_before
from cispeed_tasks.plan.dockerfile_words import Uncertain
from cispeed_tasks.plan.shell_commands import Command, Word, read_commands

UNKNOWN_PLACE = "/(where the base image works)"
ROOT_USERS = frozenset({"root", "0", "root:root", "0:0"})


@dataclass(frozen=True)
class Step:
    """An instruction; `values` are the variables that the Dockerfile itself has set before it, None for unknown ones."""

    stage: Stage
    instruction: Instruction
    user: str | None
    """What the last USER says; None where the base image decides."""
    workdir: str
    values: Mapping[str, str | None] = field(default_factory=dict, repr=False)

    @property
    def is_root(self) -> bool:
        """Whether it runs as root, as far as the Dockerfile says."""
        return self.user is None or self.user in ROOT_USERS

    @property
    def commands(self) -> tuple[Command, ...]:
        """The commands of a RUN; none where they are not understood, or of another instruction."""
        return run_commands(self.instruction)

    @property
    def has_cache(self) -> bool:
        """Whether a RUN has a cache mount."""
        return any(options.get("type") == "cache" for options in mounts(self.instruction))

    def place(self, path: str) -> str:
        """A path of the image, absolute."""
        return posixpath.normpath(posixpath.join(self.workdir, path))


def steps(dockerfile: Dockerfile, stage: Stage, args: Mapping[str, str | None]) -> tuple[Step, ...]:
    """The steps of one stage; the stages that it stands on say what is in force at its beginning."""
    return _steps(dockerfile, stage, args)[0]


def run_commands(instruction: Instruction) -> tuple[Command, ...]:
    """The commands of a RUN in any of its forms; none where they are not understood."""
    if instruction.keyword != "RUN":
        return ()
    if instruction.heredocs:
        script = instruction.heredocs[0] if len(instruction.heredocs) == 1 else ""
        return (read_commands(script) or ()) if instruction.rest.startswith("<<") and not instruction.words() else ()
    if instruction.rest.startswith("["):
        words = instruction.words()
        return (Command(tuple(Word(word, 0, 0) for word in words)),) if words and not _is_shell(words[0]) else ()
    return read_commands(instruction.rest) or ()


def _is_shell(word: str) -> bool:
    return posixpath.basename(word) in {"sh", "bash", "ash", "dash"} or word.startswith("[")


def _steps(
    dockerfile: Dockerfile, stage: Stage, args: Mapping[str, str | None]
) -> tuple[tuple[Step, ...], str | None, str]:
    parent = dockerfile.parent(stage)
    _, user, workdir = _steps(dockerfile, parent, args) if parent else ((), None, UNKNOWN_PLACE)
    scope = scope_before(dockerfile, stage, args)
    found = []
    for instruction in stage.instructions:
        found.append(Step(stage, instruction, user, workdir, dict(scope.values)))
        scope.run(instruction)
        if instruction.keyword == "USER":
            user = instruction.rest.strip()
        if instruction.keyword == "WORKDIR":
            workdir = posixpath.join(workdir, _expanded(scope, instruction.rest.strip("\"'")))
    return tuple(found), user, workdir


def _expanded(scope: Scope, text: str) -> str:
    try:
        return scope.expand(text)
    except Uncertain:
        return text
