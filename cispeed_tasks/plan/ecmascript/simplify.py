"""The same expression in fewer nodes, for texts of which something is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cispeed_tasks.plan.ecmascript.nodes import Capture, Choice, Look, Node, OneOf, Repeat, Sequence, Text
from cispeed_tasks.plan.ecmascript.units import UnitSet


def simplify(node: Node, known: Mapping[Node, Node]) -> Node:
    """Return an expression that matches the same texts, with each node that `known` holds replaced."""
    if node in known:
        return known[node]
    match node:
        case Sequence(parts):
            return join_parts([simplify(part, known) for part in parts])
        case Choice(options):
            return _choice([simplify(option, known) for option in options])
        case Repeat(body):
            return replace(node, body=simplify(body, known))
        case Look(body):
            return replace(node, body=simplify(body, known))
        case Capture(body):
            return simplify(body, known)
        case _:
            return node


def join_parts(parts: list[Node]) -> Node:
    """Make a sequence, with neighbouring texts and nested sequences made one."""
    joined: list[Node] = []
    for part in parts:
        add_part(joined, part)
    return joined[0] if len(joined) == 1 else Sequence(tuple(joined))


def add_part(parts: list[Node], node: Node) -> None:
    """Add a node to the parts of a sequence."""
    if isinstance(node, Sequence):
        for part in node.parts:
            add_part(parts, part)
    elif isinstance(node, Text) and parts and isinstance(parts[-1], Text):
        parts[-1] = Text(parts[-1].value + node.value)
    else:
        parts.append(node)


def _choice(options: list[Node]) -> Node:
    """Make a choice; one between single units is a set, which no automaton needs to go back for."""
    sets = [single_units(option) for option in options]
    if all(units is not None for units in sets):
        return OneOf(UnitSet.of(pair for units in sets if units for pair in units.ranges))
    return Choice(tuple(options))


def single_units(node: Node) -> UnitSet | None:
    """Return the units of a node that always takes exactly one, else None."""
    if isinstance(node, Text) and len(node.value) == 1:
        return UnitSet.from_text(node.value)
    return node.units if isinstance(node, OneOf) else None
