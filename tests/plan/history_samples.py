"""Records for tests of the report."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cispeed_tasks.plan.history_records import Machine, Record

START = datetime(2026, 1, 1, tzinfo=UTC)
CI = Machine("cafe", "Linux x86_64", 2, 4096, "GitHub")


def record(kind: str, name: str, result: str, seconds: float, hour: float = 0.0, **more: Any) -> Record:
    at = (START + timedelta(hours=hour)).isoformat(timespec="milliseconds")
    identity = f"{kind} {name} {hour}"
    return Record(kind, name, result, seconds, **{"id": identity, "at": at, "run": identity, **more})


def built(name: str, seconds: float, hour: float = 0.0, **more: Any) -> Record:
    return record("build", name, "built", seconds, hour, **more)
