"""Remembers under .cispeed/ what was derived of targets whose contexts have not changed since."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cispeed_tasks.plan.inputs import Inputs
from cispeed_tasks.tools import checkout

FILE = "derived-inputs.json"
SCHEMA = "cispeed derived inputs 1"


@dataclass(frozen=True)
class Known:
    """What was derived of a target, its single files left out, and the hash of those."""

    inputs: Inputs
    files: str


class DerivedInputs:
    """What is remembered of one project, by a key that says all that decides how inputs are derived."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, dict[str, Any]] = _load(root)
        self._new: dict[str, dict[str, Any]] = {}
        self._used: set[str] = set()

    def find(self, key: str, signature: str) -> Known | None:
        """What was derived when the contexts had this signature."""
        row = self._known.get(key)
        if row is None or row.get("signature") != signature:
            return None
        self._used.add(key)
        return Known(Inputs((), tuple(row["named"]), whole=row["whole"]), row["files"])

    def keep(self, key: str, signature: str, known: Known) -> None:
        """Remember what was derived; addresses may hold a secret, and what has one is derived each time."""
        if not known.inputs.remotes:
            named, whole = list(known.inputs.named), known.inputs.whole
            self._new[key] = {"signature": signature, "named": named, "whole": whole, "files": known.files}

    def save(self) -> None:
        """Write what is new; what was not asked for any more is kept only as long as nothing is new."""
        if not self._new:
            return
        kept = {key: row for key, row in self._known.items() if key in self._used} | self._new
        text = json.dumps({"schema": SCHEMA, "targets": kept}, separators=(",", ":"))
        checkout.write_state(self._root, FILE, text)
        self._known, self._new = kept, {}


def _load(root: Path) -> dict[str, dict[str, Any]]:
    try:
        data = json.loads((root / checkout.STATE / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    found = data.get("targets") if isinstance(data, dict) and data.get("schema") == SCHEMA else None
    return found if isinstance(found, dict) else {}
