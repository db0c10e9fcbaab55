"""Look at the repository that a rehearsal is of: its branches and commits, and the merge that a pull request runs on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.rehearse_event import needs_merge
from cispeed_tasks.plan.rehearse_payload import History
from cispeed_tasks.tools import git
from cispeed_tasks.tools.rehearsal_origin import Origin

_ADDRESS = re.compile(r"[/:](?P<owner>[^/:]+)/(?P<name>[^/]+?)(?:\.git)?/?$")
_REMOTE = re.compile(r"^(?:refs/remotes/)?origin/|^refs/heads/")


@dataclass(frozen=True)
class Wish:
    """Which commits a user asks for."""

    base: str | None = None
    """A branch, tag or commit."""
    dirty: bool = False
    """Whether what is not committed is taken, too."""
    fork: bool = False
    """Whether a pull request comes from a fork."""


def find_history(root: Path, origin: Origin, event: str, wish: Wish) -> History:
    """Return the history that an event is about, and give the origin its branches.

    Raises:
        UsageError: there is no commit, or no base.
        WorkFailed: base and head conflict.
    """
    head = origin.snapshot(root) if wish.dirty else git.commit_id(root, "HEAD")
    if head is None:
        raise UsageError(f"{root} has no commit yet; a rehearsal is of commits: commit first, or add --dirty")
    default = git.default_branch(root)
    base_name, base = _base(root, event, wish, default)
    base_branch = _REMOTE.sub("", base_name or "main")
    branch = git.branch(root) or "rehearsal"
    if needs_merge(event) and branch == base_branch:
        branch = "rehearsal"
    origin.point(f"refs/heads/{branch}", head)
    merged = head
    if needs_merge(event):
        merged = origin.merge(base, head)
        origin.point(f"refs/heads/{base_branch}", base)
    message, time = _described(origin.path, head)
    return History(
        repository=_repository(root),
        default_branch=_REMOTE.sub("", default or base_branch),
        base_branch=base_branch,
        base=base,
        branch=branch,
        head=head,
        merged=merged,
        message=message,
        time=time,
        is_fork=wish.fork,
    )


def _base(root: Path, event: str, wish: Wish, default: str | None) -> tuple[str | None, str]:
    """Return the name and the commit of what is compared with; no commit where nothing was pushed before."""
    name = wish.base or default
    if wish.base is None and event == "push":
        return name, git.commit_id(root, "HEAD" if wish.dirty else "HEAD~1") or ""
    if name is None and needs_merge(event):
        raise UsageError(f"no default branch is known that a {event} could go to; write --base BRANCH")
    commit = git.commit_id(root, name) if name else None
    if commit is None and wish.base:
        raise UsageError(f"--base {wish.base}: there is no such branch, tag or commit here")
    return name, commit or ""


def _described(repository: Path, commit: str) -> tuple[str, str]:
    done = git.ask(repository, "show", "--no-patch", "--format=%s%n%cI", commit)
    subject, _, time = done.stdout.strip().rpartition("\n")
    return subject, time


def _repository(root: Path) -> str:
    address = git.remote_address(root, "origin") or ""
    match = None if address.startswith(("/", ".", "file:")) else _ADDRESS.search(address)
    return f"{match['owner']}/{match['name']}" if match else f"local/{root.name}"
