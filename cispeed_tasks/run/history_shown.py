"""Show the history, hand it on as lines of JSON, and take in what other machines handed on."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cispeed_tasks.config import load_config
from cispeed_tasks.errors import UsageError, WorkFailed
from cispeed_tasks.plan.history_ages import read_since
from cispeed_tasks.plan.history_records import Record, read_record, record_text
from cispeed_tasks.run import history as recorded
from cispeed_tasks.tools import checkout, given, terminal
from cispeed_tasks.tools import history as store

SHOWN = 30
"""How many of the last records are shown where the user names no time."""
FAULTS_SHOWN = 5


@dataclass(frozen=True)
class Options:
    """What the user asked for."""

    since: str = ""
    as_json: bool = False
    export: str = ""
    merge: bool = False


def history(files: Sequence[str], options: Options) -> None:
    """Show records, write them out, or merge files of them.

    Raises:
        UsageError: an option is wrong, or a file cannot be read or holds what is no record.
        WorkFailed: the history cannot be written.
    """
    root = project_root()
    if bool(files) != options.merge:
        raise UsageError("files are what --merge takes in: `inv history --merge runner-1.jsonl runner-2.jsonl`")
    if options.merge:
        _merge(root, files)
        return
    records = recorded.recall(root, since=read_since(options.since, datetime.now(UTC)))
    if options.export:
        _export(records, options.export)
    elif options.as_json:
        terminal.say(json.dumps([json.loads(record_text(one)) for one in records], indent=2, ensure_ascii=False))
    elif not records:
        terminal.say(_nothing(recorded.recall(root) if options.since else [], options.since))
    else:
        _show(records, every=bool(options.since))


def project_root() -> Path:
    """The directory of the project that the working directory lies in."""
    return load_config(Path.cwd().resolve(), os.environ.get("CISPEED_CONFIG", "cispeed.yaml")).root


def _merge(root: Path, files: Sequence[str]) -> None:
    records = [record for name in files for record in _read(name)]
    try:
        new = recorded.merge(root, records)
    except store.SetAside as moved:
        terminal.warn(str(moved))
        new = len(records)
    except store.FAULTS as error:
        raise WorkFailed(f"the history in {root / checkout.STATE} cannot be written: {error}") from error
    terminal.outcome(
        "ok", f"{_count(len(records))} read, {new} of them new; {root / checkout.STATE / store.FILE} has them now"
    )


def _read(name: str) -> list[Record]:
    found, faults = [], []
    for number, line in enumerate(given.read(name, "--merge").splitlines(), 1):
        if line.strip():
            record = read_record(line)
            found += [record] if record else []
            faults += [] if record else [f"{name}:{number}: no record of a history that this version of cispeed knows"]
    if faults:
        more = f"\nand {len(faults) - FAULTS_SHOWN} more" if len(faults) > FAULTS_SHOWN else ""
        advice = "\nNothing was merged. `inv history --export FILE` writes such files."
        raise UsageError("\n".join(faults[:FAULTS_SHOWN]) + more + advice)
    return found


def _export(records: Sequence[Record], name: str) -> None:
    text = "".join(f"{record_text(one)}\n" for one in records)
    if name == "-":
        terminal.say(text.removesuffix("\n"))
        return
    try:
        checkout.write_whole(Path(name), text)
    except OSError as error:
        raise WorkFailed(f"--export {name}: cannot be written: {error.strerror}") from error
    terminal.outcome("ok", f"{_count(len(records))} written to {name}")


def _nothing(earlier: Sequence[Record], since: str) -> str:
    if not earlier:
        return "Nothing is remembered yet: builds, ups and tests leave records here when they are run."
    return f"Nothing began since {since}; the last of {_count(len(earlier))} is of {_when(earlier[-1])}."


def _show(records: Sequence[Record], *, every: bool) -> None:
    shown = records if every else records[-SHOWN:]
    terminal.table(("when", "what", "result", "time", "size", "cached", "why"), [_row(one) for one in shown])
    if len(shown) < len(records):
        terminal.note(f"  {len(records) - len(shown)} earlier ones: `inv history --since 30d` shows them")


def _row(one: Record) -> tuple[str, ...]:
    what = one.kind if one.kind == one.name else f"{one.kind} {one.name}"
    size = terminal.size(one.image_bytes) if one.image_bytes else ""
    cached = f"{one.steps_cached}/{one.steps_all}" if one.steps_all else ""
    why = one.cause or (f"reused {len(one.reused)}" if one.reused else "")
    saved = f"{terminal.seconds(one.saved)} saved" if one.saved else ""
    return (_when(one), what, one.result, terminal.seconds(one.seconds), size, cached, why or saved)


def _when(one: Record) -> str:
    return datetime.fromisoformat(one.at).astimezone().strftime("%Y-%m-%d %H:%M")


def _count(records: int) -> str:
    return "1 record" if records == 1 else f"{records} records"
