"""One RUN of a user's Dockerfile with cache mounts, its words otherwise as they were."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cispeed_tasks.plan.cache_mounts import CACHE_VARIABLES, CACHES
from cispeed_tasks.plan.dockerfile import Instruction
from cispeed_tasks.plan.dockerfile_lines import logical_text, read_instructions
from cispeed_tasks.plan.dockerfile_steps import Step
from cispeed_tasks.plan.dockerfile_words import Uncertain
from cispeed_tasks.plan.findings_installs import is_npm_install
from cispeed_tasks.plan.install_needs import Read, lock_is_current
from cispeed_tasks.plan.installs import NAMES, Install, find_installs
from cispeed_tasks.plan.shell_commands import Command, Word, has_blocks, read_commands

CLEANERS = frozenset({"rm", "rmdir", "find", "mv"})
KEPT_ARCHIVES = "rm -f /etc/apt/apt.conf.d/docker-clean"
"""Debian's images delete every archive right after it was installed; with the mount there would be nothing to keep."""


@dataclass(frozen=True)
class MendedRun:
    """The new text of a RUN, what was changed, and why something was left."""

    text: str
    changes: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass
class _Mending:
    commands: tuple[Command, ...]
    mounts: list[str] = field(default_factory=list)
    cuts: list[tuple[int, int]] = field(default_factory=list)
    """Pieces of the shell line that go."""
    replaced: dict[Word, str] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    """Where the words and commands that go begin."""
    changes: list[str] = field(default_factory=list)

    @property
    def keeps_archives(self) -> bool:
        return any("/var/cache/apt" in mount for mount in self.mounts)

    def expected(self) -> list[tuple[str, ...]]:
        """The commands as they have to be read from the new text."""
        kept = [command for command in self.commands if command.start not in self.dropped]
        return [tuple(KEPT_ARCHIVES.split())] * self.keeps_archives + [self._words(command) for command in kept]

    def _words(self, command: Command) -> tuple[str, ...]:
        return tuple(self.replaced.get(w, w.text) for w in command.words if w.start not in self.dropped)


def mend_run(step: Step, escape: str, read: Read, apt: str | None = None) -> MendedRun:
    """Mend one RUN; `apt` says why apt's installs get no mount, where they get none."""
    instruction = step.instruction
    commands = read_commands(instruction.rest) if _is_plain(instruction) else None
    installs = find_installs(commands or ())
    if commands is None or not installs:
        return MendedRun(instruction.source)
    mending, left = _Mending(commands), []
    if not step.has_cache:
        try:
            _add_caches(mending, step, installs, apt)
        except Uncertain as reason:
            mending, left = _Mending(commands), [str(reason)]
    _use_lock(mending, installs, read)
    try:
        return MendedRun(_applied(instruction, escape, mending), tuple(mending.changes), tuple(left))
    except Uncertain as reason:
        return MendedRun(instruction.source, (), (str(reason),))


def _is_plain(instruction: Instruction) -> bool:
    return instruction.keyword == "RUN" and not instruction.heredocs and not instruction.rest.startswith("[")


def _add_caches(mending: _Mending, step: Step, installs: tuple[Install, ...], apt: str | None) -> None:
    """Note the mounts and what has to go because of them; raises Uncertain where the RUN has to stay as it is."""
    managers = tuple(dict.fromkeys(install.manager for install in installs if install.manager in CACHES))
    if any("cache-dir" in word.text and word.text != "--no-cache-dir" for c in mending.commands for word in c.argv):
        raise Uncertain("it says itself where the cache is")
    moved = next((name for i in installs for name in i.command.assigned if name in CACHE_VARIABLES), None)
    if moved:
        raise Uncertain(f"{moved} in front of the install says where the cache is, or that there is none")
    if "apt" in managers and apt:
        raise Uncertain(apt)
    if managers and not step.is_root:
        raise Uncertain(f"it runs as the user {step.user}, whose cache would need that user's uid and gid")
    for manager in managers:
        mending.mounts += _mounts(manager, step)
    if not managers:
        return
    _drop_flags(mending, installs)
    _drop_cleaning(mending, managers)
    mending.changes.append(f"cache mount for {' and '.join(managers)}")


def _mounts(manager: str, step: Step) -> Iterator[str]:
    cache = CACHES[manager]
    for place in cache.mounts(step.values):
        yield f"--mount=type=cache,target={place}{'' if cache.shared else ',sharing=locked'}"


def _drop_flags(mending: _Mending, installs: tuple[Install, ...]) -> None:
    for install in installs:
        flags = CACHES[install.manager].flags if install.manager in CACHES else ()
        for word in install.arguments:
            if word.text in flags:
                _drop_word(mending, install.command, word)


def _drop_word(mending: _Mending, command: Command, word: Word) -> None:
    before = command.words[command.words.index(word) - 1]
    mending.cuts.append((before.end, word.end))
    mending.dropped.add(word.start)
    mending.changes.append(f"without {word.text}")


def _drop_cleaning(mending: _Mending, managers: tuple[str, ...]) -> None:
    targets = [re.sub(r".*target=([^,]+).*", r"\1", mount) for mount in mending.mounts]
    for command in mending.commands:
        if _empties(command, managers):
            _drop_command(mending, command)
        elif command.name in CLEANERS:
            _drop_removals(mending, command, targets)


def _empties(command: Command, managers: tuple[str, ...]) -> bool:
    manager = NAMES.get(command.name, command.name)
    if manager not in managers:
        return False
    words = tuple(word.text for word in command.argv[1:] if not word.text.startswith("-"))
    return any(words[: len(cleaning)] == cleaning for cleaning in CACHES[manager].cleaning)


def _drop_removals(mending: _Mending, command: Command, targets: list[str]) -> None:
    """Take out what would empty a mounted cache, or fail because something is mounted there; raises Uncertain."""
    operands = [word for word in command.argv[1:] if not word.text.startswith("-")]
    fates = {word: _fate(word, targets) for word in operands}
    dropped = [word for word in operands if fates[word]]
    if dropped and command.name != "rm":
        raise Uncertain(f"`{command.text}` touches the cache")
    if dropped and len(dropped) == len(operands):
        _drop_command(mending, command)
        return
    for word in dropped:
        _drop_word(mending, command, word)


def _fate(word: Word, targets: list[str]) -> bool:
    """Whether a path that is removed lies in a mounted directory; raises Uncertain where it may hold one."""
    path = re.sub(r"^(~|\$HOME|\$\{HOME\})(?=/)", "/root", word.text)
    if "$" in path or word.has_command:
        raise Uncertain(f"what `{word.text}` removes is not known")
    directory = re.sub(r"/\*$", "", path).rstrip("/")
    if directory == "/root/.cache" and any(target.startswith("/root/.cache/") for target in targets):
        return True
    for target in targets:
        if directory == target or directory.startswith(f"{target}/"):
            return True
        fixed = re.split(r"[*?\[]", directory)[0]
        if f"{target}/".startswith(f"{directory}/") or (fixed != directory and target.startswith(fixed)):
            raise Uncertain(f"`{word.text}` would remove what is mounted at {target}")
    return False


def _drop_command(mending: _Mending, command: Command) -> None:
    if has_blocks(mending.commands) or not command.is_in_sequence:
        raise Uncertain(f"`{command.text}` is part of a condition")
    position = mending.commands.index(command)
    kept = [other for other in mending.commands[:position] if other.start not in mending.dropped]
    if kept:
        mending.cuts.append((mending.commands[position - 1].end, command.end))
    else:
        following = mending.commands[position + 1 :]
        if not following:
            raise Uncertain("nothing would be left of it")
        mending.cuts.append((command.start, following[0].start))
    mending.dropped.add(command.start)
    mending.changes.append(f"without {command.text}")


def _use_lock(mending: _Mending, installs: tuple[Install, ...], read: Read) -> None:
    for install in installs:
        if install.verb is not None and is_npm_install(install) and lock_is_current(read):
            mending.replaced[install.verb] = "ci"
            mending.changes.append("npm ci for npm install")


def _applied(instruction: Instruction, escape: str, mending: _Mending) -> str:
    """The instruction's own text with the edits; comments and line breaks stay where they were.

    Raises:
        Uncertain: what came out is not read as what was meant.
    """
    source = instruction.source
    text, offsets = logical_text(source, escape)
    begin = len(text.rstrip()) - len(instruction.rest)
    for start, end, new in sorted(_edits(mending), reverse=True):
        first = offsets[begin + start] if new else offsets[begin + start - 1] + 1
        source = source[:first] + new + source[offsets[begin + end - 1] + 1 :]
    if mending.mounts:
        place = offsets[begin]
        source = source[:place] + _front(mending, escape) + source[place:]
    if source != instruction.source and _read_back(source, escape) != mending.expected():
        raise Uncertain("its text could not be changed with certainty")
    return source


def _edits(mending: _Mending) -> Iterator[tuple[int, int, str]]:
    yield from ((start, end, "") for start, end in mending.cuts)
    yield from ((word.start, word.end, new) for word, new in mending.replaced.items())


def _front(mending: _Mending, escape: str) -> str:
    """What comes in front of the commands."""
    newline = f" {escape}\n    "
    archives = f"{KEPT_ARCHIVES} {escape}\n && " if mending.keeps_archives else ""
    return newline.join(mending.mounts) + newline + archives


def _read_back(source: str, escape: str) -> list[tuple[str, ...]] | None:
    instructions = read_instructions(source, escape)
    commands = read_commands(instructions[0].rest) if len(instructions) == 1 else None
    return None if commands is None else [tuple(word.text for word in command.words) for command in commands]
