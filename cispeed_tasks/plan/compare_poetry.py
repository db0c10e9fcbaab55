"""One more dependency in a Poetry project's files, without Poetry: its lock file and the hash that binds the two."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from cispeed_tasks.plan.compare_packages import PythonPackage

LEGACY = ("dependencies", "source", "extras", "dev-dependencies")
PROJECT_KEYS = ("requires-python", "dependencies", "optional-dependencies")
HASH = re.compile(r'^content-hash = "(?P<hash>[0-9a-f]+)"$', re.MULTILINE)
LIST = re.compile(r"^dependencies = \[[ \t]*\n", re.MULTILINE)
TABLE = re.compile(r"^\[tool\.poetry\.dependencies\][ \t]*\n", re.MULTILINE)
METADATA = re.compile(r"^\[metadata\]$", re.MULTILINE)


def with_dependency(project: str, lock: str, package: PythonPackage) -> tuple[str, str] | None:
    """The texts of pyproject.toml and poetry.lock with one package more; None where they are not what Poetry wrote.

    Which of Poetry's ways to hash was taken is seen by the hash that the lock file has.
    """
    written = HASH.search(lock)
    try:
        hashes = list(_hashes(tomllib.loads(project)))
    except tomllib.TOMLDecodeError:
        return None
    added = _added(project, package)
    if written is None or written["hash"] not in hashes or added is None or not METADATA.search(lock):
        return None
    new = list(_hashes(tomllib.loads(added)))[hashes.index(written["hash"])]
    entry = (
        f'[[package]]\nname = "{package.name}"\nversion = "{package.version}"\ndescription = ""\noptional = false\n'
        f'python-versions = ">=3.9"\ngroups = ["main"]\nfiles = [\n    {{file = "{package.file}", hash = "sha256:{package.sha256}"}},\n]\n\n'
    )
    locked = METADATA.sub(lambda _: f"{entry}[metadata]", lock, count=1)
    return added, HASH.sub(f'content-hash = "{new}"', locked)


def _added(project: str, package: PythonPackage) -> str | None:
    if LIST.search(project):
        return LIST.sub(lambda found: f'{found[0]}    "{package.name}=={package.version}",\n', project, count=1)
    if TABLE.search(project):
        return TABLE.sub(lambda found: f'{found[0]}{package.name} = "{package.version}"\n', project, count=1)
    return None


def _hashes(data: Mapping[str, Any]) -> Iterator[str]:
    """The hashes that Poetry's versions write: with the groups of dependencies since 2.3, without them before."""
    groups = data.get("dependency-groups", {})
    for content in (_content(data, groups), _content(data, {})):
        yield hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _content(data: Mapping[str, Any], groups: dict[str, Any]) -> dict[str, Any]:
    """What is hashed, as Poetry's `Locker._get_content_hash` takes it together."""
    project = {key: data["project"][key] for key in PROJECT_KEYS if key in data.get("project", {})}
    tool = data.get("tool", {}).get("poetry", {})
    is_modern = bool(project or groups)
    own = {key: tool.get(key) for key in LEGACY if not is_modern or tool.get(key) is not None}
    own |= {"group": tool["group"]} if tool.get("group") is not None else {}
    more = {"project": project} if project else {}
    more |= {"dependency-groups": groups} if groups else {}
    return {**more, "tool": {"poetry": own}} if more else own
