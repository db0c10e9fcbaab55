"""What is remembered of a piece of work: a build, an up, a test run, a comparison; and the text that keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

SCHEMA = 1
"""The version of a record's text; a newer one is left for the version of cispeed that wrote it."""
KINDS = ("build", "images", "up", "test", "compare")


@dataclass(frozen=True)
class Step:
    """An instruction of a build: where it stands, how long it took, and whether it came from the cache.

    The instruction is as its Dockerfile says it, with no value of a variable.
    """

    instruction: str
    seconds: float
    cached: bool


@dataclass(frozen=True)
class Layer:
    """A layer of an image: the instruction that made it, with no value of a variable, and its bytes."""

    instruction: str
    bytes: int


@dataclass(frozen=True)
class Bar:
    """One figure of a comparison, before and after: of which service, under which scenario, in which unit (s or B)."""

    subject: str
    scenario: str
    before: float | None
    after: float | None
    unit: str = "s"


@dataclass(frozen=True)
class Machine:
    """The machine that did the work; `name` is a digest of its host name."""

    name: str = ""
    system: str = ""
    cpus: int = 0
    memory: int = 0
    """Bytes."""
    ci: str = ""
    """The CI system's name; empty on a person's machine."""

    def __str__(self) -> str:
        """In a few words, as a series is called."""
        place = self.ci or "local"
        return f"{place}, {self.system}, {self.cpus} CPUs" if self.system else place


@dataclass(frozen=True)
class Record:
    """One piece of work; what does not belong to its kind, or was not told, is empty or None.

    The kinds: `build` is one image that was built, `images` a whole build of several (what it left as it was included),
    `up` a stack that was started, `test` a run of tests, `compare` a measured before and after.
    """

    kind: str
    name: str
    """The target, the mode of the stack, or the suite."""
    result: str
    """built; ready; passed, reused; measured; or failed."""
    seconds: float
    id: str = ""
    """Unique among all machines."""
    at: str = ""
    """When it began: ISO 8601 with milliseconds, UTC."""
    run: str = ""
    """The same for everything of one CI run, or of one command on a person's machine."""
    commit: str | None = None
    fingerprint: str | None = None
    cause: str = ""
    saved: float | None = None
    """Seconds that reuse saved, where that is known."""
    image_bytes: int | None = None
    context_bytes: int | None = None
    cache_bytes: int | None = None
    phases: Mapping[str, float] = field(default_factory=dict)
    """Seconds by phase."""
    steps: tuple[Step, ...] = ()
    """The slowest."""
    steps_cached: int = 0
    steps_all: int = 0
    layers: tuple[Layer, ...] = ()
    """The largest."""
    reused: tuple[str, ...] = ()
    """Of a whole build, the images that were left as they were."""
    bars: tuple[Bar, ...] = ()
    machine: Machine = field(default_factory=Machine)

    @property
    def is_ci(self) -> bool:
        """Whether a CI system did it."""
        return bool(self.machine.ci)


def record_text(record: Record) -> str:
    """A record as one line of JSON; what is empty is left out."""
    data = {key: value for key, value in asdict(record).items() if value not in (None, "", (), {}, [], 0)}
    return json.dumps({"schema": SCHEMA, **data}, separators=(",", ":"), ensure_ascii=False)


def read_record(text: str) -> Record | None:
    """Read what `record_text` wrote; None where it is damaged or of a newer schema. Keys that are new are passed over."""
    try:
        data = json.loads(text)
        return _record(data) if data["schema"] == SCHEMA else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _record(data: Mapping[str, Any]) -> Record:
    nested = {
        "steps": tuple(
            Step(str(d["instruction"]), float(d["seconds"]), bool(d["cached"])) for d in data.get("steps", ())
        ),
        "layers": tuple(Layer(str(d["instruction"]), int(d["bytes"])) for d in data.get("layers", ())),
        "bars": tuple(
            Bar(str(d["subject"]), str(d["scenario"]), d["before"], d["after"], str(d["unit"]))
            for d in data.get("bars", ())
        ),
        "machine": Machine(**{key: data.get("machine", {}).get(key, old) for key, old in _MACHINE.items()}),
        "phases": {str(key): float(value) for key, value in data.get("phases", {}).items()},
        "reused": tuple(map(str, data.get("reused", ()))),
    }
    plain = {key: data[key] for key in _PLAIN if key in data}
    needed = {key: str(data[key]) for key in ("kind", "name", "result", "id", "at")}
    return Record(**{**plain, **nested, **needed, "seconds": float(data.get("seconds", 0.0))})


_MACHINE = asdict(Machine())
_PLAIN = (
    *("run", "commit", "fingerprint", "cause", "saved"),
    *("image_bytes", "context_bytes", "cache_bytes", "steps_cached", "steps_all"),
)


def last_builds(records: Iterable[Record], count: int) -> dict[str, tuple[Record, ...]]:
    """For each target its last builds that ended well, the newest first, `count` at most.

    Args:
        records: in any order.
        count: how many of each target are wanted.
    """
    found: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda one: one.at, reverse=True):
        if record.kind == "build" and record.result == "built":
            kept = found.setdefault(record.name, [])
            kept += [record] if len(kept) < count else []
    return {name: tuple(kept) for name, kept in found.items()}
