"""What a first cispeed.yaml says of the services: a line each, and suggestions where something was assumed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.model import Assumption
from cispeed_tasks.plan.dockerfile import Dockerfile
from cispeed_tasks.plan.dockerfile_once import read_once
from cispeed_tasks.plan.places import is_inside, relative
from cispeed_tasks.plan.services import ServiceShape, image_owner
from cispeed_tasks.plan.targets import Project
from cispeed_tasks.plan.yaml_words import shown

SETTLED = re.compile(r"services\.(?P<service>\S+)\.(?P<key>managers): (?P<value>\[[^\]]*\])$")
"""An assumption's line that can be written as it stands."""
VARIABLE_PLACE = re.compile(r"^\s*WORKDIR\s.*\$", re.MULTILINE | re.IGNORECASE)
VARIABLES = "where variables of the Compose files say"


class Suggestion(NamedTuple):
    """A key of a service's section (or the service, for what is run before the tests), its value, and why."""

    key: str
    value: str
    cause: str
    is_list: bool = False
    """Whether the value is YAML already."""


def service_lines(project: Project, raw: Mapping[str, Any]) -> list[str]:
    """A line for each service; nothing in it comes from a variable's value, since the file will be committed."""
    written = raw.get("services") or {}
    width = max((len(name) for name in project.shapes), default=0)
    return [
        f"{name.ljust(width)}  {_shape(project, shape, written.get(name))}" for name, shape in project.shapes.items()
    ]


def service_suggestions(project: Project) -> dict[str, list[Suggestion]]:
    """For each service where something was assumed or is missing, the keys that settle it."""
    found: dict[str, list[Suggestion]] = {}
    for name, shape in project.shapes.items():
        settled = [(SETTLED.search(one.write), one.text) for one in shape.assumptions]
        entries = [Suggestion(match["key"], match["value"], text, is_list=True) for match, text in settled if match][:1]
        if lacks_command(project, shape):
            entries.append(Suggestion("hollow-command", _likely_command(project, shape), "nothing says what it runs"))
        if entries:
            found[name] = entries
    return found


def remarks(project: Project) -> list[str]:
    """What was assumed and no single key settles."""
    assumptions: list[Assumption] = [one for shape in project.shapes.values() for one in shape.assumptions]
    return [f"Assumed: {one}" for one in assumptions if not SETTLED.search(one.write)]


def lacks_command(project: Project, shape: ServiceShape) -> bool:
    """Whether nothing says what a service would run in hollow mode: neither Compose, nor its Dockerfile, nor the config."""
    service = shape.service
    named = service.command or service.entrypoint or shape.config.hollow_command or shape.config.command
    if named or not shape.can_be_hollow:
        return False
    owner = project.shapes[image_owner(project.stack, service.name)]
    dockerfile = _dockerfile(project, owner)
    return dockerfile is None or not any(dockerfile.last(word, owner.stage) for word in ("CMD", "ENTRYPOINT"))


def _dockerfile(project: Project, shape: ServiceShape) -> Dockerfile | None:
    text = project.facts.texts.get(shape.dockerfile or "")
    try:
        return read_once(text, shape.service.build.args if shape.service.build else {}) if text else None
    except ConfigError:
        return None


def _likely_command(project: Project, shape: ServiceShape) -> str:
    if shape.packages[0].is_python:
        return "python -m MODULE"
    scripts = project.facts.folders[str(shape.source)].scripts
    script = next((name for name in ("dev", "start", "serve") if name in scripts), "start")
    return f"{shape.packages[0].manager} run {script}"


def _shape(project: Project, shape: ServiceShape, raw: Mapping[str, Any] | None) -> str:
    managers = ", ".join(packages.manager for packages in shape.packages)
    source = f"{_source(project, shape, raw)}; " if managers and shape.source else ""
    return f"{managers + ' in ' if source else ''}{source}{_image(project, shape, raw)}"


def _source(project: Project, shape: ServiceShape, raw: Mapping[str, Any] | None) -> str:
    if raw is None or _has_variables(raw, project.facts.texts.get(shape.dockerfile or "", "")):
        return VARIABLES
    return f"{shown(relative(str(shape.source), project.root))} → {shown(shape.workdir)}"


def _has_variables(raw: Mapping[str, Any], dockerfile: str) -> bool:
    """Whether places of a service may come from variables."""
    build = raw.get("build") or {}
    places = [raw.get("volumes"), raw.get("working_dir"), *(build.get(key) for key in ("context", "dockerfile"))]
    if VARIABLE_PLACE.search(dockerfile):
        places.append(build.get("args"))
    return "$" in json.dumps(places).replace("$$", "")


def _image(project: Project, shape: ServiceShape, raw: Mapping[str, Any] | None) -> str:
    if shape.config.base:
        return f"an image that is generated on the base {shape.config.base}"
    if shape.image_source == "generated":
        return "no Dockerfile, so one is generated for full mode"
    if shape.image_source == "image":
        owner = image_owner(project.stack, shape.service.name)
        if owner != shape.service.name:
            return f"the image of {owner}"
        return f"the image {shown(str((raw or {}).get('image') or 'that is named'))}"
    if raw is None or shape.dockerfile is None or _has_variables(raw, ""):
        return "a Dockerfile of its own"
    if not is_inside(shape.dockerfile, str(project.root)):
        return "a Dockerfile of its own, outside this directory"
    return f"its own {shown(relative(shape.dockerfile, project.root))}"
