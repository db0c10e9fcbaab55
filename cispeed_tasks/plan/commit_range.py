"""Which two states of a repository are compared, and why; or that it cannot be told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.ci_event import Event

_COMMIT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class State(Enum):
    """A state of the files that is no commit."""

    WORKING_TREE = "the working tree"
    INDEX = "what is staged"


@dataclass(frozen=True)
class Wish:
    """What a user asks for: two references, or what is staged."""

    base: str | None = None
    head: str | None = None
    staged: bool = False


@dataclass(frozen=True)
class CommitRange:
    """Two states to compare."""

    base: str | None
    """A branch, tag or commit; None stands for nothing, so that every file was added."""
    head: str | State
    cause: str
    from_merge_base: bool = False
    """Whether it starts where `head` left `base`."""
    is_asked: bool = False
    """Whether the user named it, so that a reference that does not exist is the user's mistake."""

    def __str__(self) -> str:
        """The range as git writes it, and its cause."""
        head = self.head.value if isinstance(self.head, State) else self.head
        dots = "..." if self.from_merge_base else ".."
        return f"{self.base or 'nothing'}{dots}{head}: {self.cause}"


@dataclass(frozen=True)
class CannotTell:
    """What changed cannot be told, so everything counts as changed."""

    cause: str

    def __str__(self) -> str:
        """A sentence for a person."""
        return f"cannot tell what changed, so everything counts as changed: {self.cause}"


Range = CommitRange | CannotTell


def choose_range(event: Event | None, wish: Wish, local_base: str | None, *, has_commits: bool) -> Range:
    """Decide what is compared.

    A commit id as base is compared directly, any other base from the merge base on, as dorny/paths-filter does; and as
    there, a base or head that is the pushed branch itself says nothing more than the event does.

    Args:
        event: what CI says; None on a person's own machine.
        wish: what the user asks for.
        local_base: the default branch as it is known here, such as origin/main.
        has_commits: whether there is a commit at all.

    Raises:
        UsageError: the wishes exclude each other, or name a head without anything to compare it with.
    """
    if wish.staged and (wish.base or wish.head):
        raise UsageError("--staged compares what is staged with HEAD; leave out --base and --head")
    if wish.staged:
        return CommitRange("HEAD" if has_commits else None, State.INDEX, "what the next commit will change")
    base, head = _besides(event, wish.base), _besides(event, wish.head)
    if base:
        return _from_base(event, base, head)
    if head:
        return _to_head(event, head, local_base)
    return _of_event(event) if event else _local(local_base, has_commits=has_commits)


def _besides(event: Event | None, reference: str | None) -> str | None:
    """Return a reference that is not just the branch that the event is about."""
    if event is None or event.branch is None or reference is None:
        return reference
    return None if reference.removeprefix("refs/heads/") == event.branch else reference


def _from_base(event: Event | None, base: str, head: str | None) -> CommitRange:
    end: str | State = head or (event.head if event else State.WORKING_TREE)
    if base == "HEAD" and head is None:
        return CommitRange(base, State.WORKING_TREE, "what is not committed", is_asked=True)
    is_id = _COMMIT_ID.fullmatch(base) is not None
    cause = "--base names a commit" if is_id else "--base names where to start"
    return CommitRange(base, end, cause, from_merge_base=not is_id, is_asked=True)


def _to_head(event: Event | None, head: str, local_base: str | None) -> CommitRange:
    if event and event.base:
        return CommitRange(event.base, head, event.cause, event.from_merge_base, is_asked=True)
    default = f"origin/{event.default_branch}" if event and event.default_branch else local_base
    if default is None:
        raise UsageError(f"--head {head}: no default branch is known to compare it with; write also --base")
    return CommitRange(default, head, "since --head left the default branch", from_merge_base=True, is_asked=True)


def _of_event(event: Event) -> Range:
    if event.base:
        return CommitRange(event.base, event.head, event.cause, event.from_merge_base)
    if event.is_tag:
        return CannotTell("a new tag says nothing of what came before it; --base names it")
    if event.name == "schedule":
        return CannotTell("a schedule runs without a change; --base names a state to compare with")
    if event.branch and event.branch == event.default_branch and event.is_branch_new:
        return CommitRange(None, event.head, f"the first push of the default branch '{event.branch}'")
    if event.branch and event.default_branch and event.branch != event.default_branch:
        cause = f"{'first push' if event.is_branch_new else event.name} of '{event.branch}': since it left the default branch"
        return CommitRange(f"origin/{event.default_branch}", event.head, cause, from_merge_base=True)
    return CannotTell(f"{event.name} names no state to compare with; --base names one")


def _local(local_base: str | None, *, has_commits: bool) -> CommitRange:
    if not has_commits:
        return CommitRange(None, State.WORKING_TREE, "there is no commit yet")
    if local_base is None:
        return CommitRange("HEAD", State.WORKING_TREE, "what is not committed; no default branch is known")
    cause = f"since this branch left {local_base}, committed or not"
    return CommitRange(local_base, State.WORKING_TREE, cause, from_merge_base=True)
