"""A test run that passed whole, and the text that keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

SCHEMA = 1
LABELS = "cispeed.green."


@dataclass(frozen=True)
class GreenRun:
    """A run in which everything passed; its key is a hash of all that decides how it ends."""

    key: str
    """64 hexadecimal digits."""
    what: str
    """What was run, in words."""
    seconds: float
    at: str
    """When it ended: ISO 8601, UTC."""
    commit: str | None = None
    """The commit that was checked out; the files may have differed from it."""

    def __str__(self) -> str:
        """What is said when it is reused."""
        commit = f", commit {self.commit[:12]}" if self.commit else ""
        return f"the green run of {self.at[:16].replace('T', ' ')} UTC{commit}"


def green_text(run: GreenRun) -> str:
    """The text that keeps a run."""
    return json.dumps({"schema": SCHEMA, **asdict(run)}, indent=2) + "\n"


def read_green(text: str, key: str) -> GreenRun | None:
    """Read what `green_text` wrote; None where it is damaged, of another schema or of another key."""
    try:
        data = json.loads(text)
        found = GreenRun(data["key"], data["what"], float(data["seconds"]), data["at"], data["commit"])
    except (ValueError, KeyError, TypeError):
        return None
    return found if data["schema"] == SCHEMA and found.key == key else None


def green_labels(run: GreenRun) -> dict[str, str]:
    """A run as the labels of an image without layers, so that any OCI registry can keep it."""
    return {f"{LABELS}record": green_text(run).replace("\n", "")}


def from_labels(labels: Mapping[str, str], key: str) -> GreenRun | None:
    """Read what `green_labels` gave."""
    return read_green(labels.get(f"{LABELS}record", ""), key)
