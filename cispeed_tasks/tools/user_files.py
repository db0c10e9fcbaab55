"""Files of the user's: made where there is none, and appended to; nothing that is there is ever replaced."""

from __future__ import annotations

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
