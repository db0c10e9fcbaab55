"""Says that nothing changed without planning anew, where all that the last plan followed from is as it was.

A plan that left every image as it was writes down what it had looked at: the program, the config, Compose's answer, the
files that were read, what the file system says of every context, and the engine's answers. Nothing is decided here:
whatever differs, or changed so lately that it may change unseen, is planned as ever.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cispeed_tasks.errors import CispeedError
from cispeed_tasks.plan.image_names import canonical
from cispeed_tasks.run import ahead, history_rows
from cispeed_tasks.run.checkout_questions import Questions
from cispeed_tasks.run.context_witness import Witness
from cispeed_tasks.tools import checkout, compose, engine, engine_http, terminal
from cispeed_tasks.tools.file_digests import SETTLED_NANOSECONDS

if TYPE_CHECKING:
    from cispeed_tasks.run.look import View
    from cispeed_tasks.run.reuse import Decision

FILE = "unchanged.json"
SCHEMA = "cispeed unchanged 2"
BEGAN = time.time_ns()
"""Before the config was read."""
PROGRAM = Path(__file__).parent.parent
NO_PROGRAM = {"sample", "__pycache__"}
VARIABLES = ("CISPEED_CONFIG", "SOURCE_DATE_EPOCH", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "BUILDX_BUILDER")


def say_unchanged(services: Sequence[str]) -> bool:
    """Say what the last `build-optimized` of the same services said, if it would say it again; whether it did."""
    started = time.monotonic()
    start, name = Path.cwd().resolve(), os.environ.get("CISPEED_CONFIG", "cispeed.yaml")
    root = ahead.project_root(start, name)
    record = _load(root) if root else {}
    try:
        holds = bool(record) and record["services"] == list(services) and _holds(record, start, name)
    except (CispeedError, OSError, LookupError, TypeError, ValueError):
        return False
    if holds:
        terminal.plan(record["plan"])
        terminal.outcome("ok", f"{record['outcome']} in {terminal.seconds(time.monotonic() - started)}")
        history_rows.remember_reused(Path(record["config"]["root"]), record["targets"], time.monotonic() - started)
    return holds


def remember(view: View, decision: Decision, services: Sequence[str]) -> None:
    """Write down what a plan followed from that found every image on the engine, under its own name."""
    from cispeed_tasks.plan.targets import with_dependencies
    from cispeed_tasks.run import fingerprints

    steps, seen = decision.plan.steps, decision.contexts.witness()
    below = with_dependencies(view.project.targets, [step.target.name for step in steps])
    start, name = Path.cwd().resolve(), os.environ.get("CISPEED_CONFIG", "cispeed.yaml")
    config = _config(start, name, view.root)
    images = _images(list(decision.around.images))
    if (
        seen is None
        or not _is_settled(config)
        or any(step.action != "reuse" or not step.is_named for step in steps)
        or any(target.max_age for target in below)  # it changes with the time
        or fingerprints.outside_images(list(images)) != decision.around.images
        or any(image is None for image in images.values())
    ):
        return
    count = "1 image" if len(steps) == 1 else f"{len(steps)} images"
    facts = view.project.facts
    record = {
        "schema": SCHEMA,
        "services": list(services),
        "program": _program(),
        "environment": _environment(),
        "config": config,
        "compose": [
            list(view.compose.files),
            list(view.compose.profiles),
            view.compose.start,
            bool(view.loaded.config.compose),
        ],
        "model": view.model_digest,
        "questions": asdict(view.questions),
        "answers": view.questions.digest(facts.folders, facts.texts),
        "ignores": seen.ignores,
        "sent": seen.sent,
        "engine": [engine.endpoint(), decision.around.platform],
        "images": images,
        "references": {step.reference: step.target.tag for step in steps},
        "targets": [step.target.name for step in steps],
        "plan": decision.plan.text(every=False),
        "outcome": f"{count}: {len(steps)} reused",
    }
    checkout.write_state(view.root, FILE, json.dumps(record, separators=(",", ":")))


def _holds(record: Mapping[str, Any], start: Path, name: str) -> bool:
    """Whether everything is as it was; Compose has been asked before, and the engine is asked meanwhile."""
    root = ahead.project_root(start, name)
    if root is None or record["environment"] != _environment() or record["config"] != _config(start, name, root):
        return False
    with ThreadPoolExecutor(1) as pool:
        engine_holds = pool.submit(_engine_holds, record)
        files_hold = record["program"] == _program() and _files_hold(record)
        return files_hold and engine_holds.result() and _compose_holds(record, root)


def _files_hold(record: Mapping[str, Any]) -> bool:
    asked = Questions(**{key: _tuples(value) for key, value in record["questions"].items()})
    return asked.hold(record["answers"]) and Witness(_tuples(record["ignores"]), _tuples(record["sent"])).holds()


def _compose_holds(record: Mapping[str, Any], root: Path) -> bool:
    files, profiles, directory, are_named = record["compose"]
    if not are_named and list(compose.default_files(root)) != files:
        return False
    text = compose.answer(compose.Invocation(root, tuple(files), None, tuple(profiles), directory))
    return bool(compose.digest(text) == record["model"])


def _engine_holds(record: Mapping[str, Any]) -> bool:
    if [engine.endpoint(), engine_http.platform()] != record["engine"] or _images(record["images"]) != record["images"]:
        return False
    names = engine_http.names_of(list(record["references"]))
    return all(
        canonical(tag) in map(canonical, names[reference] or ()) for reference, tag in record["references"].items()
    )


def _images(names: Iterable[str]) -> dict[str, list[Any] | None]:
    """All that the fingerprints take of what the engine knows of the images of others."""
    seen = engine_http.inspect_images(list(names)).items()
    return {name: None if image is None else _image(image) for name, image in seen}


def _image(seen: Mapping[str, Any]) -> list[Any]:
    return [seen["Id"], seen.get("RepoDigests"), (seen.get("Config") or {}).get("OnBuild")]


def _config(start: Path, name: str, root: Path) -> dict[str, str | None]:
    """The digests of the config files that may count: the nearest one, and that of the project's directory."""
    folder = ahead.nearest(start, (name,))
    paths = {str(place / name) for place in (folder, root) if place is not None}
    return {path: _digest(Path(path)) for path in sorted(paths)} | {"root": str(root)}


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _is_settled(config: Mapping[str, str | None]) -> bool:
    """Whether the config files are what they were when this program began."""
    found = [Path(path).stat() for path in config if path != "root" and Path(path).exists()]
    return all(max(one.st_mtime_ns, one.st_ctime_ns) < BEGAN - SETTLED_NANOSECONDS for one in found)


def _program() -> str:
    """What the file system says of this program's own files: another version, or another line, plans anew."""
    found = []
    for directory, folders, names in os.walk(PROGRAM):
        folders[:] = sorted(set(folders) - NO_PROGRAM)
        for name in names:
            status = os.stat(f"{directory}/{name}")  # noqa: PTH116  # there are hundreds
            found.append((directory, name, status.st_size, status.st_mtime_ns))
    return hashlib.sha256(repr(sorted(found)).encode()).hexdigest()


def _environment() -> dict[str, str | None]:
    return {name: os.environ.get(name) for name in VARIABLES}


def _tuples(value: Any) -> Any:  # noqa: ANN401  # a JSON value
    return tuple(_tuples(inner) for inner in value) if isinstance(value, list) else value


def _load(root: Path) -> dict[str, Any]:
    try:
        data = json.loads((root / checkout.STATE / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) and data.get("schema") == SCHEMA else {}
