"""Runs an automaton over a text in time proportional to the text, whatever the expression: it never goes back.

The sets of states that occur are remembered, so that most steps are one look-up; the memory for them is bounded.
"""

from __future__ import annotations

from collections.abc import Iterable

from cispeed_tasks.plan.ecmascript.nodes import Edge, Node, Sequence
from cispeed_tasks.plan.ecmascript.program import ACCEPT, LookCondition, Program, Take, compile_nodes
from cispeed_tasks.plan.ecmascript.units import WORD

# Counted in states of remembered sets: a few megabytes.
_MOST_REMEMBERED = 20_000

_States = frozenset[int]


class Automaton:
    """A regular expression that is matched by following all its possibilities at once."""

    def __init__(self, node: Node) -> None:
        compiled = compile_nodes(node)
        self._conditions = compiled.conditions
        is_anchored = isinstance(node, Sequence) and node.parts[:1] == (Edge.START,)
        self._main = _Runner(compiled.main, starts_anywhere=not is_anchored)
        self._looks = {
            number: _Runner(condition.program, starts_anywhere=True)
            for number, condition in enumerate(compiled.conditions)
            if isinstance(condition, LookCondition)
        }

    def search(self, text: str) -> bool:
        """Tell whether the expression matches the text, or a part of it where it has no anchors."""
        holding = self._holding(text)
        return any(self._main.run(text, holding, range(len(text) + 1)))

    def _holding(self, text: str) -> list[int]:
        """Return, for every place of the text, the conditions that hold there, as bits."""
        holding = [0] * (len(text) + 1)
        for number, condition in enumerate(self._conditions):
            for place in self._places(number, condition, text, holding):
                holding[place] |= 1 << number
        return holding

    def _places(self, number: int, condition: Edge | LookCondition, text: str, holding: list[int]) -> Iterable[int]:
        if isinstance(condition, Edge):
            return _edge_places(condition, text)
        places = range(len(text) + 1)
        order = range(len(text), -1, -1) if condition.is_ahead else places
        seen = self._looks[number].run(text, holding, order)
        found = {place for place, is_found in zip(order, seen, strict=False) if is_found}
        return set(places) - found if condition.is_negative else found


def _edge_places(edge: Edge, text: str) -> Iterable[int]:
    if edge is Edge.START:
        return (0,)
    if edge is Edge.END:
        return (len(text),)
    is_word = [False, *(unit in WORD for unit in text), False]
    wanted = edge is Edge.WORD
    return [place for place in range(len(text) + 1) if (is_word[place] != is_word[place + 1]) is wanted]


class _Closure:
    """The states that are reached without taking a unit, and what is known of the steps from there."""

    __slots__ = ("accepts", "moves", "takes")

    def __init__(self, takes: tuple[Take, ...], accepts: bool) -> None:
        self.takes = takes
        self.accepts = accepts
        self.moves: dict[str, _States] = {}


class _Runner:
    def __init__(self, program: Program, *, starts_anywhere: bool) -> None:
        self._states = program.states
        self._start: _States = frozenset((program.start,))
        self._restart: _States = self._start if starts_anywhere else frozenset()
        self._mask = sum(1 << number for number in program.conditions)
        self._closures: dict[tuple[_States, int], _Closure] = {}
        self._remembered = 0

    def run(self, text: str, holding: list[int], places: range) -> Iterable[bool]:
        """Go through the places in their order; yield for each whether a match ends there.

        A range that falls reads the text backwards. The places end early when no match can come any more.
        """
        shift = 0 if places.step > 0 else -1
        states = self._start
        for place in places:
            closure = self._closure(states, holding[place] & self._mask)
            yield closure.accepts
            if place == places[-1]:
                return
            states = self._move(closure, text[place + shift])
            if not states:
                return

    def _closure(self, states: _States, holding: int) -> _Closure:
        closure = self._closures.get((states, holding))
        if closure is None:
            closure = self._close(states, holding)
            self._remember(len(states))
            self._closures[states, holding] = closure
        return closure

    def _close(self, states: _States, holding: int) -> _Closure:
        seen = set(states)
        waiting = list(states)
        takes: list[Take] = []
        while waiting:
            state = self._states[waiting.pop()]
            if isinstance(state, Take):
                takes.append(state)
            elif state.condition < 0 or holding >> state.condition & 1:
                new = [target for target in state.targets if target not in seen]
                seen.update(new)
                waiting.extend(new)
        return _Closure(tuple(takes), ACCEPT in seen)

    def _move(self, closure: _Closure, unit: str) -> _States:
        states = closure.moves.get(unit)
        if states is None:
            states = self._restart.union(take.target for take in closure.takes if unit in take.units)
            self._remember(len(states))
            closure.moves[unit] = states
        return states

    def _remember(self, states: int) -> None:
        self._remembered += 1 + states
        if self._remembered > _MOST_REMEMBERED:
            self._closures.clear()
            self._remembered = 0
