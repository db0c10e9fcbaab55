"""The filters that follow from Dockerfiles, Compose files and the config: for each service, what its images can take.

They are for the quantifier `some`, which every version of paths-filter knows. What ignore files leave out is therefore
not left out of them: a pattern with `!` would take a file out of the whole filter, also where another image or a mount
of the service has it, and under `some` it would match everything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cispeed_tasks.plan.checkout_patterns import CheckoutPatterns
from cispeed_tasks.plan.detours import Detours
from cispeed_tasks.plan.directories import ROOT, parents
from cispeed_tasks.plan.source_patterns import EVERYTHING
from cispeed_tasks.plan.target_patterns import TargetPatterns
from cispeed_tasks.plan.targets import Project, with_dependencies

_IN_A_DIRECTORY = f"/{EVERYTHING}"
_WILD = re.compile(r"(?<!\\)[*?\[{]")


def derived_filters(project: Project, top: Path, shared: Sequence[Path], detours: Detours) -> dict[str, list[str]]:
    """Return the patterns of each service, in paths-filter's dialect, in the order of the Compose files.

    A service's patterns match whatever its full and its hollow image, and all that these stand on, take of the
    repository or could take of a file that is added to it; and what it mounts. They match more than that, never less.

    Args:
        project: what was worked out of the repository.
        top: the repository's root, which patterns are relative to; what lies outside of it is in no filter.
        shared: files that every service depends on, such as the Compose files.
        detours: the links and repositories that the repository has in it, by paths relative to its root.
    """
    places = CheckoutPatterns(top, detours)
    targets = TargetPatterns(project, places)
    common = [pattern for path in shared for pattern in sorted(places.file(path))]
    return {
        name: fewest([*sorted(set(_of_service(project, name, targets, places))), *common])
        for name in project.stack.services
    }


def fewest(patterns: Iterable[str]) -> list[str]:
    """Return the patterns without those that a directory's among them, such as `api/**`, makes superfluous."""
    unique = dict.fromkeys(patterns)
    if EVERYTHING in unique:
        return [EVERYTHING]
    directories = frozenset(filter(None, map(_directory, unique))) - {ROOT}
    return [pattern for pattern in unique if not _is_superfluous(pattern, directories)]


def _of_service(project: Project, service: str, targets: TargetPatterns, places: CheckoutPatterns) -> Iterator[str]:
    images = (project.full_target(service), project.hollow_target(service))
    names = [image.name for image in images if image is not None]
    base = project.shapes[service].config.base
    names += [target.name for target in project.of_kind("base") if target.subject == base]
    for target in with_dependencies(project.targets, names):
        yield from targets.of(target)
    yield from targets.of_service(service)
    for mount in project.stack.services[service].mounts:
        if mount.type == "bind" and mount.source:
            yield from places.directory(mount.source)


def _directory(pattern: str) -> str | None:
    """The directory without wildcards that a pattern is for, with all that is in it; None for another pattern."""
    directory = pattern.removesuffix(_IN_A_DIRECTORY)
    return None if directory == pattern or _WILD.search(directory) else directory


def _is_superfluous(pattern: str, directories: frozenset[str]) -> bool:
    directory = _directory(pattern)
    return not directories.isdisjoint(parents(directory) if directory else (pattern, *parents(pattern)))
