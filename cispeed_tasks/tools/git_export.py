"""A commit's files in a directory of their own, without touching the checkout, its index or its list of worktrees."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.tools import git, process

STATE = ".cispeed/"


@contextmanager
def exported(root: Path, commit: str) -> Iterator[Path]:
    """Give a directory with the files of a commit, named as the checkout is; it is gone when the block is left.

    What git ignores in the checkout (such as `.env`) is linked to from there, since it belongs to no commit.

    Raises:
        WorkFailed: the commit cannot be read whole.
    """
    with tempfile.TemporaryDirectory(prefix="cispeed-base-") as temporary:
        directory = Path(temporary) / root.name
        directory.mkdir()
        env = {
            "GIT_INDEX_FILE": str(Path(temporary) / "index"),
            "GIT_WORK_TREE": str(directory),
            # The content of large files is not looked at; fetching it could take minutes.
            "GIT_LFS_SKIP_SMUDGE": "1",
        }
        for arguments in (("read-tree", commit), ("checkout-index", "--all", "--force", "--quiet")):
            done = git.ask(root, *arguments, env=env, timeout=600)
            if done.exit_code:
                raise WorkFailed(process.failure(done))
        for path in ignored(root):
            place = directory / path.rstrip("/")
            if not place.exists() and not path.startswith(STATE):
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to(root / path.rstrip("/"))
        yield directory


def ignored(root: Path) -> tuple[str, ...]:
    """The paths that git ignores in the checkout, relative to its root; of a directory that is ignored whole only itself, `x/`."""
    done = git.ask(root, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory")
    if done.exit_code:
        raise WorkFailed(process.failure(done))
    return tuple(done.stdout.split("\0")[:-1])
