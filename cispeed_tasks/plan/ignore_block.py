"""The block that the tasks write into a user's ignore file, and the lines around it, which stay as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cispeed_tasks.errors import ConfigError

BEGIN = "# >>> cispeed: made by `inv dockerignore --write`, which replaces it; lines of your own go below and win >>>"
END = "# <<< cispeed <<<"
_BEGIN = re.compile(r"#\s*>>>\s*cispeed\b.*")
_END = re.compile(r"#\s*<<<\s*cispeed\b.*")


@dataclass(frozen=True)
class IgnoreText:
    """An ignore file's text in parts; `above` and `below` are what a user wrote, with their line ends."""

    bom: str = ""
    above: str = ""
    block: str = ""
    below: str = ""
    newline: str = "\n"

    @property
    def by_hand(self) -> str:
        """The text without the block."""
        return self.bom + self.above + self.below

    def with_block(self, groups: Mapping[str, Sequence[str]]) -> str:
        """The text with a block of these patterns by reason; without one where there are none.

        It stands in front of every pattern of the user's: the last one that matches wins, so that none loses its effect.
        """
        lines = [BEGIN]
        for reason, patterns in groups.items():
            lines += [f"# {reason}", *patterns]
        block = "".join(f"{line}{self.newline}" for line in [*lines, END]) if groups else ""
        is_comment = self.above.endswith("\n") and all(
            line.startswith("#") or not line.strip() for line in self.above.split("\n")
        )
        above, below = (self.above, self.below) if is_comment else ("", self.above + self.below)
        return self.bom + above + block + below


def read_ignore_text(text: str, place: str) -> IgnoreText:
    """Part an ignore file's text.

    Raises:
        ConfigError: a block begins and does not end; `place` names the file.
    """
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text[len(bom) :])
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    parts: dict[str, list[str]] = {"above": [], "block": [], "below": []}
    now, begun = "above", 0
    for number, line in enumerate(lines, start=1):
        if now != "block" and _BEGIN.fullmatch(line.rstrip("\r\n")):
            now, begun = "block", number
        parts[now].append(line)
        if now == "block" and _END.fullmatch(line.rstrip("\r\n")):
            now = "below"
    if now == "block":
        raise ConfigError(
            f"{place}:{begun}: the block that begins here has no end: put '{END}' below its last line, or remove this line"
        )
    above, block, below = ("".join(found) for found in parts.values())
    return IgnoreText(bom, above, block, below, newline)
