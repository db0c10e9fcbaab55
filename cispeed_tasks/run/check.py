"""Check the config and say what was understood; print the JSON Schema; show or hand over generated Dockerfiles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cispeed_tasks.config import did_you_mean, json_schema
from cispeed_tasks.errors import UsageError
from cispeed_tasks.model import Target
from cispeed_tasks.plan.places import is_inside, relative
from cispeed_tasks.plan.services import ServiceShape
from cispeed_tasks.plan.settings_table import settings_table
from cispeed_tasks.run.look import View, look
from cispeed_tasks.tools import terminal

COLUMNS = ("service", "packages", "source", "full image", "hollow")


def check(*, as_json: bool = False) -> None:
    """Check cispeed.yaml and the Compose files, and say what they mean."""
    view = look()
    if as_json:
        terminal.say(json.dumps(_understood(view), indent=2))
    else:
        _say(view)


def _understood(view: View) -> dict[str, Any]:
    """What is said to programs: the same, in the same words."""
    project, playwright = view.project, view.project.playwright
    keys = [column.replace(" ", "_") for column in COLUMNS]
    return {
        "project": project.name,
        "root": str(view.root),
        "config": str(view.loaded.path) if view.loaded.path else None,
        "compose": list(view.compose.files),
        "bases": [
            {"base": name, "image": base.image, "dockerfile": f"{base.context}/{base.dockerfile}"}
            for name, base in project.config.bases.items()
        ],
        "services": [dict(zip(keys, _row(view, shape), strict=True)) for shape in project.shapes.values()],
        "playwright": playwright
        and {"directory": playwright.directory, "service": playwright.service, "version": playwright.version},
        "playwright_fault": project.playwright_fault,
        "assumed": [str(assumption) for shape in project.shapes.values() for assumption in shape.assumptions],
    }


def _say(view: View) -> None:
    project = view.project
    where = view.loaded.path or "no cispeed.yaml; everything is inferred"
    terminal.tell(f"project {project.name} in {view.root}")
    terminal.tell(f"config: {where}")
    terminal.tell(f"Compose files: {', '.join(view.compose.files)}")
    if project.config.bases:
        terminal.heading("Base images")
        rows = [(name, base.image, f"{base.context}/{base.dockerfile}") for name, base in project.config.bases.items()]
        terminal.table(("base", "image", "Dockerfile"), rows)
    terminal.heading("Services")
    rows4 = [_row(view, shape) for shape in project.shapes.values()]
    terminal.table(COLUMNS, rows4)
    if project.playwright:
        terminal.heading("Playwright")
        what = project.playwright.directory or f"the service {project.playwright.service}"
        terminal.tell(
            f"  tests in {what}" + (f", version {project.playwright.version}" if project.playwright.version else "")
        )
    if project.playwright_fault:
        terminal.warn(f"playwright-test cannot run: {project.playwright_fault}")
    assumptions = [assumption for shape in project.shapes.values() for assumption in shape.assumptions]
    if assumptions:
        terminal.heading("Assumed")
        for assumption in assumptions:
            terminal.warn(str(assumption))
    terminal.say()
    terminal.outcome("ok", "the config is right")


def _row(view: View, shape: ServiceShape) -> tuple[str, str, str, str, str]:
    installed = [install.packages for install in shape.hollow.installs] if shape.hollow else shape.packages
    packages = ", ".join(p.manager for p in installed) or "-"
    full = {"own": "its own Dockerfile", "generated": "generated", "image": str(shape.service.image)}[
        shape.image_source
    ]
    if not shape.can_be_hollow:
        hollow = "its full image" if shape.image_source == "own" else "runs as in Compose"
    else:
        hollow = shape.config.base or (
            "hollow half of its Dockerfile" if shape.image_source == "own" else str(shape.service.image)
        )
    return shape.service.name, packages, _source(view, shape), full, hollow


def _source(view: View, shape: ServiceShape) -> str:
    """What of the checkout the container gets, and where."""
    binds = shape.hollow.binds if shape.hollow else ()
    if len(binds) > 1:
        return f"{len(binds)} mounts → {shape.hollow.workdir}" if shape.hollow else "-"
    if binds:
        return f"{relative(binds[0].source, view.root)} → {binds[0].target}"
    is_ours = shape.source is not None and is_inside(shape.source, str(view.root))
    return f"{relative(str(shape.source), view.root)} → {shape.workdir}" if is_ours else "-"


def config_schema(*, as_table: bool) -> None:
    """Print the JSON Schema of cispeed.yaml, or its keys as a table."""
    terminal.say(settings_table(json_schema()) if as_table else json.dumps(json_schema(), indent=2))


def dockerfile(names: list[str], *, write: bool) -> None:
    """Show the generated Dockerfiles of some services, or write them out beside their sources."""
    view = look()
    generated = {
        target.subject: target
        for target in view.project.targets.values()
        if target.generated and target.kind in {"full", "playwright"}
    }
    for name in names:
        if name not in generated:
            known = view.project.stack.services
            reason = (
                "has a Dockerfile of its own; `inv optimize` says what could be better in it"
                if name in known
                else f"is no service{did_you_mean(name, list(known))}"
            )
            raise UsageError(f"'{name}' {reason}")
    if not generated:
        terminal.tell("Every service has a Dockerfile of its own; none is generated.")
    for name in names or list(generated):
        if write:
            _hand_over(view, generated[name])
        else:
            terminal.heading(f"{generated[name].subject}: {generated[name].dockerfile.relative_to(view.root)}")
            terminal.say(generated[name].dockerfile_text)


def _hand_over(view: View, target: Target) -> None:
    """Write a generated Dockerfile beside the source, never over another file, and say how it is put to use."""
    path = Path(target.context) / "Dockerfile.optimized"
    if target.kind == "playwright":
        path = view.root / str(view.project.playwright and view.project.playwright.directory) / "Dockerfile.optimized"
    ignore = path.with_name(f"{path.name}.dockerignore")
    for existing in (path, ignore):
        if existing.exists():
            raise UsageError(f"{existing} exists and is left as it is; remove it first if you want a new one")
    path.write_text(target.dockerfile_text.split("\n", 1)[1])
    ignore.write_text(target.ignore_text or "")
    shown = path.relative_to(view.root).as_posix()
    terminal.outcome("ok", f"wrote {shown} and its ignore file")
    context = (
        Path(target.context).relative_to(view.root).as_posix() if view.root in Path(target.context).parents else "."
    )
    key = "playwright" if target.kind == "playwright" else f"services: {{{target.subject}"
    closing = "" if target.kind == "playwright" else "}"
    terminal.say(f"  To use it: {key}: {{dockerfile: {shown}, context: {context}}}{closing} in cispeed.yaml")
