"""The ignore file that a build context should have: what may be left out of it, what not, and why.

Two things must never happen: that the engine misses what a Dockerfile takes, and that a user's own line loses its effect.
So the patterns are exclusions only, in front of every line of the user's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cispeed_tasks.plan.context_entries import Amount, Entries, above
from cispeed_tasks.plan.dockerignore_choice import Choice, Context, Kept
from cispeed_tasks.plan.ignore_patterns import ignore_patterns, read_ignore_file
from cispeed_tasks.plan.litter import WHY, name_of

OWN = "containers and this tool"
NEEDLESS = "what no COPY, ADD or bind mount takes here"


@dataclass(frozen=True)
class Needless:
    """Something that is left out from now on, by which group of patterns."""

    path: str
    reason: str
    amount: Amount


@dataclass(frozen=True)
class Proposal:
    """The ignore file of one context as it should be, and what that changes."""

    text: str
    groups: Mapping[str, tuple[str, ...]]
    kept: tuple[Kept, ...]
    needless: tuple[Needless, ...]
    """The largest first."""
    today: Amount
    after: Amount
    inputs: Amount
    """What the Dockerfiles take of it today: so much BuildKit sends, while the classic builder sends everything."""
    inputs_after: Amount
    whole: str | None = None
    """Why everything counts as taken, where that is not certain."""


def propose(context: Context) -> Proposal:
    """Work out the ignore file of a context."""
    choice = Choice(context)
    groups, kept = choice.litter()
    chosen = [pattern for patterns in groups.values() for pattern in patterns]
    if more := choice.needless(ignore_patterns(chosen)):
        groups[NEEDLESS] = more
    entries = context.entries
    if not context.ignore.block and not _is_worth_a_block(context, groups, choice):
        groups = {}
    text = context.ignore.with_block({_heading(reason): patterns for reason, patterns in groups.items()})
    today, after = entries.sent_under(context.today), entries.sent_under(read_ignore_file(text))
    left_out, back = _outcome(context, groups, set(after))
    return Proposal(
        text,
        groups,
        (*kept, *back),
        left_out,
        entries.amount(today),
        entries.amount(after),
        entries.amount(choice.taken.intersection(today)),
        entries.amount(choice.taken.intersection(after)),
        next((use.whole for use in context.uses if use.whole), None),
    )


def _heading(reason: str) -> str:
    return f"{reason}: {WHY[reason]}" if reason in WHY else reason


def _is_worth_a_block(context: Context, groups: Mapping[str, tuple[str, ...]], choice: Choice) -> bool:
    """Whether anything is left out besides Dockerfiles and the like; without a file of the user's, also what may come."""
    if choice.has_code and not read_ignore_file(context.ignore.by_hand).patterns:
        return True
    litter = {reason: patterns for reason, patterns in groups.items() if reason != OWN}
    return any(_found_by(pattern, context.entries) for patterns in litter.values() for pattern in patterns)


def _outcome(
    context: Context, groups: Mapping[str, tuple[str, ...]], after: set[str]
) -> tuple[tuple[Needless, ...], list[Kept]]:
    """What is left out, the largest first, and what lines of the user's bring back."""
    entries, left_out, back = context.entries, dict[str, Needless](), []
    for reason, patterns in groups.items():
        for top in dict.fromkeys(top for pattern in patterns for top in _found_by(pattern, entries)):
            paths = entries.at_and_below(top)
            gone = entries.amount(path for path in paths if path not in after)
            stays = entries.amount(path for path in paths if path in after)
            if gone.files and top not in left_out:
                left_out[top] = Needless(top, reason, gone)
            if stays.files:
                back.append(Kept(top, "an exception of yours (a line with `!`) brings it back", stays))
    outer = [one for one in left_out.values() if left_out.keys().isdisjoint(above(one.path))]
    return tuple(sorted(outer, key=lambda one: (-one.amount.bytes, -one.amount.files, one.path))), back


def _found_by(pattern: str, entries: Entries) -> list[str]:
    if pattern in entries:
        return [pattern]
    return entries.called(name_of(pattern), anywhere=pattern.startswith("**/")) if "/" not in name_of(pattern) else []
