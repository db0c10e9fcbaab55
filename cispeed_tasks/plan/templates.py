"""Fill in the Jinja templates: generated Dockerfiles, ignore files and start-up scripts."""

from __future__ import annotations

import json
import shlex
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("cispeed_tasks", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  # Dockerfiles and shell scripts are no HTML
    )
    environment.filters["json"] = lambda words: json.dumps(list(words))
    environment.filters["quote"] = shlex.quote
    return environment


def render(template: str, **values: Any) -> str:  # noqa: ANN401  # what a template wants is its own affair
    """The text that the template makes of `values`; a name that it does not get is a fault of ours."""
    text = _environment().get_template(template).render(**values)
    lines = [line.rstrip() for line in text.splitlines()]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip() + "\n"


def render_page(template: str, **values: Any) -> str:  # noqa: ANN401  # what a template wants is its own affair
    """The HTML page that the template makes of `values`, in which every value is escaped unless the template says else."""
    return _environment().overlay(autoescape=True).get_template(template).render(**values)
