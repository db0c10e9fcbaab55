"""The event that a rehearsal plays: its payload, and what it says of branches and commits (docs.github.com, 'Events')."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.expression_values import Value, text
from cispeed_tasks.plan.rehearse_payload import NUMBER, History, common, merge_group, pull_request, push
from cispeed_tasks.plan.rehearse_workflow import Workflow, dig

EVENTS = ("pull_request", "push", "merge_group", "workflow_dispatch", "schedule")
_USUAL = ("synchronize", "opened", "reopened")
"""The kinds of pull_request that start a workflow which does not say others; the first is played."""


@dataclass(frozen=True)
class Event:
    """What started the run."""

    name: str
    payload: Mapping[str, Any]
    ref: str
    sha: str
    base_ref: str = ""
    head_ref: str = ""
    inputs: Mapping[str, Value] | None = None
    """Of workflow_dispatch, by their types."""

    @property
    def ref_name(self) -> str:
        """The branch, or `1/merge` of a pull request."""
        return self.ref.removeprefix("refs/heads/").removeprefix("refs/pull/")


def choose_event(workflow: Workflow, asked: str | None) -> str:
    """Return the event that is rehearsed: the one asked for, with its kind if that is said, or the first that there is.

    Raises:
        UsageError: the workflow does not have it, or none that can be rehearsed.
    """
    there = [name for name in EVENTS if name in workflow.triggers]
    name, _, kind = (asked or "").partition(".")
    if asked and name not in EVENTS:
        raise UsageError(f"--event {asked}: it is one of {', '.join(EVENTS)}")
    if asked and name not in there:
        raise UsageError(
            f"--event {asked}: {workflow.name} is not started by it, but by {', '.join(workflow.triggers)}"
        )
    kinds = _words(dig(workflow.triggers.get(name), "types")) or list(_USUAL)
    if kind and name != "pull_request":
        raise UsageError(f"--event {asked}: only pull_request has kinds")
    if kind and kind not in kinds:
        raise UsageError(f"--event {asked}: {workflow.name} is started by {name}, but of the kinds {', '.join(kinds)}")
    if not there:
        raise UsageError(
            f"{workflow.name} is started by {', '.join(workflow.triggers)}; of these none can be rehearsed"
        )
    return asked or there[0]


def needs_merge(name: str) -> bool:
    """Tell whether an event is about a merge of head into base."""
    return name.partition(".")[0] in {"pull_request", "merge_group"}


def make_event(name: str, workflow: Workflow, history: History, given: Mapping[str, str]) -> Event:
    """Return an event of a name that the workflow has.

    Args:
        name: one of EVENTS; pull_request may go on with a kind: pull_request.ready_for_review.
        workflow: what it starts.
        history: the state of the repository.
        given: inputs of workflow_dispatch, as they were typed.

    Raises:
        UsageError: an input is missing, unknown, or not of its type.
    """
    name, _, kind = name.partition(".")
    if given and name != "workflow_dispatch":
        raise UsageError(f"--input is for --event workflow_dispatch, and this is {name}")
    narrowed = workflow.triggers[name]
    payload = common(history)
    if name == "pull_request":
        payload |= pull_request(history, kind or _first(dig(narrowed, "types"), _USUAL[0]))
        return Event(name, payload, f"refs/pull/{NUMBER}/merge", history.merged, history.base_branch, history.branch)
    if name == "merge_group":
        queue = f"refs/heads/gh-readonly-queue/{history.base_branch}/pr-{NUMBER}-{history.base}"
        return Event(name, payload | merge_group(history, queue), queue, history.merged)
    ref = f"refs/heads/{_pushed_branch(narrowed, history)}"
    if name == "push":
        return Event(name, payload | push(history, ref), ref, history.head)
    if name == "schedule":
        crons = narrowed if isinstance(narrowed, list) else []
        ref = f"refs/heads/{history.default_branch}"
        return Event(name, payload | {"schedule": dig(crons[0], "cron") if crons else ""}, ref, history.head)
    inputs = dispatch_inputs(narrowed, given)
    texts = {key: text(value) for key, value in inputs.items()}
    return Event(name, payload | {"inputs": texts, "ref": ref}, ref, history.head, inputs=inputs)


def dispatch_inputs(trigger: Value, given: Mapping[str, str]) -> dict[str, Value]:
    """Return the inputs of workflow_dispatch by their types, those that were not given by their defaults; UsageError."""
    declared = dig(trigger, "inputs") or {}
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise UsageError(f"--input {unknown[0]}: the workflow's inputs are {', '.join(declared) or 'none'}")
    return {key: _input(key, declared[key] or {}, given.get(key)) for key in declared}


def _input(name: str, declared: Mapping[str, Value], given: str | None) -> Value:
    if given is None and declared.get("required") is True and "default" not in declared:
        raise UsageError(f"the input {name!r} is required; write --input {name}=VALUE")
    kind = declared.get("type", "string")
    value = text(declared.get("default")) if given is None else given
    if kind == "boolean" and value not in {"true", "false", ""}:
        raise UsageError(f"--input {name}={value}: it is true or false")
    options = [text(option) for option in declared.get("options") or ()]
    if kind == "choice" and value not in options:
        raise UsageError(f"--input {name}={value}: it is one of {', '.join(options)}")
    return value == "true" if kind == "boolean" else value


def _first(values: Value, otherwise: str) -> str:
    """Return the usual word if it is among some, else the first of them; one alone need not be in a list."""
    words = _words(values)
    return words[0] if words and otherwise not in words else otherwise


def _words(values: Value) -> list[str]:
    return [values] if isinstance(values, str) else [text(value) for value in values or ()]


def _pushed_branch(narrowed: Value, history: History) -> str:
    """Return the branch that is checked out or, where the workflow is not for it, the first plain one that it is for."""
    plain = [name for name in _words(dig(narrowed, "branches")) if not set("*?[!+") & set(name)]
    return plain[0] if plain and history.branch not in plain else history.branch
