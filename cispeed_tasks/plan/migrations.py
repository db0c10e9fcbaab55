"""Which commands a repository's tests are likely to want first: what brings a database's tables up to date."""

from __future__ import annotations

import re

from cispeed_tasks.plan.init_services import Suggestion
from cispeed_tasks.plan.services import ServiceShape
from cispeed_tasks.plan.targets import Project

MIGRATES = re.compile(r"migrat|prestart|upgrade head", re.IGNORECASE)
BY_FILE = {"alembic.ini": "alembic upgrade head", "manage.py": "python manage.py migrate"}
BY_SCRIPT = ("db:migrate", "migrate", "migrate:deploy")


def prepare_suggestions(project: Project) -> list[Suggestion]:
    """Suggest a migration for each source directory that has one, unless a service of the stack runs one already."""
    if any(_migrates(shape) for shape in project.shapes.values()):
        return []
    found: dict[tuple[str, str], Suggestion] = {}
    for name, shape in project.shapes.items():
        command = _command(project, shape)
        if command and shape.packages:
            text, cause = command
            found.setdefault((str(shape.source), text), Suggestion(name, text, cause))
    return list(found.values())


def _migrates(shape: ServiceShape) -> bool:
    words = [shape.service.name, *(shape.service.command or ()), *(shape.service.entrypoint or ())]
    return any(MIGRATES.search(word) for word in words)


def _command(project: Project, shape: ServiceShape) -> tuple[str, str] | None:
    """The command that migrates, and what tells so."""
    folder = project.facts.folders.get(shape.source or "")
    if folder is None:
        return None
    for name, command in BY_FILE.items():
        if name in folder.files:
            return command, f"there is {name}"
    script = next((name for name in BY_SCRIPT if name in folder.scripts), None)
    managers = [packages.manager for packages in shape.packages if not packages.is_python]
    return (f"{managers[0]} run {script}", "a script of package.json") if script and managers else None
