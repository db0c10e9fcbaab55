"""Texts with `${{ }}` in them, and conditions, as a workflow holds them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cispeed_tasks.plan.expression import Call, Node, Operation, parse, parts
from cispeed_tasks.plan.expression_evaluation import Scope, evaluate
from cispeed_tasks.plan.expression_values import Value, is_true, text
from cispeed_tasks.plan.expression_words import ExpressionError

STATUS_FUNCTIONS = frozenset({"success", "failure", "always", "cancelled"})
# A `}}` in a text of the expression does not end it.
_EXPRESSION = re.compile(r"\$\{\{(?P<expression>(?:'(?:[^']|'')*'|(?!\}\})[^'])*)(?P<end>\}\})?")


@dataclass(frozen=True, slots=True)
class Piece:
    """An expression in a text."""

    tree: Node
    source: str
    """As it is written, with its `${{ }}`."""
    start: int
    """Where the expression itself begins in the text, in characters."""
    is_whole: bool
    """Whether the text is nothing but this expression, so that its value keeps its type."""


def pieces(written: str) -> Iterator[Piece]:
    """Yield the expressions of a text.

    Raises:
        ExpressionError: one is wrong; its offset is that in the text.
    """
    for match in _EXPRESSION.finditer(written):
        if not match["end"]:
            raise ExpressionError("this ${{ has no }} behind it", match.start())
        tree = _parsed(match["expression"], match.start("expression"))
        yield Piece(tree, match[0], match.start("expression"), match[0] == written.strip())


def condition(written: str) -> Piece:
    """Return the expression of an `if`, which need not stand in `${{ }}`; without a status function it wants success().

    Raises:
        ExpressionError: it is wrong; its offset is that in the text.
    """
    found = list(pieces(written))
    if len(found) == 1 and found[0].is_whole:
        tree, source, start = found[0].tree, found[0].source, found[0].start
    elif found:
        raise ExpressionError("an `if` is one expression: put all of it into one ${{ }}, or leave that out", 0)
    else:
        tree, source, start = _parsed(written, 0), written, 0
    if not any(isinstance(part, Call) and part.name in STATUS_FUNCTIONS for part in parts(tree)):
        tree = Operation("&&", Call("success", (), 0), tree)
    return Piece(tree, source, start, is_whole=True)


def fill_in(value: Value, scope: Scope) -> Value:
    """Return a value of a workflow with all expressions in it evaluated, in lists and mappings, too.

    Raises:
        ExpressionError: one cannot be evaluated; the message names it.
    """
    if isinstance(value, list):
        return [fill_in(each, scope) for each in value]
    if isinstance(value, dict):
        return {text(fill_in(key, scope)): fill_in(each, scope) for key, each in value.items()}
    return _filled(value, scope) if isinstance(value, str) else value


def holds(written: str, scope: Scope) -> bool:
    """Tell whether the condition of an `if` is met; raises ExpressionError."""
    found = condition(written)
    return is_true(_named(found.source, lambda: evaluate(found.tree, scope)))


def _filled(written: str, scope: Scope) -> Value:
    done, place = "", 0
    for piece in pieces(written):
        value = _named(piece.source, lambda tree=piece.tree: evaluate(tree, scope))  # type: ignore[misc]  # bound now
        if piece.is_whole:
            return value
        start = written.index(piece.source, place)
        done += written[place:start] + text(value)
        place = start + len(piece.source)
    return done + written[place:]


def _parsed(expression: str, start: int) -> Node:
    try:
        return parse(expression)
    except ExpressionError as error:
        raise ExpressionError(str(error), start + error.offset) from None


def _named(source: str, value: Callable[[], Value]) -> Value:
    try:
        return value()
    except ExpressionError as error:
        raise ExpressionError(f"{source.strip()}: {error}", error.offset) from None
