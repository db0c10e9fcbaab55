"""What BuildKit tells of a build, read: seconds by phase, the instructions that took the time, what came from the cache.

BuildKit writes the values of variables into the names of its steps, and the engine those of build arguments into the
names of layers. Nothing of that is kept: a step is called what its Dockerfile calls it, or by its keyword alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.dockerfile import Instruction
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile
from cispeed_tasks.plan.history_records import Layer, Step

STEP = re.compile(r"\[(?:(?P<stage>[^\]\s]+) )?\d+/\d+\] (?P<keyword>[A-Z]+)(?P<rest> .*)?", re.DOTALL)
"""The name of an instruction's step: `[build 5/6] RUN make`."""
SHELL = re.compile(r"^(RUN )?(\|\d+ .*?)?/bin/sh -c (#\(nop\) )?", re.DOTALL)
VARIABLE = re.compile(r"\$(?:\{[^}]*\}|\w+)")
MOUNT = re.compile(r"--mount=\S+ ?")
SECRET = re.compile(
    r"(?i)\b([\w-]*(?:token|secret|passw|credential|api_?key|auth)[\w-]*)(=|\s+|:\s*)\S+|(?<=://)[^/@\s]+@"
)
WIDTH = 100
KEPT = 12
PHASES = (
    ("importing cache", "cache import"),
    ("exporting cache", "cache export"),
    ("exporting to", "image export"),
    ("[internal] load build context", "context"),
    ("[internal]", "definition"),
    ("resolve image", "base images"),
    ("[context ", "base images"),
    ("docker-image://", "base images"),
)
"""How the names of BuildKit's own steps begin, and the phase that each belongs to."""


@dataclass(frozen=True)
class Told:
    """What BuildKit told of one build."""

    phases: Mapping[str, float] = field(default_factory=dict)
    """Seconds by phase; what runs side by side counts once."""
    steps: tuple[Step, ...] = ()
    """The slowest instructions, those that came from the cache left out where there are many."""
    cached: int = 0
    all: int = 0
    """How many instructions there were, FROM left out."""


@dataclass
class _Vertex:
    name: str = ""
    cached: bool = False
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)


class Names:
    """The instructions of some Dockerfiles, by which steps and layers are called."""

    def __init__(self, dockerfiles: Iterable[str]) -> None:
        found = [one for text in dockerfiles for one in _instructions(text)]
        self._known = [(_parts(written), _shown(one)) for one in found for written in _written(one)]

    def find(self, keyword: str, rest: str) -> str | None:
        """The instruction that a text of BuildKit's is; None where it is none of these."""
        words = _bare(f"{keyword} {rest}")
        return next((shown for parts, shown in self._known if _is_filled(parts, words)), None)


def read_build(rows: Iterable[Mapping[str, Any]], names: Names) -> Told:
    """Read the log of a build (`buildx history logs --progress rawjson`); what it does not tell is left out."""
    vertices = _vertices(rows)
    spans: dict[str, list[tuple[datetime, datetime]]] = {}
    steps = []
    for vertex in vertices:
        step = STEP.match(vertex.name)
        is_from = step is not None and step["keyword"] == "FROM"
        phase = "instructions" if step and not is_from else "base images" if is_from else _phase(vertex.name)
        spans.setdefault(phase, []).extend(vertex.spans)
        if step and not is_from:
            steps.append(Step(_called(step, names), _seconds(vertex.spans), vertex.cached))
    slowest = sorted(steps, key=lambda one: (one.cached, -one.seconds))[:KEPT]
    phases = {phase: took for phase, found in spans.items() if (took := _seconds(found)) > 0}
    return Told(phases, tuple(slowest), sum(one.cached for one in steps), len(steps))


def whole_seconds(rows: Iterable[Mapping[str, Any]]) -> float | None:
    """The seconds from the first step of a build to the end of its last, by its log; None where no step is told."""
    spans = [span for vertex in _vertices(rows) for span in vertex.spans]
    if not spans:
        return None
    return (max(end for _, end in spans) - min(start for start, _ in spans)).total_seconds()


def read_layers(rows: Sequence[Mapping[str, Any]], names: Names) -> tuple[Layer, ...]:
    """Read an image's history, as the engine gives it: its largest layers."""
    layers = [Layer(_layer(str(row.get("CreatedBy") or "")[:4000], names), int(row.get("Size") or 0)) for row in rows]
    return tuple(sorted((one for one in layers if one.bytes), key=lambda one: -one.bytes)[:KEPT])


def _layer(made_by: str, names: Names) -> str:
    words = made_by.removesuffix(" # buildkit")
    bare = SHELL.sub("", words)
    keyword, _, rest = bare.partition(" ")
    if bare != words and not keyword.isupper():
        keyword, rest = "RUN", bare
    if not (keyword.isalpha() and keyword.isupper()):
        return "layer of a base image"
    return names.find(keyword, rest) or f"{keyword} of a base image"


def _called(step: re.Match[str], names: Names) -> str:
    called = names.find(step["keyword"], step["rest"] or "") or f"{step['keyword']} …"
    return f"{step['stage']}: {called}" if step["stage"] and not step["stage"].startswith("stage-") else called


def _vertices(rows: Iterable[Mapping[str, Any]]) -> list[_Vertex]:
    """The steps that ended; one is told when it begins, and again with each piece of it."""
    found: dict[str, _Vertex] = {}
    for row in rows:
        for one in row.get("vertexes") or ():
            vertex = found.setdefault(str(one.get("digest")), _Vertex())
            vertex.name = str(one.get("name") or vertex.name)
            vertex.cached = vertex.cached or bool(one.get("cached"))
            if one.get("started") and one.get("completed"):
                vertex.spans.append((datetime.fromisoformat(one["started"]), datetime.fromisoformat(one["completed"])))
    return [vertex for vertex in found.values() if vertex.spans]


def _seconds(spans: Sequence[tuple[datetime, datetime]]) -> float:
    """How long at least one of some spans lasted."""
    took, end = 0.0, None
    for start, stop in sorted(spans):
        begin = start if end is None or start > end else end
        if stop > begin:
            took += (stop - begin).total_seconds()
            end = stop
    return round(took, 3)


def _phase(name: str) -> str:
    return next((phase for start, phase in PHASES if name.startswith(start)), "other")


def _instructions(text: str) -> list[Instruction]:
    try:
        return [one for stage in read_dockerfile(text).stages for one in stage.instructions]
    except ConfigError:
        return []


def _written(one: Instruction) -> dict[str, None]:
    """How an instruction may be told: with all its flags, without those that say where from, without any."""
    kept = [[], [f for f in one.flags if f[0] not in {"from", "mount"}], list(one.flags)]
    flags = ("".join(f"--{name}={value} " for name, value in chosen) for chosen in kept)
    return dict.fromkeys(f"{one.keyword} {words}{one.rest}" for words in flags)


def _parts(written: str) -> tuple[str, ...]:
    """The pieces of a text between its variables."""
    return tuple(VARIABLE.split(_bare(written)))


def _is_filled(parts: Sequence[str], words: str) -> bool:
    """Whether a text is these pieces with anything between them, from its first to its last character."""
    first, *middle = parts
    if not middle:
        return words == first
    last, place = middle.pop(), len(first)
    if not (words.startswith(first) and words.endswith(last)):
        return False
    for part in middle:
        place = words.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return place <= len(words) - len(last)


def _shown(one: Instruction) -> str:
    """An instruction as it is shown: in one line, its mounts left out, with nothing that looks like a secret."""
    flags = "".join(f"--{name}={value} " for name, value in one.flags if name == "from")
    words = _collapsed(f"{one.keyword} {flags}{MOUNT.sub('', one.rest)}")
    words = SECRET.sub(lambda found: f"{found[1]}{found[2]}…" if found[1] else "…@", words)
    return words if len(words) <= WIDTH else f"{words[: WIDTH - 1]}…"


def _bare(text: str) -> str:
    """A text without quotes, which BuildKit may leave out, in one line."""
    return _collapsed(text.replace('"', "").replace("'", ""))


def _collapsed(text: str) -> str:
    return " ".join(text.split())
