"""Find out which files changed: from git, between the states that the event and the options call for, or from a list."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.changed_paths import Change, read_list, with_untracked, with_words
from cispeed_tasks.plan.ci_event import read_event
from cispeed_tasks.plan.commit_range import CannotTell, CommitRange, Range, State, Wish, choose_range
from cispeed_tasks.tools import git, git_fetch, github


@dataclass(frozen=True)
class ChangedFiles:
    """The files that changed, relative to the repository's root, and what was compared."""

    files: tuple[Change, ...]
    compared: str
    """A sentence that names the two states, and why these."""
    is_everything: bool = False
    """Whether it cannot be told what changed; `files` are then all files that there are."""
    base: str | None = None
    """The id of the commit that was compared with; None where there is none."""


def listed_files(text: str, name: str) -> ChangedFiles:
    """Return the changed files of a list that a user hands over; raises UsageError."""
    return ChangedFiles(read_list(text), "standard input lists them" if name == "-" else f"{name} lists them")


def changed_files(start: Path, wish: Wish) -> ChangedFiles:
    """Return what changed in the repository that `start` lies in.

    What is not known for certain counts as changed: a state that CI names and that cannot be fetched makes it everything.

    Raises:
        UsageError: there is no repository, or what the user names is not in it.
        ToolError: git is not installed.
    """
    root = git.find_root(start)
    chosen = choose(root, wish)
    if isinstance(chosen, CannotTell):
        return _everything(root, chosen)
    try:
        return _compare(root, chosen)
    except UsageError as error:
        if chosen.is_asked:
            raise
        return _everything(root, CannotTell(f"{chosen}; but {error}"))


def choose(root: Path, wish: Wish) -> Range:
    """Decide which states are compared; raises UsageError for wishes that exclude each other."""
    event = read_event(os.environ, github.event_payload())
    has_commits = git.commit_id(root, "HEAD") is not None
    # In CI the event names the default branch, as it is at origin.
    local_base = git.default_branch(root) if event is None and not wish.base else None
    return choose_range(event, wish, local_base, has_commits=has_commits)


def _everything(root: Path, cause: CannotTell) -> ChangedFiles:
    return ChangedFiles(tuple((path, "added") for path in git.tracked(root)), str(cause), is_everything=True)


def _compare(root: Path, chosen: CommitRange) -> ChangedFiles:
    if chosen.base is None:
        return ChangedFiles(_all_added(root, chosen), str(chosen))
    if chosen.head is State.INDEX:
        return ChangedFiles(with_words(git.staged(root)), str(chosen))
    base = git_fetch.obtain(root, chosen.base)
    head = git_fetch.obtain(root, chosen.head) if isinstance(chosen.head, str) else None
    start, note = _start(root, chosen, base, head)
    if head is not None:
        return ChangedFiles(with_words(git.changed_between(root, start, head)), f"{chosen}{note}", base=start)
    changes = with_words(git.changed_since(root, start))
    return ChangedFiles(with_untracked(changes, git.untracked(root)), f"{chosen}{note}", base=start)


def _start(root: Path, chosen: CommitRange, base: str, head: str | None) -> tuple[str, str]:
    """Return the commit that is compared with, and a note on it."""
    if not chosen.from_merge_base:
        return base, f" ({base[:12]})"
    end = head or git_fetch.obtain(root, "HEAD")
    start = git_fetch.obtain_merge_base(root, base, end)
    if start is None:
        return base, f" ({base[:12]}; there is no common ancestor, so the two states are compared as they are)"
    return start, f" ({start[:12]})"


def _all_added(root: Path, chosen: CommitRange) -> tuple[Change, ...]:
    if isinstance(chosen.head, str):
        paths = git.files_of(root, git_fetch.obtain(root, chosen.head))
        return tuple((path, "added") for path in paths)
    if chosen.head is State.INDEX:
        return with_words(git.staged(root))
    return with_untracked([(path, "added") for path in git.tracked(root)], git.untracked(root))
