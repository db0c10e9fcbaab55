"""What a doctor says: lines that are ok, a warning or a fault, each with the command that mends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

State = Literal["ok", "warning", "fault"]


@dataclass(frozen=True)
class Line:
    """One judgement: of what, how it is, in which words, and the command that mends it (empty where nothing is to be)."""

    subject: str
    state: State
    words: str
    mend: str = ""

    def __str__(self) -> str:
        """The line without its mark and its command."""
        return f"{self.subject}: {self.words}"


@dataclass(frozen=True)
class Unseen:
    """What could not be found out, and why."""

    words: str


@dataclass(frozen=True)
class Machine:
    """What decides how a command is written: the system, and who types it."""

    system: str
    """`platform.system()`: Linux, Darwin or Windows."""
    is_root: bool
    has_systemd: bool
    can_install: bool
    """Whether `engine-up` could install here: Debian or Ubuntu with apt."""
    has_dockerd: bool
    remote: str | None = None
    """Where DOCKER_HOST or the current context points when that is not this machine's own socket."""
    daemon_config_exists: bool = False

    @property
    def sudo(self) -> str:
        """What a command of the system begins with."""
        return "" if self.is_root else "sudo "

    @property
    def is_rootless(self) -> bool:
        """Whether the engine is this user's own (docs.docker.com/engine/security/rootless)."""
        return self.system == "Linux" and (self.remote or "").startswith("unix:///run/user/")

    @property
    def is_elsewhere(self) -> bool:
        """Whether the engine is on another machine, or at a socket that somebody has named."""
        is_desktop = self.system != "Linux" and (self.remote or "").startswith(("unix:", "npipe:"))
        return bool(self.remote) and not self.is_rootless and not is_desktop

    @property
    def restart(self) -> str:
        """The command that restarts the engine."""
        if self.system != "Linux":
            return "restart Docker Desktop"
        if self.is_rootless:
            return "systemctl --user restart docker"
        return f"{self.sudo}systemctl restart docker" if self.has_systemd else "inv engine-down && inv engine-up"

    def daemon_setting(self, setting: str) -> str:
        """The command that puts a setting, a member of a JSON object, into the engine's own file."""
        if self.system != "Linux":
            return f"put {setting} into Docker Desktop's Settings → Docker Engine, then Apply & restart"
        if self.is_rootless:
            return f"put {setting} into the object in ~/.config/docker/daemon.json, then {self.restart}"
        if self.is_elsewhere:
            return f"put {setting} into /etc/docker/daemon.json where {self.remote} is, and restart that engine"
        if self.daemon_config_exists:
            return f"put {setting} into the object in /etc/docker/daemon.json, then {self.restart}"
        return f"echo '{{{setting}}}' | {self.sudo}tee /etc/docker/daemon.json && {self.restart}"


def unseen(subject: str, fact: Unseen, mend: str = "") -> Line:
    """The line for what could not be found out."""
    return Line(subject, "warning", f"cannot be told: {fact.words}", mend)


def collapsed(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines for a person: those that say the very same of several subjects are one."""
    found: dict[tuple[str, str, str], Line] = {}
    for line in lines:
        key = (line.state, line.words, line.mend)
        known = found.get(key)
        found[key] = line if known is None else replace(known, subject=f"{known.subject}, {line.subject}")
    return tuple(found.values())


def outcome(lines: Sequence[Line]) -> tuple[State, str]:
    """How all is, and the sentence that says so."""
    faults = sum(line.state == "fault" for line in lines)
    warnings = sum(line.state == "warning" for line in lines)
    said = [f"{n} {word}{'' if n == 1 else 's'}" for n, word in ((faults, "fault"), (warnings, "warning")) if n]
    if faults:
        return "fault", f"{' and '.join(said)}; what stands behind → mends them"
    if warnings:
        return "warning", f"no fault, {said[0]}"
    return "ok", "all is well"


def as_data(groups: Mapping[str, Sequence[Line]]) -> list[dict[str, str]]:
    """The lines as `inv doctor --json` prints them."""
    return [
        {"group": group, "subject": one.subject, "state": one.state, "text": one.words, "mend": one.mend}
        for group, lines in groups.items()
        for one in lines
    ]
