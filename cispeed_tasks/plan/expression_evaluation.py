"""The value of an expression in GitHub's expression language, in the contexts that are at hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cispeed_tasks.plan.expression import Call, Constant, Index, Name, Node, Not, Operation
from cispeed_tasks.plan.expression_functions import PLAIN_FUNCTIONS
from cispeed_tasks.plan.expression_values import (
    Filtered,
    Value,
    equals,
    is_greater,
    is_true,
    number,
    property_of,
    text,
)
from cispeed_tasks.plan.expression_words import ExpressionError

_COMPARISONS: dict[str, Callable[[Value, Value], bool]] = {
    "==": equals,
    "!=": lambda left, right: not equals(left, right),
    ">": is_greater,
    "<": lambda left, right: is_greater(right, left),
    ">=": lambda left, right: equals(left, right) or is_greater(left, right),
    "<=": lambda left, right: equals(left, right) or is_greater(right, left),
}


@dataclass(frozen=True)
class Scope:
    """What an expression can name."""

    contexts: Mapping[str, Value] = field(default_factory=dict)
    functions: Mapping[str, Callable[..., Value]] = field(default_factory=dict)
    """Those that depend on the state of the run, such as success, by their names in lower case."""


def evaluate(node: Node, scope: Scope) -> Value:
    """Return the value of an expression.

    Raises:
        ExpressionError: it names what there is not, or a function cannot take its arguments.
    """
    match node:
        case Constant():
            return node.value
        case Name():
            return _context(node, scope)
        case Not():
            return not is_true(evaluate(node.of, scope))
        case Operation():
            return _operation(node, scope)
        case Index():
            return _indexed(evaluate(node.of, scope), node.index, scope)
        case Call():
            return _call(node, scope)


def _context(node: Name, scope: Scope) -> Value:
    if node.name not in scope.contexts:
        raise ExpressionError(f"there is no context {node.name!r} here", node.offset)
    return scope.contexts[node.name]


def _operation(node: Operation, scope: Scope) -> Value:
    left = evaluate(node.left, scope)
    if node.sign in {"&&", "||"}:
        decides = is_true(left) == (node.sign == "||")
        return left if decides else evaluate(node.right, scope)
    return _COMPARISONS[node.sign](left, evaluate(node.right, scope))


def _call(node: Call, scope: Scope) -> Value:
    function = scope.functions.get(node.name) or PLAIN_FUNCTIONS.get(node.name)
    if function is None:
        raise ExpressionError(f"the function {node.name} is not available here", node.offset)
    arguments = [evaluate(argument, scope) for argument in node.arguments]
    try:
        return function(*arguments)
    except ExpressionError as error:
        raise ExpressionError(str(error), node.offset) from None


def _indexed(of: Value, index: Node | None, scope: Scope) -> Value:
    if index is None:
        return _all_of(of)
    key = evaluate(index, scope)
    if isinstance(of, Filtered):
        found = [_property(each, key) for each in of]
        return Filtered(value for is_there, value in found if is_there)
    return _property(of, key)[1]


def _all_of(of: Value) -> Filtered:
    if isinstance(of, Filtered):
        return Filtered(value for each in of for value in _values(each))
    return Filtered(_values(of))


def _values(of: Value) -> list[Value]:
    if isinstance(of, dict):
        return list(of.values())
    return list(of) if isinstance(of, list) else []


def _property(of: Value, key: Value) -> tuple[bool, Value]:
    if isinstance(of, dict) and not isinstance(key, list | dict):
        return property_of(of, text(key))
    place = number(key)
    if not isinstance(of, list) or not 0 <= place < len(of):
        return False, None
    return True, of[math.floor(place)]
