"""An expression as a pattern of Python's `re`, which is fast, where that means the same."""

from __future__ import annotations

import re

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
from cispeed_tasks.plan.ecmascript.simplify import single_units
from cispeed_tasks.plan.ecmascript.units import EVERY_UNIT, LAST_UNIT, NO_UNIT, UnitSet

FLAGS = re.DOTALL | re.ASCII

_MOST_ROUNDS = 1000
_EDGES = {Edge.START: r"\A", Edge.END: r"\Z"}
_QUANTIFIERS = {(0, None): "*", (1, None): "+", (0, 1): "?"}


class NotInPythonError(ValueError):
    """Python's `re` has no such thing, or means another thing by it."""


def to_python(node: Node) -> str:
    """Return an expression for Python's `re` with `FLAGS`.

    Raises:
        NotInPythonError: it has a look behind, a reference or a word edge, which differ.
    """
    match node:
        case Text(value):
            return re.escape(value)
        case OneOf(units):
            return _class(units)
        case Sequence(parts):
            return "".join(map(_term, parts))
        case Choice(options):
            return "|".join(map(to_python, options))
        case Repeat():
            return _repeat(node)
        case Look(body, is_ahead=True, is_negative=is_negative):
            return f"(?{'!' if is_negative else '='}{to_python(body)})"
        case Capture(body):
            return to_python(body)
        case Edge() if node in _EDGES:
            return _EDGES[node]
        case BackReference() | Edge() | Look():
            raise NotInPythonError


def _term(node: Node) -> str:
    """Return a part of a sequence, in a group where it would fall apart."""
    source = to_python(node)
    return f"(?:{source})" if isinstance(node, Choice | Capture) else source


def _repeat(node: Repeat) -> str:
    bounds = (node.least, node.most)
    if max(node.least, node.most or 0) > _MOST_ROUNDS:
        raise NotInPythonError
    quantifier = _QUANTIFIERS.get(bounds) or f"{{{node.least},{'' if node.most is None else node.most}}}"
    source = to_python(node.body)
    # Lazy or not matches the same texts; globs mostly end in what tells files apart, so greedy gets there sooner.
    if not single_units(node.body):
        return f"(?:{source}){quantifier}"
    return f"{source}{quantifier}{'+' if node.is_determined else ''}"


def _class(units: UnitSet) -> str:
    if units in {EVERY_UNIT, NO_UNIT}:
        return "." if units == EVERY_UNIT else r"(?!)"
    if units.size == 1:
        return re.escape(chr(units.ranges[0][0]))
    if units.ranges[0][0] == 0 and units.ranges[-1][1] == LAST_UNIT:
        return f"[^{_ranges(units.inverted())}]"
    return f"[{_ranges(units)}]"


def _ranges(units: UnitSet) -> str:
    return "".join(_unit(low) if low == high else f"{_unit(low)}-{_unit(high)}" for low, high in units.ranges)


def _unit(unit: int) -> str:
    return f"\\u{unit:04x}"
