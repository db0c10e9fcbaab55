"""Ordinary paths, as git gives nearly all of them: without line breaks, empty segments, or segments `.` and `..`.

For them much of what picomatch writes into its regular expressions always holds and can be left out.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from cispeed_tasks.plan.ecmascript.nodes import EMPTY, Capture, Choice, Edge, Look, Node, OneOf, Repeat, Sequence, Text
from cispeed_tasks.plan.ecmascript.reader import read_regex
from cispeed_tasks.plan.ecmascript.simplify import join_parts, simplify
from cispeed_tasks.plan.ecmascript.units import EVERY_UNIT, NOT_LINE_BREAK
from cispeed_tasks.plan.globs.fragments import NO_DOTS, NO_DOTS_SEGMENT, ONE_MORE

_ODD = re.compile(r"[\n\r\u2028\u2029]|(?:^|/)\.{0,2}(?:/|\Z)")


def is_ordinary(path: str) -> bool:
    """Tell whether a path is an ordinary one."""
    return _ODD.search(path) is None


def for_ordinary_paths(node: Node) -> Node:
    """Return an expression that matches the same ordinary paths."""
    return _without_guards(simplify(node, _known()), at_start=False)


@cache
def _known() -> dict[Node, Node]:
    return {read_regex(NO_DOTS_SEGMENT): EMPTY, OneOf(NOT_LINE_BREAK): OneOf(EVERY_UNIT)}


@cache
def _guards() -> frozenset[Node]:
    """What always holds at the start of a segment."""
    return frozenset(simplify(read_regex(guard), _known()) for guard in (NO_DOTS, ONE_MORE))


def _without_guards(node: Node, *, at_start: bool) -> Node:
    """Leave out the guards at the starts of segments; `at_start` tells whether the node itself begins at one."""
    match node:
        case Sequence(parts):
            kept: list[Node] = []
            for part in parts:
                kept.append(_without_guards(part, at_start=at_start))
                at_start = _ends_at_start(part, at_start=at_start)
            return join_parts(kept)
        case Choice(options):
            return Choice(tuple(_without_guards(option, at_start=at_start) for option in options))
        case Look() if at_start and node in _guards():
            return EMPTY
        case Repeat(body, most=most):
            return replace(node, body=_without_guards(body, at_start=at_start and most == 1))
        case Look(body) | Capture(body):
            return replace(node, body=_without_guards(body, at_start=at_start))
        case _:
            return node


def _ends_at_start(node: Node, *, at_start: bool) -> bool:
    """Tell whether what follows a node is at the start of a segment."""
    match node:
        case Text(value):
            return value.endswith("/")
        case Edge.START:
            return True
        case Edge() | Look():
            return at_start
        case Sequence(parts):
            for part in parts:
                at_start = _ends_at_start(part, at_start=at_start)
            return at_start
        case Choice(options):
            return all(_ends_at_start(option, at_start=at_start) for option in options)
        case Capture(body):
            return _ends_at_start(body, at_start=at_start)
        case _:
            return False
