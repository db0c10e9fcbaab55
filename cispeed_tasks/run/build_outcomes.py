"""What a build made: a line for each image, on the terminal and in the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cispeed_tasks.plan.bake_elsewhere import Elsewhere
from cispeed_tasks.plan.build import BuildStep
from cispeed_tasks.plan.history_steps import whole_seconds
from cispeed_tasks.run.build_history import Built, Logs, layers_of, remember_builds, told
from cispeed_tasks.run.look import View
from cispeed_tasks.tools import buildx, engine_http, terminal
from cispeed_tasks.tools.parallel import Answer

DIGEST_LENGTH = 19


def say_outcomes(
    view: View,
    plan: Mapping[str, BuildStep],
    steps: Sequence[BuildStep],
    records: Mapping[str, buildx.BuildRecord],
    elsewhere: Elsewhere | None,
    logs: Sequence[Answer[Logs]],
) -> None:
    """A line for each image, also in the history: its time by BuildKit's own logs, its size, its digest.

    The engine knows the size only of what it has.
    """
    here = [step.target.tag for step in steps if elsewhere is None or elsewhere.places[step.target.name] == "load"]
    images = engine_http.inspect_images(here)
    layers = layers_of([step.target.tag for step in steps])
    found = told(logs)
    done, rows = [], []
    for step in steps:
        record, image = records.get(step.target.name), images.get(step.target.tag) or {}
        log = found.get(record.reference, []) if record else []
        took = whole_seconds(log)
        size = int(image.get("Size") or 0)
        digest = str(image.get("Id") or (record.digest if record else "") or "-")
        name = elsewhere.references.get(step.target.name, step.target.tag) if elsewhere else step.target.tag
        shown = "-" if took is None else terminal.seconds(took)
        rows.append((name, shown, terminal.size(size) if size else "-", digest[:DIGEST_LENGTH]))
        done.append(Built(step, log, took, size))
    terminal.table(("image", "time", "size", "digest"), rows)
    remember_builds(view, plan, done, layers)
