"""What the shapes of the services ask about directories and manifests that nobody could know of before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cispeed_tasks.config_schema import Config
from cispeed_tasks.model import Folder, Stack
from cispeed_tasks.plan.services import Facts, ServiceShape, shape_services
from cispeed_tasks.tools import checkout


class _Folders(dict[str, Folder]):
    """Directories that are looked at when they are asked for."""

    def get(self, key: str, default: Folder | None = None) -> Folder | None:  # type: ignore[override]
        if key not in self and (path := Path(key)).is_dir():
            self[key] = checkout.folder(path)
        return super().get(key, default)


class _Texts(dict[str, str]):
    """Files that are read when they are asked for."""

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
        if key and key not in self and (text := checkout.text(Path(key))) is not None:
            self[key] = text
        return super().get(key, default)


def seen_on_the_way(facts: Facts, stack: Stack, config: Config) -> tuple[Facts, dict[str, ServiceShape]]:
    """The facts with everything that working out the services asks for, and the services.

    Which directories count follows from the COPYs of Dockerfiles and the members of workspaces; a plan looks at nothing
    itself, so that the services are worked out while looking, and all that was asked is what the rest is made from.
    """
    folders, texts = _Folders(facts.folders), _Texts(facts.texts)
    shapes = shape_services(stack, config, replace(facts, folders=folders, texts=texts))
    return replace(facts, folders=dict(folders), texts=dict(texts)), shapes
