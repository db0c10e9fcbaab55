"""The sample repository as it lies in the installed package."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from cispeed_tasks.errors import UsageError
from cispeed_tasks.tools.user_files import unwritable

PACKAGED = Path(__file__).parent.parent / "sample"
LITTER = shutil.ignore_patterns(
    ".cispeed", ".env", ".venv", "node_modules", "__pycache__", "*.pyc", ".pytest_cache", "dist", "test-results"
)
"""What running the sample where it lies leaves in it."""


def lay_out(directory: Path, more: dict[str, str]) -> None:
    """Copy the sample to a directory, with some more files by their names, whole or not at all.

    Raises:
        UsageError: something is there already.
        WorkFailed: it cannot be written.
    """
    if directory.is_file() or (directory.is_dir() and any(directory.iterdir())):
        raise UsageError(f"{directory} is not empty and is left as it is; name a new directory, or an empty one")
    new = directory.with_name(f".{directory.name}.{os.getpid()}")
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(PACKAGED, new, ignore=LITTER, copy_function=_copy)
        for name, text in more.items():
            (new / name).write_text(text, encoding="utf-8")
        if directory.exists():
            directory.rmdir()
        new.rename(directory)
    except OSError as error:
        raise unwritable(directory, error) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _copy(source: str, target: str) -> None:
    """The file with its executable bit, but as new: an installed package may be read-only."""
    shutil.copyfile(source, target)
    if os.access(source, os.X_OK):
        Path(target).chmod(0o755)
