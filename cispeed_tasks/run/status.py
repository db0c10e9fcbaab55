"""The rows of `inv status`: how each container is, and whether its image is what the checkout makes now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cispeed_tasks.errors import CispeedError, WorkFailed
from cispeed_tasks.plan.proof import Proof
from cispeed_tasks.run.look import look
from cispeed_tasks.run.proof import proofs
from cispeed_tasks.tools import containers, terminal

Row = dict[str, Any]
MARKS = {True: "✓", False: "✗", None: "·"}


def status_rows(project: str, found: Sequence[Mapping[str, Any]]) -> list[Row]:
    """A row for each container of a stack, sorted by service; the keys are those of `inv status --json`."""
    proven = _proofs(found)
    rows = [_row(project, attributes, proven) for attributes in found]
    return sorted(rows, key=lambda row: str(row["service"]))


def show_status(project: str, rows: Sequence[Row]) -> None:
    """The rows as a person reads them, and what differs."""
    terminal.heading(project)
    shown = [
        (
            str(row["service"]),
            str(row["state"]),
            ", ".join(row["ports"]),
            str(row["image"]),
            f"{MARKS[row['as_checkout']]} {row['proof']}",
        )
        for row in rows
    ]
    terminal.table(("service", "state", "ports", "image", "what it holds"), shown)
    if any(row["as_checkout"] is False for row in rows):
        terminal.note("  What is older is brought up to date by the task that started it, such as `inv full-up`.")


def check_status(stacks: Mapping[str, Sequence[Row]]) -> None:
    """Raise WorkFailed unless something is up, and every image that can be compared is what the checkout makes."""
    if not stacks:
        raise WorkFailed("nothing is up, so nothing is proven: `inv full-up` first")
    others = [
        f"{row['service']}: {row['proof']}" for rows in stacks.values() for row in rows if row["as_checkout"] is False
    ]
    if others:
        raise WorkFailed("\n".join(["not what the checkout makes:", *others]))


def _proofs(found: Sequence[Mapping[str, Any]]) -> dict[str, Proof]:
    """The proofs; how a stack is can be seen also while its files have a fault, which is said."""
    try:
        return proofs(look(), found)
    except CispeedError as error:
        terminal.warn(f"whether the stack runs what the checkout holds cannot be told: {error}")
        return {}


def _row(project: str, attributes: Mapping[str, Any], proven: Mapping[str, Proof]) -> Row:
    service = str(attributes["Config"]["Labels"].get(containers.SERVICE_LABEL, ""))
    bindings = (attributes["NetworkSettings"].get("Ports") or {}).items()
    proof = proven.get(service, Proof(service, None, "not known"))
    return {
        "project": project,
        "service": service,
        "state": _state(attributes["State"]),
        "image": attributes["Config"]["Image"],
        "as_checkout": proof.holds,
        "proof": proof.words,
        "changes": list(proof.changes),
        "ports": [f"{found[0]['HostPort']}→{inside}" for inside, found in bindings if found],
    }


def _state(state: Mapping[str, Any]) -> str:
    if state["Status"] == "exited":
        return "done" if state["ExitCode"] == 0 else f"failed (exit code {state['ExitCode']})"
    return str((state.get("Health") or {}).get("Status") or state["Status"])
