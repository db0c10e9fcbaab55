"""Matches expressions that refer back to what a group took, as ECMA-262 says it, within a bounded number of steps."""

from __future__ import annotations

from dataclasses import dataclass

from cispeed_tasks.plan.ecmascript.nodes import (
    EMPTY,
    BackReference,
    Capture,
    Choice,
    Edge,
    Look,
    Node,
    OneOf,
    Repeat,
    Sequence,
    Text,
)
from cispeed_tasks.plan.ecmascript.units import WORD

MOST_STEPS = 200_000


class TooManyStepsError(ValueError):
    """No answer was found within `MOST_STEPS`."""


@dataclass(frozen=True, slots=True)
class _EndCapture:
    number: int
    start: int


@dataclass(frozen=True, slots=True)
class _MustAdvance:
    """After one more round of a repetition: it counts only if it took something."""

    start: int


_Combining = Sequence | Choice | Repeat | Capture | _EndCapture | _MustAdvance
_Task = Node | _EndCapture | _MustAdvance
_Tasks = tuple[_Task, "_Tasks"] | None
_Taken = dict[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Branch:
    tasks: _Tasks
    place: int
    taken: _Taken


class Backtracker:
    """A regular expression that is matched by trying one possibility after the other."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def search(self, text: str) -> bool:
        """Tell whether the expression matches a part of the text.

        Raises:
            TooManyStepsError: it takes too long to find out.
        """
        attempt = _Attempt(text)
        return any(attempt.run(self._node, place, {}, 1) is not None for place in range(len(text) + 1))


class _Attempt:
    def __init__(self, text: str) -> None:
        self._text = text
        self._steps = 0

    def run(self, node: Node, place: int, taken: _Taken, direction: int) -> _Taken | None:
        """Match a node from a place on; return what its groups took, or None."""
        branches = [_Branch((node, None), place, taken)]
        while branches:
            branch = branches.pop()
            if branch.tasks is None:
                return branch.taken
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise TooManyStepsError
            branches.extend(self._step(branch, branch.tasks, direction))
        return None

    def _step(self, branch: _Branch, tasks: tuple[_Task, _Tasks], direction: int) -> list[_Branch]:
        """Do one task; return the branches that are left, the one to try first at the end."""
        task, rest = tasks
        match task:
            case Text(value):
                return self._take_text(branch, rest, value, direction)
            case OneOf():
                return self._take_one(branch, rest, task, direction)
            case BackReference(number):
                low, high = branch.taken.get(number, (0, 0))
                return self._take_text(branch, rest, self._text[low:high], direction)
            case Look():
                return self._look(branch, rest, task)
            case Edge():
                return [_Branch(rest, branch.place, branch.taken)] if self._is_at(task, branch.place) else []
            case _:
                return _expand(branch, task, rest, direction)

    def _take_text(self, branch: _Branch, rest: _Tasks, value: str, direction: int) -> list[_Branch]:
        start = branch.place if direction > 0 else branch.place - len(value)
        if start < 0 or not self._text.startswith(value, start):
            return []
        return [_Branch(rest, branch.place + direction * len(value), branch.taken)]

    def _take_one(self, branch: _Branch, rest: _Tasks, one: OneOf, direction: int) -> list[_Branch]:
        index = branch.place if direction > 0 else branch.place - 1
        if not 0 <= index < len(self._text) or self._text[index] not in one.units:
            return []
        return [_Branch(rest, branch.place + direction, branch.taken)]

    def _look(self, branch: _Branch, rest: _Tasks, look: Look) -> list[_Branch]:
        taken = self.run(look.body, branch.place, branch.taken, 1 if look.is_ahead else -1)
        if (taken is None) is not look.is_negative:
            return []
        return [_Branch(rest, branch.place, branch.taken if taken is None else taken)]

    def _is_at(self, edge: Edge, place: int) -> bool:
        if edge is Edge.START:
            return place == 0
        if edge is Edge.END:
            return place == len(self._text)
        before = place > 0 and self._text[place - 1] in WORD
        after = place < len(self._text) and self._text[place] in WORD
        return (before != after) is (edge is Edge.WORD)


def _expand(branch: _Branch, task: _Combining, rest: _Tasks, direction: int) -> list[_Branch]:
    """Do a task that takes no unit itself."""
    match task:
        case Sequence(parts):
            for part in reversed(parts) if direction > 0 else parts:
                rest = (part, rest)
            return [_Branch(rest, branch.place, branch.taken)]
        case Choice(options):
            return [_Branch((option, rest), branch.place, branch.taken) for option in reversed(options)]
        case Repeat():
            return _repeat(branch, rest, task)
        case Capture(body, number):
            return [_Branch((body, (_EndCapture(number, branch.place), rest)), branch.place, branch.taken)]
        case _EndCapture(number, start):
            span = (min(start, branch.place), max(start, branch.place))
            return [_Branch(rest, branch.place, branch.taken | {number: span})]
        case _MustAdvance(start):
            return [] if start == branch.place else [_Branch(rest, branch.place, branch.taken)]


def _repeat(branch: _Branch, rest: _Tasks, repeat: Repeat) -> list[_Branch]:
    done = _Branch(rest, branch.place, branch.taken)
    if repeat.most == 0:
        return [done]
    most = None if repeat.most is None else repeat.most - 1
    again = Repeat(repeat.body, max(repeat.least - 1, 0), most, repeat.is_lazy)
    check: _Task = EMPTY if repeat.least else _MustAdvance(branch.place)
    inner = _captures_in(repeat.body)
    taken = {number: span for number, span in branch.taken.items() if number not in inner}
    more = _Branch((repeat.body, (check, (again, rest))), branch.place, taken)
    if repeat.least:
        return [more]
    return [more, done] if repeat.is_lazy else [done, more]


def _captures_in(node: Node) -> frozenset[int]:
    match node:
        case Capture(body, number):
            return _captures_in(body) | {number}
        case Sequence(parts) | Choice(parts):
            return frozenset[int]().union(*map(_captures_in, parts))
        case Repeat(body) | Look(body):
            return _captures_in(body)
        case _:
            return frozenset()
