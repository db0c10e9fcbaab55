"""Copies of the repository for a comparison: the user's checkout is only read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cispeed_tasks.config import FILE_NAME
from cispeed_tasks.config_schema import Config
from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.compare_edits import Edit
from cispeed_tasks.plan.services import is_remote
from cispeed_tasks.run.look import View
from cispeed_tasks.tools import checkout, leftovers, process


@dataclass(frozen=True)
class Copies:
    """Makes copies of one repository below a directory."""

    view: View
    place: Path

    def make(self, name: str, more: Mapping[str, Any], edit: Edit | None = None) -> Path:
        """A checkout as another machine has it: nothing of what the tasks keep, `more` in its config, an edit made."""
        path = self.place / name
        leftovers.clear(str(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        process.ask(["cp", "--archive", "--reflink=auto", str(self.view.root), str(path)], timeout=600)
        leftovers.clear(str(path / checkout.STATE))
        (path / FILE_NAME).write_text(_config(self.view.project.config, more))
        if edit is not None:
            make_edit(path, edit)
        return path


def make_edit(path: Path, edit: Edit) -> None:
    """Make an edit in a copy."""
    for name, text in edit.texts.items():
        (path / name).write_text(text, encoding="utf-8", errors="surrogateescape")


def check_contexts(view: View) -> None:
    """Raise UsageError for a build context outside the repository, which a copy would not hold."""
    for target in view.project.targets.values():
        if not is_remote(target.context) and not Path(target.context).is_relative_to(view.root):
            raise UsageError(
                f"{target.name} is built from {target.context}, outside {view.root}: compare works on a copy of the "
                "repository; put cispeed.yaml into the directory that holds both, and name the Compose files in it"
            )


def _config(config: Config, more: Mapping[str, Any]) -> str:
    """The config as JSON, which YAML is a superset of; where the checkout pushes to, a comparison never does."""
    said = config.model_dump(mode="json", by_alias=True, exclude_unset=True)
    kept = {key: value for key, value in said.items() if key not in {"registry", "cache", "directory"}}
    return json.dumps({**kept, **more}, indent=2) + "\n"
