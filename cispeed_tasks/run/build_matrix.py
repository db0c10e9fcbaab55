"""Divide the affected images among machines (a stand-in: the builders' branch brings the one that stays)."""

from __future__ import annotations

import json

from cispeed_tasks.plan.build import plan_full
from cispeed_tasks.plan.commit_range import Wish
from cispeed_tasks.run.affected import everything_of, find_affected
from cispeed_tasks.run.look import look
from cispeed_tasks.tools import terminal


def build_matrix(base: str | None, shards: int, *, is_all: bool) -> None:
    """Print the matrix, on one line."""
    view = look()
    affected = everything_of(view) if is_all else find_affected(view, Wish(base=base))
    steps = [step for step in plan_full(view.project, view.stack.services).steps if step.asked]
    names = sorted({step.target.subject for step in steps if step.target.name in affected.targets})
    parts = [names[number::shards] for number in range(min(shards, len(names)))]
    rows = [
        {"shard": f"{number}/{len(parts)}", "services": " ".join(part)} for number, part in enumerate(parts, start=1)
    ]
    terminal.say(json.dumps({"include": rows}))
