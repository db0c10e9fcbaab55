"""Files of the user's: made where there is none, and appended to; nothing that is there is ever replaced."""

from __future__ import annotations

import os
from pathlib import Path

from cispeed_tasks.errors import UsageError, WorkFailed


def read(path: Path) -> str | None:
    """The text of a file as it is, line breaks and stray bytes included, or None where there is none."""
    return path.read_bytes().decode("utf-8", errors="surrogateescape") if path.exists() else None


def create(path: Path, text: str) -> None:
    """Make a file, whole or not at all.

    Raises:
        UsageError: there is one by now.
        WorkFailed: it cannot be written.
    """
    data = text.encode("utf-8", errors="surrogateescape")
    try:
        with path.open("xb") as new:
            try:
                new.write(data)
                new.flush()
            except OSError:
                path.unlink()
                raise
    except FileExistsError as error:
        raise UsageError(f"{path} exists and is left as it is; remove it first if you want a new one") from error
    except OSError as error:
        raise unwritable(path, error) from error


def write_ours(path: Path, text: str, mark: str) -> None:
    """Write a file that begins with `mark`, whole or not at all, and only over one that begins so, too.

    Raises:
        UsageError: another file is there.
        WorkFailed: it cannot be written.
    """
    there = read(path)
    if there is None:
        create(path, text)
    elif not there.startswith(mark):
        raise UsageError(f"{path} exists and was not made by this task; it is left as it is: move it away first")
    elif there != text:
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        create(temporary, text)
        temporary.replace(path)


def append(path: Path, text: str) -> None:
    """Add a text at the end of a file, or make the file; raises WorkFailed."""
    try:
        with path.open("ab") as file:
            file.write(text.encode("utf-8", errors="surrogateescape"))
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> WorkFailed:
    """The error of a file that cannot be written."""
    return WorkFailed(
        f"{path} cannot be written: {error.strerror}; make its directory writable for you, then try again"
    )
