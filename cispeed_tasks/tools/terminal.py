"""What a person sees: one small vocabulary of headings, lines, tables and outcomes, the same in every task."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from cispeed_tasks.tools import terminal_columns

COLOURS = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
MARKS = {"ok": ("✓", "green"), "failed": ("✗", "red"), "warn": ("!", "yellow"), "skipped": ("·", "dim")}


def in_ci() -> bool:
    """Whether a CI system runs this (`CI` is set by GitHub, GitLab, Buildkite, CircleCI and most others)."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


def in_github() -> bool:
    """Whether this runs in a GitHub workflow."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def is_interactive() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty() and not in_ci()


def width() -> int | None:
    """Columns of the terminal that a person looks at; None where lines go elsewhere and stay whole."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() and not in_ci() else None


def fitted(text: str, *, first: int = 0, hang: int = 2) -> str:
    """A text as the terminal has room for it: see terminal_columns.fitted."""
    return terminal_columns.fitted(text, width(), first=first, hang=hang)


def say(text: str = "") -> None:
    """Print a line now, also when output goes to a file or a pipe."""
    print(text, flush=True)  # noqa: T201  # this is the one place that prints


def aside(text: str) -> None:
    """Print a line beside the output that a program reads."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201  # this is the one place that prints


@contextmanager
def output_aside(wanted: bool) -> Iterator[None]:
    """Where it is wanted, all that is printed, also by programs that are started, goes beside the output."""
    if not wanted:
        yield
        return
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def heading(text: str) -> None:
    """Begin a part of the work."""
    say()
    say(styled(text, "bold"))


def command(text: str) -> None:
    """Show a command that is about to run, as it could be pasted."""
    say(styled(f"$ {text}", "cyan"))


def plan(text: object) -> None:
    """The plan before the work, a line a step."""
    say(fitted(str(text), hang=4))


def tell(text: str) -> None:
    """Sentences for a person."""
    say(fitted(text))


def note(text: str) -> None:
    """A remark that a person may skip."""
    say(styled(fitted(text), "dim"))


def warn(text: str) -> None:
    """Something that is not an error but wants attention; on GitHub it is annotated."""
    if in_github():
        # An annotation is one line, in which these two are written so (@actions/core, command.ts).
        say(f"::warning::{text.replace('%', '%25').replace(chr(10), '%0A')}")
    else:
        outcome("warn", text)


def outcome(mark: str, text: str) -> None:
    """A line for what happened; `mark` is one of ok, failed, warn, skipped."""
    symbol, colour = MARKS[mark]
    say(f"{styled(symbol, colour)} {fitted(text, first=2)}")


@contextmanager
def group(title: str) -> Iterator[None]:
    """A foldable part in a CI log, a heading elsewhere."""
    if not in_github():
        heading(title)
        yield
        return
    say(f"::group::{title}")
    try:
        yield
    finally:
        say("::endgroup::")


def moves() -> bool:
    """Whether a progress line can be replaced in place."""
    return sys.stdout.isatty()


def progress(text: str) -> None:
    """Replace the last progress line on a terminal; elsewhere print it as a line."""
    if not moves():
        say(text)
        return
    width = shutil.get_terminal_size().columns
    sys.stdout.write(f"\r\x1b[K{text[: width - 1]}")
    sys.stdout.flush()


def progress_done() -> None:
    """Leave the progress line."""
    if moves():
        sys.stdout.write("\r\x1b[K")
        sys.stdout.flush()


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, indent: str = "  ") -> None:
    """Print left-aligned columns under their headers; where they do not fit the terminal, each row as a list."""
    columns = width()
    if columns is not None and not terminal_columns.fits([headers, *rows], columns, indent):
        say("\n".join(terminal_columns.records(headers, rows, columns, indent)))
        return
    first, *others = terminal_columns.columns([headers, *rows], columns, indent)
    say(styled(first, "dim"))
    for line in others:
        say(line)


def definitions(rows: Sequence[tuple[str, str]], *, indent: str = "  ") -> None:
    """Print words with what they mean, in two columns; where they do not fit the terminal, one below the other."""
    columns = width()
    if columns is not None and not terminal_columns.fits(rows, columns, indent):
        say("\n".join(terminal_columns.records(("", ""), rows, columns, indent)))
        return
    for line in terminal_columns.columns(rows, columns, indent):
        say(line)


def ask(question: str) -> bool:
    """Ask a person for a yes; no terminal means no."""
    if not is_interactive():
        return False
    return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}


def step_summary(markdown: str) -> None:
    """Append Markdown to GitHub's step summary where there is one."""
    target = os.environ.get("GITHUB_STEP_SUMMARY")
    if target:
        with open(target, "a", encoding="utf-8") as summary:  # noqa: PTH123  # a plain append
            summary.write(markdown.rstrip() + "\n")


def styled(text: str, style: str) -> str:
    """`text` in a colour where a terminal shows it and NO_COLOR (no-color.org) does not forbid it."""
    if not _colour():
        return text
    return f"\x1b[{COLOURS[style]}m{text}\x1b[0m"


def seconds(value: float) -> str:
    """A duration as people read it: `0.4 s`, `12 s`, `3 min 05 s`."""
    if value < 10:  # noqa: PLR2004
        return f"{value:.1f} s"
    if value < 90:  # noqa: PLR2004
        return f"{value:.0f} s"
    return f"{int(value) // 60} min {int(value) % 60:02d} s"


def age(value: float) -> str:
    """How long ago something was, in the largest unit that fits: `40 s`, `3 min`, `5 h`, `12 d`."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if value >= length:
            return f"{int(value // length)} {unit}"
    return f"{max(int(value), 0)} s"


def size(value: int) -> str:
    """A number of bytes as Docker prints it, in powers of 1000."""
    amount = float(value)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:  # noqa: PLR2004
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.2f} GB"


def _colour() -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    return sys.stdout.isatty() or os.environ.get("FORCE_COLOR", "") not in {"", "0"}
