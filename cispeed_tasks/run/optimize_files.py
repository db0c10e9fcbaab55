"""Write the mended Dockerfiles, their ignore files, the overlay and the shared bases: never over a user's file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cispeed_tasks.errors import ConfigError, UsageError
from cispeed_tasks.plan.findings_model import SeenBuild
from cispeed_tasks.plan.optimize import MARK, optimize
from cispeed_tasks.plan.optimize_base import SharedBase
from cispeed_tasks.plan.optimize_overlay import OVERLAY_FILE, ToWrite, overlay_header, overlay_model, to_write, undo
from cispeed_tasks.run.look import Place
from cispeed_tasks.tools import checkout, compose, compose_yaml, terminal

CHECKED = "optimize-overlay.yml"
"""Where an overlay lies while Compose is asked whether it takes it, in .cispeed/."""


def write(place: Place, builds: Sequence[SeenBuild], chosen: Sequence[str], bases: Sequence[SharedBase]) -> ToWrite:
    """Write everything, and return it with the paths that are there now.

    Raises:
        UsageError: a file of one of these names is there, and is not cispeed's.
        ConfigError: Compose does not take the overlay.
    """
    # A file that is shared with a service that was not chosen is mended for both, or for neither.
    files = {build.file for build in builds if build.service in chosen}
    dockerfiles = {name: service.build.dockerfile for name, service in place.stack.services.items() if service.build}
    made = to_write([optimize(build) for build in builds if build.file in files], dockerfiles)
    texts = {**made.texts, **_overlay(place, made)}
    absent = {base.file: base.dockerfile() for base in bases if not (place.root / base.file).exists()}
    _refuse_foreign(place.root, texts)
    for name, text in {**texts, **absent}.items():
        checkout.write_whole(place.root / name, text)
    return replace(made, texts={**texts, **absent})


def say(place: Place, written: ToWrite) -> None:
    """Say what was written, what was left and why, how it is used and how it is undone."""
    terminal.heading("Written" if written.texts else "Nothing was written")
    for name in written.texts:
        terminal.say(f"  {name}")
    for file, note in written.left:
        terminal.outcome("skipped", f"{file}:{note.line}: {note.text}")
    if not written.texts:
        return
    for file, note in written.changes:
        terminal.note(f"  {file}:{note.line}: {note.text}")
    if written.services:
        terminal.say(overlay_header(place.compose.files).splitlines()[0].partition(". ")[2])
        files = ", ".join(name for name in (*place.compose.files, OVERLAY_FILE))
        terminal.say(f"So that all tasks take them, in cispeed.yaml: compose: [{files}]")
    terminal.say(f"To undo: {undo(tuple(written.texts))}")


def _overlay(place: Place, made: ToWrite) -> dict[str, str]:
    """The overlay, once Compose took it; it keeps what an earlier run wrote for services that were not chosen."""
    if not made.services:
        return {}
    services = {**_earlier(place), **made.services}
    ordered = {name: services[name] for name in place.stack.services if name in services}
    text = compose_yaml.dump(overlay_model(ordered), overlay_header(place.compose.files))
    path = checkout.write_state(place.root, CHECKED, text)
    try:
        compose.resolve(replace(place.compose, files=(*place.compose.files, f"{checkout.STATE}/{CHECKED}")))
    except ConfigError as error:
        raise ConfigError(f"nothing was written, since Compose does not take the overlay: {error}") from error
    finally:
        path.unlink()
    return {OVERLAY_FILE: text}


def _earlier(place: Place) -> dict[str, str]:
    """What the overlay that is there names, where that still exists."""
    text = checkout.text(place.root / OVERLAY_FILE)
    if text is None or MARK not in text:
        return {}
    from cispeed_tasks.tools.yaml_files import parse_yaml

    data = parse_yaml(text, OVERLAY_FILE).data
    services = data.get("services") if isinstance(data, dict) else {}
    found: dict[str, str] = {}
    for name, service in place.stack.services.items():
        named = ((services or {}).get(name) or {}).get("build", {}).get("dockerfile")
        if named and service.build and (Path(service.build.context) / named).is_file():
            found[name] = named
    return found


def _refuse_foreign(root: Path, texts: dict[str, str]) -> None:
    foreign = [name for name in texts if MARK not in "".join((checkout.text(root / name) or MARK).splitlines()[:5])]
    if foreign:
        names = ", ".join(foreign)
        raise UsageError(f"{names}: there already, and not made by cispeed; move it away, nothing was written")
