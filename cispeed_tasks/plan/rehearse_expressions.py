"""Where a workflow may use which contexts and functions (docs.github.com, 'Contexts': 'Context availability')."""

from __future__ import annotations

from collections.abc import Iterator

from cispeed_tasks.plan.expression import Call, Name, Node, parts
from cispeed_tasks.plan.expression_template import STATUS_FUNCTIONS, condition, pieces
from cispeed_tasks.plan.expression_values import Value
from cispeed_tasks.plan.expression_words import ExpressionError
from cispeed_tasks.plan.rehearse_workflow import Fault, Place

_CONTEXTS = frozenset(
    ["github", "env", "vars", "secrets", "needs", "matrix", "strategy", "steps", "job", "runner", "inputs", "jobs"]
)
_WORKFLOW = frozenset({"github", "inputs", "vars"})
_JOB = _WORKFLOW | {"needs", "strategy", "matrix"}
_STEP = _JOB | {"job", "runner", "env", "secrets", "steps"}


def contexts_at(place: Place) -> frozenset[str] | None:
    """Return the contexts that the value at a place of a workflow can name; None where nothing is evaluated."""
    match place:
        case ("run-name" | "concurrency", *_):
            return _WORKFLOW
        case ("env", *_):
            return _WORKFLOW | {"secrets"}
        case ("jobs", _, "if") | ("jobs", _, "strategy", *_):
            return _WORKFLOW | {"needs"}
        case ("jobs", _, "env", *_) | ("jobs", _, "secrets", *_):
            return _JOB | {"secrets"}
        case ("jobs", _, "outputs", *_):
            return _STEP
        case ("jobs", _, "defaults" | "environment" | "container" | "services", *_):
            return _STEP - {"steps"}
        case ("jobs", _, "steps", _, "if"):
            return _STEP - {"secrets"}
        case ("jobs", _, "steps", *_):
            return _STEP
        case ("jobs", *_):
            return _JOB
    return None


def expression_faults(data: Value, place: Place = ()) -> Iterator[Fault]:
    """Yield what is wrong with the expressions of a workflow: how they are written, and what they name."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from expression_faults(value, (*place, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from expression_faults(value, (*place, number))
    elif isinstance(data, str) and (allowed := contexts_at(place)) is not None:
        yield from _text_faults(data, place, allowed)


def _text_faults(written: str, place: Place, allowed: frozenset[str]) -> Iterator[Fault]:
    try:
        found = [condition(written)] if place[-1] == "if" else list(pieces(written))
    except ExpressionError as error:
        yield Fault(place, str(error), written, error.offset)
        return
    for piece in found:
        for node in parts(piece.tree):
            message = _misplaced(node, place, allowed)
            if message and isinstance(node, Name | Call):
                yield Fault(place, message, written, piece.start + node.offset)


def _misplaced(node: Node, place: Place, allowed: frozenset[str]) -> str:
    if isinstance(node, Name) and node.name not in _CONTEXTS:
        return f"there is no context {node.name!r}; text stands between single quotes"
    if isinstance(node, Name) and node.name not in allowed:
        return f"the context {node.name!r} is not available here; there are {', '.join(sorted(allowed))}"
    if isinstance(node, Call) and node.name in STATUS_FUNCTIONS and place[-1] != "if":
        return f"{node.name}() is for an `if` only"
    if isinstance(node, Call) and node.name == "hashfiles" and "steps" not in place:
        return "hashFiles() is for steps only: there are no files outside of a job"
    return ""
