"""The lines that a step prints: GitHub's workflow commands in them, shown plainly, and values that are masked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_COMMAND = re.compile(r"\s*::(?P<name>[a-zA-Z-]+)(?P<properties> [^:]*(?::(?!:)[^:]*)*)?::(?P<value>.*)", re.DOTALL)
_REFUSED = {
    "set-output": "$GITHUB_OUTPUT",
    "save-state": "$GITHUB_STATE",
    "set-env": "$GITHUB_ENV",
    "add-path": "$GITHUB_PATH",
}
_SILENT = frozenset({"debug", "endgroup", "add-matcher", "remove-matcher", "echo"})
_MASK = "***"


@dataclass
class Output:
    """Reads the output of a job's steps, a line at a time."""

    masks: list[str] = field(default_factory=list)
    refused: str = ""
    """What the step in hand did that GitHub no longer takes; empty where there is no such thing."""
    _stopped_by: str = ""

    def begin(self) -> None:
        """Begin with a step."""
        self.refused, self._stopped_by = "", ""

    def show(self, line: str) -> str | None:
        """Return a line as a person reads it, or None where there is nothing to read."""
        command = _COMMAND.fullmatch(line)
        if command is None:
            return self.masked(line)
        name, value = command["name"].lower(), unescaped(command["value"])
        if self._stopped_by:
            if command["name"] != self._stopped_by:
                return self.masked(line)
            self._stopped_by = ""
            return None
        return self._command(name, command["properties"] or "", value, line)

    def masked(self, text: str) -> str:
        """Return a text with what is masked replaced."""
        for mask in self.masks:
            text = text.replace(mask, _MASK)
        return text

    def mask(self, value: str) -> None:
        """Mask a value, and each of its lines."""
        new = {value, *value.splitlines()}
        self.masks = sorted({*self.masks, *(each.strip() for each in new)} - {""}, key=len, reverse=True)

    def _command(self, name: str, properties: str, value: str, line: str) -> str | None:
        if name == "add-mask":
            self.mask(value)
            return None
        if name == "stop-commands":
            self._stopped_by = value
            return None
        if name in _REFUSED:
            self.refused = f"`::{name}` is a command of the past; write NAME=VALUE to the file {_REFUSED[name]}"
            return self.masked(line)
        if name in _SILENT:
            return None
        if name == "group":
            return self.masked(f"▸ {value}")
        if name in {"error", "warning", "notice"}:
            return self.masked(f"{name}: {_place(properties)}{value}")
        return self.masked(line)


def unescaped(value: str) -> str:
    """Return the value of a command as it was before it was put into one line."""
    return value.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def _place(properties: str) -> str:
    given = dict(pair.strip().partition("=")[::2] for pair in properties.split(",") if "=" in pair)
    place = ":".join(filter(None, (given.get("file"), given.get("line"), given.get("col"))))
    title = unescaped(given.get("title", ""))
    return "".join(f"{part}: " for part in (place, title) if part)
