"""The jobs that a matrix makes of one (docs.github.com, 'Running variations of jobs in a workflow')."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from cispeed_tasks.plan.expression_values import Value, text
from cispeed_tasks.plan.expression_words import ExpressionError

Combination = dict[str, Value]


def combinations(matrix: Value) -> list[Combination]:
    """Return the combinations of a matrix, whose expressions are evaluated, in GitHub's order.

    Raises:
        ExpressionError: it is no mapping of lists, or makes no job at all.
    """
    if not isinstance(matrix, Mapping):
        raise ExpressionError(f"a matrix is a mapping, not {text(matrix)!r}")
    vectors = {key: values for key, values in matrix.items() if key not in {"include", "exclude"}}
    for key, values in vectors.items():
        if not isinstance(values, list):
            raise ExpressionError(f"matrix.{key} has to be a list, not {text(values)!r}")
        if not values:
            raise ExpressionError(f"matrix.{key} is an empty list, of which GitHub makes no job but an error")
    found = [dict(zip(vectors, values, strict=True)) for values in itertools.product(*vectors.values())]
    found = found if vectors else []
    kept = [each for each in found if not any(_matches(each, rule) for rule in _rules(matrix, "exclude"))]
    included = _include(kept, _rules(matrix, "include"), set(vectors))
    if not included:
        raise ExpressionError("the matrix has no combination, of which GitHub makes no job but an error")
    return included


def label(combination: Combination) -> str:
    """Return what GitHub writes behind the job's name: `(a, b)`; mappings by the values in them."""
    return ", ".join(filter(None, map(_shown, combination.values())))


def _shown(value: Value) -> str:
    if isinstance(value, Mapping):
        value = list(value.values())
    return ", ".join(filter(None, map(_shown, value))) if isinstance(value, list) else text(value)


def _rules(matrix: Mapping[str, Value], key: str) -> list[Combination]:
    rules = matrix.get(key) or []
    if not isinstance(rules, list) or not all(isinstance(rule, Mapping) for rule in rules):
        raise ExpressionError(f"matrix.{key} has to be a list of mappings")
    return rules


def _matches(combination: Combination, rule: Combination) -> bool:
    return all(key in combination and combination[key] == value for key, value in rule.items())


def _include(found: list[Combination], rules: list[Combination], vectors: set[str]) -> list[Combination]:
    """Add each rule's keys to the combinations whose own values it leaves as they are; otherwise it is one of its own."""
    original = [dict(each) for each in found]
    own: list[Combination] = []
    for rule in rules:
        shared = {key: value for key, value in rule.items() if key in vectors}
        fitting = [place for place, each in enumerate(original) if _matches(each, shared)]
        for place in fitting:
            found[place].update(rule)
        if not fitting:
            own.append(dict(rule))
    return found + own
