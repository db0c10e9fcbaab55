"""Write the full mode's Compose file as one file."""

from __future__ import annotations

import os.path
from dataclasses import replace
from pathlib import Path
from typing import Any

from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.stack import read_stack
from cispeed_tasks.run.look import View
from cispeed_tasks.run.modes import project_name, write_full
from cispeed_tasks.tools import compose, compose_yaml, terminal


def write_standalone(view: View, path: Path, *, strip_all: bool = False) -> None:
    """Write the full mode's Compose file as one file that includes the user's files and the overlay."""
    stack = read_stack(compose.resolve(replace(view.compose, project=project_name(view, "full"))))
    _, name, _ = write_full(view, stack, {}, strip_all=strip_all)
    files = [*view.compose.files, name]
    base, place = path.resolve().parent, view.project.place
    relative = [Path(os.path.relpath(view.root / file, base)).as_posix() for file in files]
    model: dict[str, Any] = {
        "name": project_name(view, "full"),
        "include": [{"path": relative, "project_directory": Path(os.path.relpath(place, base)).as_posix()}],
    }
    if (place / ".env").is_file():
        model["include"][0]["env_file"] = Path(os.path.relpath(place / ".env", base)).as_posix()
    if path.exists() and "Made by cispeed" not in path.read_text(errors="replace"):
        raise UsageError(f"{path} exists and is not cispeed's; name another file")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(compose_yaml.dump(model, f"Made by cispeed. Use: docker compose -f {path.name} up"))
    terminal.outcome("ok", f"wrote {path}")
