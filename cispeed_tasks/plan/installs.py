"""Which package manager a command calls to install something, and what it says to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from cispeed_tasks.plan.shell_commands import Command, Word

VERBS = {
    "pip": ("install",),
    "poetry": ("install", "sync"),
    "uv": ("sync",),
    "npm": ("ci", "install", "i", "clean-install", "add"),
    "pnpm": ("install", "i", "add"),
    "yarn": ("install", "add"),
    "bun": ("install", "i", "add"),
    "apt": ("install",),
    "apk": ("add",),
}
SYSTEM = frozenset({"apt", "apk"})
NAMES = {"apt-get": "apt", "pip3": "pip"}
PYTHON = re.compile(r"python[\d.]*")
PIP = re.compile(r"pip[\d.]*")
WITH_VALUE = {
    "apt": {"-t", "--target-release", "-o", "--option"},
    "apk": {"-t", "--virtual", "--repository", "-X"},
}


@dataclass(frozen=True)
class Install:
    """A command that installs; `verb` is the subcommand's word, `arguments` are the words around it."""

    manager: str
    command: Command
    verb: Word | None
    """None for a bare `yarn`."""
    arguments: tuple[Word, ...]
    is_elsewhere: bool = False
    """A `cd` stands before it, so that its working directory is another."""

    @property
    def options(self) -> tuple[str, ...]:
        """Its arguments that begin with a dash."""
        return tuple(word.text for word in self.arguments if word.text.startswith("-"))

    @property
    def packages(self) -> tuple[str, ...]:
        """What a system's manager is told to install, sorted, without versions."""
        skipped = WITH_VALUE.get(self.manager, set())
        names = []
        for before, word in zip((None, *self.arguments), self.arguments, strict=False):
            is_value = before is not None and before.text in skipped
            if not word.text.startswith("-") and not is_value and not re.match(r"\d*[<>]|&>", word.text):
                names.append(re.split(r"[=~<>]", word.text)[0])
        return tuple(sorted(set(names)))

    @property
    def is_global(self) -> bool:
        """Whether a Node manager installs beside, not for, the project."""
        return bool({"-g", "--global", "--location=global"} & set(self.options))


def find_installs(commands: Iterable[Command]) -> tuple[Install, ...]:
    """The installs among some commands, in order."""
    made: list[Install] = []
    is_elsewhere = False
    for command in commands:
        is_elsewhere = is_elsewhere or command.name in {"cd", "pushd"}
        if found := _install(command):
            made.append(replace(found, is_elsewhere=is_elsewhere))
    return tuple(made)


def updates_lists(commands: Iterable[Command]) -> bool:
    """Whether one of the commands fetches apt's lists of packages."""
    return any(command.name in {"apt", "apt-get"} and _verb(command.argv) == "update" for command in commands)


def _install(command: Command) -> Install | None:
    manager, words = _manager(command)
    if manager == "uv" and [word.text for word in words[:2]] in (["pip", "install"], ["pip", "sync"]):
        return Install("uv", command, words[1], words[2:])
    if manager not in VERBS:
        return None
    if manager == "yarn" and all(word.text.startswith("-") for word in words):
        return (
            None
            if {"--version", "-v", "--help"} & {word.text for word in words}
            else Install("yarn", command, None, words)
        )
    position = next((i for i, word in enumerate(words) if not word.text.startswith("-")), None)
    if position is None or words[position].text not in VERBS[manager]:
        return None
    return Install(manager, command, words[position], words[:position] + words[position + 1 :])


def _manager(command: Command) -> tuple[str, tuple[Word, ...]]:
    argv = command.argv
    if PYTHON.fullmatch(command.name) and [word.text for word in argv[1:3]] == ["-m", "pip"]:
        return "pip", argv[3:]
    name = "pip" if PIP.fullmatch(command.name) else NAMES.get(command.name, command.name)
    return name, argv[1:]


def _verb(argv: tuple[Word, ...]) -> str | None:
    return next((word.text for word in argv[1:] if not word.text.startswith("-")), None)
