"""A regular expression as a non-deterministic automaton, its size in proportion to the expression's."""

from __future__ import annotations

from dataclasses import dataclass, field

from cispeed_tasks.plan.ecmascript.nodes import (
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
from cispeed_tasks.plan.ecmascript.units import UnitSet

MOST_STATES = 20_000
ACCEPT = 0


class TooLargeError(ValueError):
    """The expression needs more than `MOST_STATES` states."""


@dataclass(frozen=True, slots=True)
class Take:
    """A state that takes one unit of a set and goes on to another state."""

    units: UnitSet | str
    target: int


@dataclass(frozen=True, slots=True)
class Fork:
    """A state that goes on to others without taking a unit, if its condition holds here (-1: always)."""

    condition: int
    targets: tuple[int, ...]


@dataclass(slots=True, eq=False)
class Program:
    """The states of one automaton and the one it begins in; state 0 accepts. `conditions` are those that it asks."""

    states: list[Take | Fork]
    start: int = ACCEPT
    conditions: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class LookCondition:
    """A condition that another program answers for every place of the text."""

    program: Program
    is_ahead: bool
    is_negative: bool


@dataclass(frozen=True, slots=True)
class Compiled:
    """An automaton and its conditions, each of which only depends on those before it."""

    main: Program
    conditions: tuple[Edge | LookCondition, ...]


def compile_nodes(node: Node) -> Compiled:
    """Build the automaton of an expression without references.

    Raises:
        TooLargeError: counted repetitions make it too large.
    """
    builder = _Builder()
    main = builder.build(node, is_reversed=False)
    return Compiled(main, tuple(builder.conditions))


class _Builder:
    def __init__(self) -> None:
        self.conditions: list[Edge | LookCondition] = []
        self._numbers: dict[Node, int] = {}
        self._size = 0

    def build(self, node: Node, *, is_reversed: bool) -> Program:
        program = Program([Fork(-1, ())])
        program.start = self._add_node(program, node, ACCEPT, is_reversed)
        return program

    def _add_node(self, program: Program, node: Node, then: int, is_reversed: bool) -> int:
        """Add the states of a node that go on to `then`; return the first of them."""
        match node:
            case Text(value):
                return self._add_text(program, value, then, is_reversed)
            case OneOf(units):
                return self._add_state(program, Take(units, then))
            case Sequence(parts):
                for part in parts if is_reversed else reversed(parts):
                    then = self._add_node(program, part, then, is_reversed)
                return then
            case Choice(options):
                starts = tuple(self._add_node(program, option, then, is_reversed) for option in options)
                return self._add_state(program, Fork(-1, starts))
            case Repeat():
                return self._add_repeat(program, node, then, is_reversed)
            case Capture(body):
                return self._add_node(program, body, then, is_reversed)
            case Look() | Edge():
                number = self._number(node)
                program.conditions.add(number)
                return self._add_state(program, Fork(number, (then,)))
            case BackReference():
                raise TypeError("an automaton cannot remember what a group took")

    def _add_state(self, program: Program, state: Take | Fork) -> int:
        self._size += 1
        if self._size > MOST_STATES:
            raise TooLargeError
        program.states.append(state)
        return len(program.states) - 1

    def _add_text(self, program: Program, value: str, then: int, is_reversed: bool) -> int:
        for unit in value if is_reversed else reversed(value):
            then = self._add_state(program, Take(unit, then))
        return then

    def _add_repeat(self, program: Program, node: Repeat, then: int, is_reversed: bool) -> int:
        least = node.least
        if node.most is None:
            loop = self._add_state(program, Fork(-1, ()))
            body = self._add_node(program, node.body, loop, is_reversed)
            program.states[loop] = Fork(-1, (body, then))
            then = body if least else loop
            least = max(least - 1, 0)
        for _ in range((node.most or node.least) - node.least):
            body = self._add_node(program, node.body, then, is_reversed)
            then = self._add_state(program, Fork(-1, (body, then)))
        for _ in range(least):
            then = self._add_node(program, node.body, then, is_reversed)
        return then

    def _number(self, node: Look | Edge) -> int:
        """Return a condition's number; a look's own conditions get theirs first."""
        if node not in self._numbers:
            condition: Edge | LookCondition
            if isinstance(node, Look):
                program = self.build(node.body, is_reversed=node.is_ahead)
                condition = LookCondition(program, node.is_ahead, node.is_negative)
            else:
                condition = node
            self.conditions.append(condition)
            self._numbers[node] = len(self.conditions) - 1
        return self._numbers[node]
