"""Find a workflow's file and read it, with every fault at its place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cispeed_tasks.errors import ConfigError, UsageError
from cispeed_tasks.plan.rehearse_expressions import expression_faults
from cispeed_tasks.plan.rehearse_order import circle_faults
from cispeed_tasks.plan.rehearse_reading import read_workflow
from cispeed_tasks.plan.rehearse_workflow import Fault, Workflow
from cispeed_tasks.tools import checkout
from cispeed_tasks.tools.yaml_data import Document
from cispeed_tasks.tools.yaml_files import parse_yaml

DIRECTORY = ".github/workflows"
_SUFFIXES = (".yml", ".yaml")


def find_workflow(root: Path, name: str) -> Path:
    """Return the file of a workflow: by its name in .github/workflows, with or without suffix, or by a path.

    Raises:
        UsageError: there is no such file.
    """
    places = [root / DIRECTORY / f"{name}{suffix}" for suffix in ("", *_SUFFIXES)]
    for place in [*places, Path.cwd() / name]:
        if place.is_file():
            return place.resolve()
    there = sorted(path.stem for suffix in _SUFFIXES for path in (root / DIRECTORY).glob(f"*{suffix}"))
    raise UsageError(f"there is no workflow {name!r} in {DIRECTORY}; there {_counted(there)}")


def load_workflow(path: Path, name: str) -> Workflow:
    """Return the workflow of a file that `name` stands for in messages; raises ConfigError with every fault."""
    text = checkout.text(path) or ""
    document = parse_yaml(text, name)
    workflow, faults = read_workflow(document.data, path.stem)
    faults += [*expression_faults(_mapping(document.data)), *circle_faults(workflow.jobs)]
    if faults:
        found = sorted((_position(text, document, fault), fault.message) for fault in faults)
        raise ConfigError("\n".join(f"{name}:{line}:{column}: {message}" for (line, column), message in found))
    return workflow


def _mapping(data: object) -> dict[str, object]:
    return dict(data) if isinstance(data, Mapping) else {}


def _position(text: str, document: Document, fault: Fault) -> tuple[int, int]:
    """Return the line and column of a fault, in a text that goes over several lines, too, counted from 1."""
    position = document.position(fault.place)
    line, column = position.line, position.column
    lines = text.splitlines()
    before = fault.source[: fault.offset].count("\n")
    wanted = fault.source.split("\n")[before] if fault.source else ""
    offset = fault.offset - (fault.source.rfind("\n", 0, fault.offset) + 1)
    for number in range(line, len(lines)) if wanted.strip() else ():
        start = lines[number].find(wanted.strip(), column if number == line else 0)
        if start >= 0:
            return number + 1, start + offset - (len(wanted) - len(wanted.lstrip())) + 1
    return line + 1, column + 1


def _counted(names: list[str]) -> str:
    return f"are {', '.join(names)}" if len(names) > 1 else f"is {names[0]}" if names else "is none"
