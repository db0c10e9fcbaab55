"""Creates the demonstration repository out of the package's own files."""

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from git import Actor, Repo

DEMO_PROJECT = Path(__file__).parent / "demo_project"
AUTHOR = Actor("Demo Author", "demo@example.com")

# One commit each: its message and the files that it adds.
COMMITS = [
    ("Describe the project", ["README.md"]),
    ("Greet customers", ["shop/greeting.py"]),
    ("Keep an inventory", ["shop/inventory.py"]),
    ("Compute prices", ["shop/pricing.py"]),
]


def ensure_repository(path: Path) -> bool:
    """Create the repository if nothing is there; say whether it was created."""
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        _commit_demo_project(unfinished)
        os.rename(unfinished, path)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        if path.exists():
            return False  # another process was faster
        raise
    return True


def _commit_demo_project(directory: Path) -> None:
    with Repo.init(directory, initial_branch="main") as repository:
        for day, (message, files) in enumerate(COMMITS, start=1):
            for name in files:
                target = directory / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(DEMO_PROJECT / name, target)
            repository.index.add(files)
            # Fixed dates give the same commit ids everywhere.
            date = datetime(2024, 1, day, 12, tzinfo=UTC)
            repository.index.commit(
                message, author=AUTHOR, committer=AUTHOR, author_date=date, commit_date=date
            )
