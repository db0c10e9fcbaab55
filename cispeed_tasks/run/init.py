"""Adopt the tasks in a repository: write what is missing, say what stands there already, and what to type next."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.config import FILE_NAME, find_config, load_config, parse_config
from cispeed_tasks.errors import ConfigError, ToolError, UsageError
from cispeed_tasks.plan import entry_file
from cispeed_tasks.plan.entry_file import EntryFile, read_entry_file
from cispeed_tasks.plan.file_changes import FileChange, diff_text, with_line
from cispeed_tasks.plan.init import Seen, config_text
from cispeed_tasks.plan.places import relative
from cispeed_tasks.run.first_config import first_config, other_compose_files
from cispeed_tasks.run.look import View, look_with, raw_model
from cispeed_tasks.tools import checkout, compose, git, terminal, user_files

PLAYWRIGHT_DEPTH = 8
IGNORED = f"{checkout.STATE}/"
ENTRY_FILES = ("tasks.py", "tasks/__init__.py")
AGAIN = "nothing was written; correct it, then type `python -m cispeed_tasks init` again"


@dataclass(frozen=True)
class Adoption:
    """What the repository has and lacks; each file as it is and as it would be, by its name from `start`."""

    start: Path
    view: View
    config: FileChange
    entry: FileChange | None
    existing_entry: EntryFile | None
    entry_name: str
    ignore: FileChange | None
    ignore_note: str


def init(*, diff: bool) -> None:
    """Write the first cispeed.yaml, a tasks.py and a line of .gitignore where they are missing, or show them as a diff."""
    adoption = _see()
    if diff:
        found = diff_text(change for change in (adoption.config, adoption.entry, adoption.ignore) if change)
        terminal.say(found.rstrip("\n") or "Nothing would be written: all is there.")
        return
    _write(adoption)
    _advise(adoption)


def _see() -> Adoption:
    start, name = Path.cwd().resolve(), os.environ.get("CISPEED_CONFIG", FILE_NAME)
    existing = find_config(start, name)
    try:
        loaded = load_config(start, name) if existing else first_config(start)
        view = look_with(loaded)
    except ConfigError as error:
        raise ConfigError(f"{error}\n{AGAIN}") from error
    path = loaded.path or view.root / name
    text = config_text(_seen(view))
    written = parse_config(text, path)
    if loaded.path is None and written.config != loaded.config:
        look_with(written)  # what is written has to be right
    top = _git_root(view.root)
    outermost = top or (existing.parent if existing else view.root)
    entry, existing_entry, entry_name = _entry(view.root, start, outermost)
    ignore, note = _ignore(view.root, start, top)
    config = FileChange(_shown(path, start), user_files.read(path), text)
    return Adoption(start, view, config, entry, existing_entry, entry_name, ignore, note)


def _seen(view: View) -> Seen:
    folders = checkout.folders_with(view.root, "playwright.config.*", depth=PLAYWRIGHT_DEPTH)
    standard = compose.standard_files(view.root)
    return Seen(
        project=view.project,
        raw=raw_model(view),
        files=view.compose.files,
        by_variable=not view.loaded.config.compose and view.compose.files != standard,
        other_files=other_compose_files(view.root, view.compose.files),
        profiles=compose.profiles(view.compose),
        playwright=tuple(relative(path, view.root) for path in folders),
        remote=git.remote_address(view.root, "origin"),
    )


def _git_root(root: Path) -> Path | None:
    try:
        return git.find_root(root)
    except (UsageError, ToolError):
        return None


def _entry(root: Path, start: Path, outermost: Path) -> tuple[FileChange | None, EntryFile | None, str]:
    """A new tasks.py, or what the one that Invoke finds from here upwards lacks."""
    folders = [start, *(folder for folder in start.parents if folder.is_relative_to(outermost))]
    path = next((path for folder in folders for name in ENTRY_FILES if _is_entry(path := folder / name)), None)
    if path is None:
        new = _shown((root if start.is_relative_to(root) else start) / ENTRY_FILES[0], start)
        return FileChange(new, None, entry_file.TEXT), None, new
    shown = _shown(path, start)
    return None, read_entry_file(user_files.read(path) or "", shown), shown


def _is_entry(path: Path) -> bool:
    """Whether a file is one of Invoke's; a package called tasks may well be a part of the application instead."""
    if not path.is_file():
        return False
    text = user_files.read(path) or ""
    return path.name == ENTRY_FILES[0] or "invoke" in text or "cispeed_tasks" in text


def _ignore(root: Path, start: Path, top: Path | None) -> tuple[FileChange | None, str]:
    if top is None:
        return None, f"no git repository here that git reads, so nothing has to ignore {IGNORED}"
    if git.ignores(root, f"{IGNORED}x"):
        return None, f"git ignores {IGNORED} already"
    nearest = next((path for path in (root / ".gitignore", top / ".gitignore") if path.is_file()), root / ".gitignore")
    before = user_files.read(nearest)
    return FileChange(_shown(nearest, start), before, with_line(before or "", IGNORED)), ""


def _write(adoption: Adoption) -> None:
    start = adoption.start
    if adoption.config.before is None:
        user_files.create(start / adoption.config.name, adoption.config.after)
        terminal.outcome("ok", f"wrote {adoption.config.name}: what cannot be inferred, and what is as comments")
    else:
        terminal.outcome(
            "skipped",
            f"{adoption.config.name} exists and stays as it is; `inv init --diff` shows what differs from a new one",
        )
    if adoption.entry:
        user_files.create(start / adoption.entry.name, adoption.entry.after)
        terminal.outcome("ok", f"wrote {adoption.entry.name}: `inv --list` names the tasks")
    else:
        _say_entry(adoption)
    if adoption.ignore:
        user_files.append(start / adoption.ignore.name, adoption.ignore.after[len(adoption.ignore.before or "") :])
        terminal.outcome("ok", f"added {IGNORED} to {adoption.ignore.name}")
    else:
        terminal.outcome("skipped", adoption.ignore_note)


def _say_entry(adoption: Adoption) -> None:
    if adoption.existing_entry is None or not adoption.existing_entry.lines:
        terminal.outcome("skipped", f"{adoption.entry_name} has the tasks already")
        return
    terminal.outcome("warn", f"{adoption.entry_name} exists and stays as it is; add these lines at its end:")
    for line in adoption.existing_entry.lines:
        terminal.say(f"    {line}")


def _advise(adoption: Adoption) -> None:
    project = adoption.view.project
    for shape in project.shapes.values():
        for assumption in shape.assumptions:
            terminal.warn(str(assumption))
    if project.playwright_fault:
        terminal.warn(f"playwright-test cannot run: {project.playwright_fault}")
    if not project.shapes:
        terminal.warn(f"no service is active: choose among the Compose files' profiles in {adoption.config.name}")
    prefix = adoption.existing_entry.prefix if adoption.existing_entry else ""
    terminal.heading("Next")
    commands = [
        ("check", "what was understood, and what was assumed"),
        ("full-up", "builds what is needed and brings all services up; `inv engine-up` first where there is no Docker"),
        ("playwright-test", "runs the tests in their container") if project.playwright else ("down", "takes it down"),
    ]
    terminal.definitions([(f"inv {prefix}{command}", meaning) for command, meaning in commands])


def _shown(path: Path, start: Path) -> str:
    return Path(os.path.relpath(path, start)).as_posix()
