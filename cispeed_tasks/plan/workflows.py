"""The text of the workflow files: templates filled in with the jobs' commands, and the lines of the user's kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from cispeed_tasks.plan.ci_jobs import workflow_jobs
from cispeed_tasks.plan.ci_project import CiProject

if TYPE_CHECKING:
    from jinja2 import Environment

MARK = "# Made by cispeed"
YOURS = re.compile(r"^ *# cispeed: yours (?P<name>[\w-]+)\n(?P<lines>(?:.*\n)*?) *# cispeed: end$", re.MULTILINE)
PLAIN = re.compile(r"[A-Za-z/_$][^#:\n\t]*[^\s#:]")
"""What YAML takes as the text that it is."""
WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
NOTHING = "\0"
PIP_CACHE, UV_CACHE = "~/.cache/pip", "~/.cache/uv"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("cispeed_tasks", "templates"),
        undefined=StrictUndefined,
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
        autoescape=False,  # noqa: S701  # workflows are no HTML
    )
    environment.filters.update(yaml=yaml_text, script=_script)
    return environment


@cache
def pins() -> Mapping[str, tuple[str, str]]:
    """The commit and the version of each action that workflows use, by its name."""
    environment = _environment()
    text = environment.loader.get_source(environment, "actions.txt")[0] if environment.loader else ""
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return {name: (commit, version) for name, commit, version in lines}


def workflow_text(name: str, project: CiProject, own: Mapping[str, str] | None = None) -> str:
    """The workflow file `name`.yml; the same bytes for the same arguments.

    Args:
        name: quick-ci, docker-ci or full-ci.
        project: what it follows from.
        own: the user's lines by the job that they stand in, as `own_lines` returns them.
    """
    kept = own or {}
    jobs = workflow_jobs(name, project)
    text = (
        _environment()
        .get_template(f"{name}.yml.j2")
        .render(
            project=project,
            jobs=jobs,
            yours=_yours(kept),
            pinned=_pinned(project.ci.actions),
            package_cache=UV_CACHE if project.uses_uv else PIP_CACHE,
            package_files=_files(*project.package_files, ".github/workflows/quick-ci.yml"),
            config_files=_files(project.config_file),
        )
    )
    return _tidy(text)


def own_lines(text: str) -> dict[str, str]:
    """The user's lines of a workflow file, by the job that they stand in, as they are; jobs without any left out."""
    return {found["name"]: found["lines"] for found in YOURS.finditer(text) if found["lines"].strip()}


def yaml_text(text: str) -> str:
    """A text as YAML reads it back: as it is where that serves, quoted where not."""
    is_plain = PLAIN.fullmatch(text) and text.lower() not in WORDS
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def _yours(own: Mapping[str, str]) -> Callable[[str], str]:
    return lambda job: own.get(job, "")


def _finalized(value: object) -> object:
    """A part without its last line break, which the template's own line has; a mark where there is nothing of it."""
    return (value.removesuffix("\n") or NOTHING) if isinstance(value, str) else value


def _files(*paths: str) -> str:
    """The arguments of hashFiles."""
    return ", ".join("'" + path.replace("'", "''") + "'" for path in paths)


def _pinned(own: Mapping[str, str]) -> Callable[[str], str]:
    """What stands after `uses:`; a pin of the user's goes before ours, and holds for all that lies in its repository."""

    def pinned(action: str) -> str:
        repository = "/".join(action.split("/")[:2])
        commit, version = own[repository].split() if repository in own else pins()[action]
        return f"{action}@{commit} # {version}"

    return pinned


def repositories() -> list[str]:
    """The repositories whose actions workflows use."""
    return sorted({"/".join(name.split("/")[:2]) for name in pins()})


def _script(text: str) -> str:
    if "\n" not in text and PLAIN.fullmatch(text):
        return text
    return "|-\n" + "\n".join(f"          {line}".rstrip() for line in text.splitlines())


def _tidy(text: str) -> str:
    """Without the lines of which nothing is left."""
    return "".join(f"{line}\n" for line in text.strip("\n").split("\n") if line.strip() != NOTHING)
