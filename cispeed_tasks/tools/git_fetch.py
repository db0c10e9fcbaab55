"""Commits that are not here come from origin: no more of them than are needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from cispeed_tasks.errors import ToolError, UsageError
from cispeed_tasks.tools import git

FETCH_SECONDS = 300.0
FIRST_DEPTH, LAST_DEPTH = 64, 32_768
_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PREFIX = re.compile(r"refs/heads/|refs/tags/|refs/remotes/origin/|origin/")
# What no branch or tag has in its name (git-check-ref-format); `HEAD~2` is an expression.
_NO_NAME = re.compile(r"^-|[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{")


def obtain(root: Path, reference: str) -> str:
    """Return the id of the commit that a branch, tag, id or expression names, fetched if it is not here.

    What is here is taken before what origin has; a branch of origin also goes by its plain name.

    Raises:
        UsageError: neither this repository nor origin has it.
    """
    name = _PREFIX.sub("", reference, count=1) if _PREFIX.match(reference) else reference
    found = git.commit_id(root, reference) or git.commit_id(root, f"refs/remotes/origin/{name}")
    if found is None and _NO_NAME.search(name):
        found = _deepened(root, ("HEAD",), lambda: git.commit_id(root, reference))
    elif found is None:
        found = next((commit for place in _places(root, name) if (commit := git.commit_id(root, place))), None)
    if found is None:
        raise UsageError(f"'{reference}' is no branch, tag or commit of this repository or of origin{_hint(root)}")
    return found


def obtain_merge_base(root: Path, base: str, head: str) -> str | None:
    """Return the best common ancestor of two commits that are here, deepening a shallow history until it shows.

    None where the whole history has none.

    Raises:
        UsageError: the history is cut off, and origin gives no more of it, or not in the 65,000 commits fetched at most.
    """
    found = _deepened(root, (base, head), lambda: git.merge_base(root, base, head))
    if found is None and git.is_shallow(root):
        raise UsageError(f"the history that was fetched shows no common ancestor of {base} and {head}{_hint(root)}")
    return found


def fetch(root: Path, *words: str) -> str:
    """Fetch from origin, without tags that nobody asked for; return git's complaint, empty when all went well."""
    try:
        done = git.ask(root, "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", *words, timeout=FETCH_SECONDS)
    except ToolError as error:
        return str(error)
    return git.complaint(done) if done.exit_code else ""


def _places(root: Path, name: str) -> Iterator[str]:
    """Fetch what may be a commit, a branch or a tag of origin, one after the other; yield where each would be."""
    # A depth would cut off a history that is whole.
    depth = ("--depth=1",) if git.is_shallow(root) else ()
    if _ID.fullmatch(name):
        fetch(root, *depth, "origin", name)
        yield name
        return
    for source, target in (("refs/heads", "refs/remotes/origin"), ("refs/tags", "refs/tags")):
        fetch(root, *depth, "origin", f"+{source}/{name}:{target}/{name}")
        yield f"{target}/{name}"


def _deepened(root: Path, commits: tuple[str, ...], find: Callable[[], str | None]) -> str | None:
    """Look for something, and after each failure fetch twice as many more of the commits before the ones given."""
    depth = FIRST_DEPTH
    while (found := find()) is None and depth <= LAST_DEPTH and git.is_shallow(root):
        ids = [git.commit_id(root, commit) or commit for commit in commits]
        # A server may refuse to give commits by their ids; the branches that the clone follows it gives always.
        problem = fetch(root, f"--deepen={depth}", "origin", *ids) and fetch(root, f"--deepen={depth}", "origin")
        if problem:
            raise UsageError(
                f"the history that is here is cut off, and origin gives no more of it: {problem}{_hint(root)}"
            )
        depth *= 2
    return found


def _hint(root: Path) -> str:
    if not git.is_shallow(root):
        return ""
    return "; this clone is shallow: `git fetch --unshallow`, or `fetch-depth: 0` of actions/checkout, brings all of it"
