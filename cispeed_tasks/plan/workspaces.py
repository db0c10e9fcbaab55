"""Workspaces: several packages under one lock file, by npm, yarn, bun, pnpm or uv."""

from __future__ import annotations

import fnmatch
import itertools
import json
import posixpath
import re
import tomllib
from collections.abc import Iterator
from typing import Protocol

from cispeed_tasks.plan.mounted import Folders, below
from cispeed_tasks.plan.packages import LOCKS, NODE, PYTHON
from cispeed_tasks.plan.places import is_inside

DEPTH = 6
"""How many levels `**` goes down."""
LIST = re.compile(r"^packages:[ \t]*(?P<flow>\[[^\]]*\])?", re.MULTILINE)
"""The one key of pnpm-workspace.yaml that names members; its list is in one line or an item a line."""
ITEM = re.compile(r"""(?:-\s+|[\[,]\s*)(?:"([^"]*)"|'([^']*)'|([^\s#,\]'"][^#,\]\n]*))""")


class Texts(Protocol):
    """Texts of files of the checkout, by absolute path."""

    def get(self, key: str, /) -> str | None:
        """The text of a file, or None where there is none."""


def workspace_members(manager: str, root: str, folders: Folders, texts: Texts) -> tuple[str, ...]:
    """The directories of a workspace's members, relative to its root, sorted; none where it is no workspace.

    Args:
        manager: the package manager whose lock file lies in the root.
        root: the absolute path of the root in the checkout.
        folders: knows the directories of the checkout.
        texts: knows the texts of its files.
    """
    patterns = _patterns(manager, root, texts)
    manifest = "pyproject.toml" if manager == "uv" else "package.json"
    found: set[str] = set()
    for pattern in patterns:
        if not pattern.startswith("!"):
            found |= set(_expand(root, "", posixpath.normpath(pattern).split("/"), folders))
    refused = [posixpath.normpath(pattern[1:]) for pattern in patterns if pattern.startswith("!")]
    return tuple(
        sorted(
            place
            for place in found - {"", "."}
            if _has(folders, posixpath.join(root, place), manifest)
            and not any(fnmatch.fnmatchcase(place, pattern) for pattern in refused)
        )
    )


def workspace_above(directory: str, top: str, is_python: bool, folders: Folders, texts: Texts) -> str | None:
    """The root of the workspace that a directory of the checkout is a member of; looked for up to `top`."""
    family = PYTHON if is_python else NODE
    place = directory
    while place != top and is_inside(place, top):
        place = posixpath.dirname(place)
        folder = folders.get(place)
        managers = [name for name in family if folder and any(lock in folder.files for lock in LOCKS[name])]
        if any(str(below(directory, place)) in workspace_members(name, place, folders, texts) for name in managers):
            return place
    return None


def package_name(directory: str, texts: Texts) -> str | None:
    """The name of the Python project in a directory, or None."""
    name = _table(_toml(texts.get(f"{directory}/pyproject.toml")), "project").get("name")
    return name if isinstance(name, str) else None


def _patterns(manager: str, root: str, texts: Texts) -> list[str]:
    if manager == "uv":
        table = _table(_toml(texts.get(f"{root}/pyproject.toml")), "tool", "uv", "workspace")
        return [*_strings(table.get("members")), *(f"!{name}" for name in _strings(table.get("exclude")))]
    if manager == "pnpm":
        return pnpm_patterns(texts.get(f"{root}/pnpm-workspace.yaml") or "")
    if manager not in {"npm", "yarn", "bun"}:
        return []
    try:
        data = json.loads(texts.get(f"{root}/package.json") or "{}")
    except ValueError:
        return []
    entry = data.get("workspaces") if isinstance(data, dict) else None
    return _strings(entry.get("packages") if isinstance(entry, dict) else entry)


def pnpm_patterns(text: str) -> list[str]:
    """The patterns under `packages:` of a pnpm-workspace.yaml."""
    found = LIST.search(text)
    if found is None:
        return []
    lines = [line.strip() for line in text[found.end() :].splitlines()]
    items = itertools.takewhile(lambda line: not line or line[0] in "-#", lines)
    listed = found["flow"] or "\n".join(line for line in items if line[:1] == "-")
    return ["".join(words).strip() for words in ITEM.findall(listed)]


def _expand(root: str, place: str, components: list[str], folders: Folders) -> Iterator[str]:
    """The directories that a pattern means; `**` also means none at all."""
    folder = folders.get(posixpath.join(root, place) if place else root)
    if folder is None:
        return
    if not components:
        yield place
        return
    first, *rest = components
    if first == "**":
        yield from _expand(root, place, rest, folders)
        first, rest = "*", components if place.count("/") < DEPTH else rest
    for name in folder.directories:
        is_hidden = name == "node_modules" or name.startswith(".")
        if fnmatch.fnmatchcase(name, first) and not is_hidden:
            yield from _expand(root, posixpath.join(place, name), rest, folders)


def _has(folders: Folders, directory: str, name: str) -> bool:
    folder = folders.get(directory)
    return folder is not None and name in folder.files


def _strings(value: object) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _toml(text: str | None) -> dict[str, object]:
    try:
        return tomllib.loads(text or "")
    except tomllib.TOMLDecodeError:
        return {}


def _table(data: dict[str, object], *names: str) -> dict[str, object]:
    for name in names:
        inner = data.get(name)
        data = inner if isinstance(inner, dict) else {}
    return data
