"""What a regular expression consists of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from cispeed_tasks.plan.ecmascript.units import UnitSet


class Edge(Enum):
    r"""A place in the text that takes up no unit: `^`, `$`, `\b` and `\B`."""

    START = auto()
    END = auto()
    WORD = auto()
    NO_WORD = auto()


@dataclass(frozen=True, slots=True)
class Text:
    """Some units, one after the other."""

    value: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """One unit of a set."""

    units: UnitSet


@dataclass(frozen=True, slots=True)
class Sequence:
    """One thing after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several things."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A thing `least` to `most` times; `most` of None has no bound. A lazy one tries few before many.

    A determined one can only end in one place, because nothing that may follow begins like its body.
    """

    body: Node
    least: int
    most: int | None
    is_lazy: bool = False
    is_determined: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """A look ahead or behind, which takes up no unit."""

    body: Node
    is_ahead: bool
    is_negative: bool


@dataclass(frozen=True, slots=True)
class Capture:
    """A numbered group."""

    body: Node
    number: int


@dataclass(frozen=True, slots=True)
class BackReference:
    """The text that a group took, or nothing if it took none."""

    number: int


Node = Text | OneOf | Sequence | Choice | Repeat | Look | Capture | BackReference | Edge

EMPTY = Sequence(())


def has_reference(node: Node) -> bool:
    """Tell whether an expression refers back to one of its groups."""
    match node:
        case BackReference():
            return True
        case Sequence(parts) | Choice(parts):
            return any(map(has_reference, parts))
        case Repeat(body) | Look(body) | Capture(body):
            return has_reference(body)
        case _:
            return False
