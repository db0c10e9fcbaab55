"""The filters that follow from the Compose files and the config: for each service, what its image and its mounts take."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cispeed_tasks.model import Target
from cispeed_tasks.plan.changed_paths import on_one_line
from cispeed_tasks.plan.targets import Project, with_dependencies

# The signs of patterns; and what does not stand for itself, however it is written: backslashes and lone surrogates.
_SPECIAL = re.compile(r"""([*?\[\]{}()!+@|^$"'])|[\\\ud800-\udfff]""")


def derived_filters(project: Project, top: Path, shared: Sequence[Path]) -> dict[str, list[str]]:
    """Return the patterns of each service, in paths-filter's dialect, in the order of the Compose files.

    A service's patterns cover the build contexts, Dockerfiles and named contexts of its full and its hollow image and
    of all that these stand on, and what it mounts from the checkout. They cover more than an image takes, never less.

    Args:
        project: what was worked out of the repository.
        top: the repository's root, which patterns are relative to; what lies outside of it is in no filter.
        shared: files that every service depends on, such as the Compose files.
    """
    common = [pattern for path in shared for pattern in _file(path, top)]
    return {
        name: list(dict.fromkeys([*_service_patterns(project, name, top), *common])) for name in project.stack.services
    }


def escaped(path: str) -> str:
    """Return the pattern that matches a path, once that is on one line, and at most a few more."""
    return _SPECIAL.sub(lambda match: f"\\{match[1]}" if match[1] else "?", on_one_line(path))


def _service_patterns(project: Project, service: str, top: Path) -> Iterator[str]:
    images = (project.full_target(service), project.hollow_target(service))
    names = [image.name for image in images if image is not None]
    base = project.shapes[service].config.base
    names += [target.name for target in project.of_kind("base") if target.subject == base]
    for target in with_dependencies(project.targets, names):
        yield from _target_patterns(target, top)
    for mount in project.stack.services[service].mounts:
        if mount.type == "bind" and mount.source:
            yield from _directory(mount.source, top)


def _target_patterns(target: Target, top: Path) -> Iterator[str]:
    for directory in _directories([target.context, *target.contexts.values()]):
        yield from _directory(directory, top)
    if not target.generated:
        yield from _file(target.dockerfile, top)
        yield from _file(target.dockerfile.with_name(f"{target.dockerfile.name}.dockerignore"), top)


def _directories(contexts: Iterable[str]) -> Iterator[str]:
    return (context for context in contexts if context.startswith("/"))


def _directory(directory: str, top: Path) -> Iterator[str]:
    """Cover a directory and all that is in it, or a single file."""
    inside = _below(Path(directory), top)
    if inside is not None:
        yield "**" if inside == "." else f"{escaped(inside)}/**"


def _file(path: Path, top: Path) -> Iterator[str]:
    inside = _below(path, top)
    if inside is not None:
        yield escaped(inside)


def _below(path: Path, top: Path) -> str | None:
    """Return a path relative to the repository's root, or None where it lies outside."""
    relative = os.path.relpath(path, top)
    return None if relative == ".." or relative.startswith("../") else Path(relative).as_posix()
