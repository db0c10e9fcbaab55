"""What is remembered under .cispeed/fingerprints/ of the inputs of images that were built here."""

from __future__ import annotations

from pathlib import Path

from cispeed_tasks.plan.fingerprint import Fingerprint, Record, read_record, record_text
from cispeed_tasks.tools import checkout

DIRECTORY = "fingerprints"
KEPT = 10
"""Records of one target: more images of it than that are seldom kept."""


def remember(root: Path, found: Fingerprint) -> None:
    """Keep what a fingerprint was made of, and forget the oldest ones of its target."""
    path = checkout.write_state(root, _name(found.target, found.value), record_text(found))
    path.touch()
    old = sorted(path.parent.glob("*.json"), key=lambda one: one.stat().st_mtime, reverse=True)[KEPT:]
    for one in old:
        one.unlink(missing_ok=True)


def is_remembered(root: Path, found: Fingerprint) -> bool:
    """Whether there is a record of a fingerprint."""
    return (root / checkout.STATE / _name(found.target, found.value)).is_file()


def recall(root: Path, target: str, value: str | None) -> Record | None:
    """What is remembered of a target's fingerprint; None where there is nothing, or nothing that can be read."""
    text = checkout.text(root / checkout.STATE / _name(target, value)) if value else None
    record = read_record(text) if text is not None else None
    return record if record is not None and record.value == value else None


def _name(target: str, value: str) -> str:
    return f"{DIRECTORY}/{target}/{value[:32]}.json"
