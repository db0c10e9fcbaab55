"""A repository that a rehearsal's checkouts fetch from: it borrows the user's objects and never writes into theirs."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.tools import git, process

_PERSON = {
    "GIT_AUTHOR_NAME": "rehearsal",
    "GIT_AUTHOR_EMAIL": "rehearsal@example.com",
    "GIT_COMMITTER_NAME": "rehearsal",
    "GIT_COMMITTER_EMAIL": "rehearsal@example.com",
}
_EVERYTHING = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
_SECONDS = 600.0
_ID = re.compile(r"[0-9a-f]{40,64}")


@dataclass(frozen=True)
class Origin:
    """A bare repository."""

    path: Path

    @classmethod
    def of(cls, root: Path, path: Path) -> Origin:
        """Make one with the branches and tags of a checkout, those of its origin where it has none of that name."""
        made = cls(path)
        _do(path.parent, "init", "--quiet", "--bare", str(path))
        (path / "objects" / "info" / "alternates").write_text(f"{_git_path(root, 'objects')}\n")
        shallow = _git_path(root, "shallow")
        if shallow.is_file():
            shutil.copy(shallow, path / "shallow")
        # A checkout asks for the one commit that it is about, as on GitHub.
        _do(path, "config", "uploadpack.allowAnySHA1InWant", "true")
        found: dict[str, str] = {}
        for source in ("refs/remotes/origin/", "refs/heads/", "refs/tags/"):
            found |= {
                name.replace("refs/remotes/origin/", "refs/heads/"): commit
                for name, commit in _references(root, source).items()
                if name != "refs/remotes/origin/HEAD"
            }
        lines = [f"{commit} {name}\n" for name, commit in sorted(found.items())]
        (path / "packed-refs").write_text("".join(lines))
        return made

    def point(self, reference: str, commit: str) -> None:
        """Let a reference such as refs/heads/main be a commit."""
        _do(self.path, "update-ref", reference, commit)

    def merge(self, base: str, head: str) -> str:
        """Return the commit that merges head into base.

        Raises:
            WorkFailed: they conflict, so that GitHub would not start a workflow.
        """
        done = git.ask(self.path, "merge-tree", "--write-tree", base, head, timeout=_SECONDS)
        if done.exit_code:
            raise WorkFailed(f"{head[:12]} cannot be merged into {base[:12]}: {_conflict(done)}; merge or rebase first")
        return self._commit(done.stdout.split("\n", 1)[0], f"Merge {head} into {base}", base, head)

    def snapshot(self, root: Path) -> str:
        """Return a commit on top of HEAD that holds the working tree: tracked files, and untracked ones not ignored."""
        index = self.path / "snapshot-index"
        env = {
            "GIT_INDEX_FILE": str(index),
            "GIT_OBJECT_DIRECTORY": str(self.path / "objects"),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(_git_path(root, "objects")),
        }
        head = git.commit_id(root, "HEAD")
        if head:
            _do(root, "read-tree", head, env=env)
        _do(root, "add", "--all", env=env)
        tree = _do(root, "write-tree", env=env)
        index.unlink()
        return self._commit(tree, "What is not committed", *filter(None, [head]))

    def _commit(self, tree: str, message: str, *parents: str) -> str:
        words = [word for parent in parents for word in ("-p", parent)]
        return _do(self.path, "commit-tree", tree, *words, "-m", message, env=_PERSON)


@dataclass(frozen=True)
class Wanted:
    """What actions/checkout is asked for."""

    reference: str
    """refs/heads/main, refs/pull/1/merge, or a branch, tag or commit that a step names."""
    commit: str | None = None
    """Its commit, where the event says it."""
    depth: int = 1
    """How many commits; 0 for all of all branches and tags."""
    tags: bool = False


def check_out(origin: Path, directory: Path, wanted: Wanted) -> str:
    """Fetch into a directory and check out, with the same references as actions/checkout leaves; return the commit.

    Raises:
        WorkFailed: there is no such commit.
    """
    _begin(origin, directory)
    local, branch, source = _names(origin, wanted)
    depth: tuple[str, ...] = (f"--depth={wanted.depth}",)
    refspecs: tuple[str, ...] = (f"+{source}:{local}",)
    if wanted.depth == 0:
        depth = ("--unshallow",) if git.is_shallow(directory) else ()
        # All branches bring this one with them.
        refspecs = (*_EVERYTHING, *(() if branch else refspecs))
    tags = "--tags" if wanted.tags else "--no-tags"
    _do(directory, "fetch", "--quiet", tags, *depth, "origin", *refspecs)
    how = ("-B", branch, local) if branch else ("--detach", local)
    _do(directory, "checkout", "--quiet", "--force", *how)
    return _do(directory, "rev-parse", "HEAD")


def _begin(origin: Path, directory: Path) -> None:
    if directory.exists() and not (directory / ".git").exists():
        # actions/checkout clears a place that is no checkout yet.
        shutil.rmtree(directory)
    directory.mkdir(parents=True, exist_ok=True)
    _do(directory, "init", "--quiet")
    _do(directory, "config", "remote.origin.url", origin.as_uri())
    _do(directory, "config", "remote.origin.fetch", _EVERYTHING[0])


def _names(origin: Path, wanted: Wanted) -> tuple[str, str, str]:
    """Return the reference that is fetched to, the branch that is made, and what is fetched."""
    reference = wanted.reference
    if not reference.startswith("refs/") and not _ID.fullmatch(reference):
        kinds = ("refs/heads", "refs/tags")
        there = (f"{kind}/{reference}" for kind in kinds if git.commit_id(origin, f"{kind}/{reference}"))
        reference = next(there, reference)
    source = wanted.commit or reference
    if reference.startswith("refs/heads/"):
        branch = reference.removeprefix("refs/heads/")
        return f"refs/remotes/origin/{branch}", branch, source
    if reference.startswith("refs/pull/"):
        return reference.replace("refs/pull/", "refs/remotes/pull/"), "", source
    return (reference if reference.startswith("refs/") else "refs/remotes/origin/wanted"), "", source


def _references(root: Path, below: str) -> dict[str, str]:
    text = _do(root, "for-each-ref", "--format=%(refname) %(objectname)", below)
    return dict(line.split(" ") for line in text.splitlines())


def _git_path(root: Path, name: str) -> Path:
    return root / _do(root, "rev-parse", "--git-path", name)


def _conflict(done: process.Completed) -> str:
    lines = [line for line in done.stdout.splitlines() if line.startswith("CONFLICT")]
    return lines[0] if lines else git.complaint(done)


def _do(directory: Path, *words: str, env: Mapping[str, str] | None = None) -> str:
    done = git.ask(directory, *words, timeout=_SECONDS, env=env)
    if done.exit_code:
        raise WorkFailed(process.failure(done))
    return done.stdout.strip(os.linesep)
