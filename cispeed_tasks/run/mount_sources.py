"""Look at what the checkout has where bind mounts take it from."""

from __future__ import annotations

import os
import stat
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from cispeed_tasks.errors import ToolError, UsageError
from cispeed_tasks.model import ContextFile, Target
from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from cispeed_tasks.plan.mount_names import SHIELDED
from cispeed_tasks.plan.mount_sources import Checkout, MountSource
from cispeed_tasks.plan.mounts import SMALL_BYTES
from cispeed_tasks.plan.places import is_inside
from cispeed_tasks.plan.services import is_remote
from cispeed_tasks.plan.targets import Project
from cispeed_tasks.run.contexts import Contexts
from cispeed_tasks.tools import context, git

SHIELD = "".join(f"**/{name}\n" for name in SHIELDED)
NOBODY = (0, 0)


def see_checkout(project: Project, *, without_ignored: bool = False) -> Checkout:
    """See the sources of all bind mounts, and the contexts of the images that may hold them.

    Args:
        project: whose services they are.
        without_ignored: overlook what git ignores, as every other checkout of the same commit would.

    Raises:
        WorkFailed: a directory among them cannot be read.
    """
    binds = {str(m.source) for s in project.stack.services.values() for m in s.mounts if m.type == "bind"}
    root = _root(project.root) if binds else project.root
    inside = sorted(path for path in binds if _is_in_checkout(path, project.root, root))
    ignored = _ignored(root, inside)
    tracked = git.tracked_below(root, inside) if inside else None
    sources = {path: replace(_source(Path(path), ignored, root), is_tracked=_has(path, tracked)) for path in inside}
    if without_ignored:
        sources = {path: source.without_ignored() for path, source in sources.items()}
    contexts = Contexts(project.root)
    trees = {target.name: contexts.of_target(target).tree for target in _targets(project, set(inside))}
    return Checkout(sources, trees, str(root))


def _has(path: str, tracked: tuple[str, ...] | None) -> bool | None:
    """Whether git tracks a path or anything below it; None where there is no git."""
    if tracked is None:
        return None
    start = bisect_left(tracked, path)
    return any(is_inside(file, path) for file in tracked[start : start + 1]) or _begins(tracked, f"{path}/")


def _begins(paths: tuple[str, ...], start: str) -> bool:
    at = bisect_left(paths, start)
    return at < len(paths) and paths[at].startswith(start)


def _is_in_checkout(path: str, project: Path, root: Path) -> bool:
    """Of a home directory that is a repository as a whole, only what git tracks belongs to the project."""
    if is_inside(path, str(project)) or not is_inside(path, str(root)):
        return is_inside(path, str(project))
    home = os.path.expanduser("~")  # noqa: PTH111  # Path.home raises where a user has none
    return str(root) != home or git.tracks(root, path)


def _root(project: Path) -> Path:
    """The directory of the repository that the project lies in, or the project's own."""
    try:
        return git.find_root(project)
    except (UsageError, ToolError):
        return project


def _targets(project: Project, sources: set[str]) -> Iterable[Target]:
    """The images whose services mount something of the checkout."""
    found = {}
    for name, service in project.stack.services.items():
        target = project.full_target(name)
        if target and not is_remote(target.context) and any(str(m.source) in sources for m in service.mounts):
            found[target.name] = target
    return found.values()


def _source(path: Path, ignored: frozenset[str], root: Path) -> MountSource:
    real = path.resolve()
    if real != path and (not is_inside(str(real), str(root)) or any(is_inside(str(real), one) for one in ignored)):
        # What a link leads to counts: git may track the link and ignore its content.
        return _source(real, frozenset({str(real)}), root)
    if path.is_dir():
        entries = context.readable_files(path, read_ignore_file(SHIELD))
        return MountSource("directory", entries, _below(str(path), ignored), _owners(path, entries))
    if not path.exists():
        return MountSource("missing", ignored=_below(str(path), ignored))
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        return MountSource("other")
    entry = ContextFile("", "file", stat.S_IMODE(status.st_mode), status.st_size)
    return MountSource("file", (entry,), _below(str(path), ignored), _owners(path, ()), _text(path, status.st_size))


def _text(path: Path, size: int) -> str | None:
    """The text of a small file; None where it is none, or cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8") if size <= SMALL_BYTES else "\0"
    except (OSError, UnicodeDecodeError):
        return None
    return None if "\0" in text else text


def _owners(path: Path, entries: Iterable[ContextFile]) -> Mapping[str, str]:
    """Whose things are that do not belong to whom the directory around them does, or to root."""
    start = os.stat(path)  # noqa: PTH116  # as below, where there may be thousands
    own = {"": (start.st_uid, start.st_gid)}
    found = {"": "{}:{}".format(*own[""])} if own[""] != NOBODY else {}
    for entry in entries:
        try:
            status = os.lstat(f"{path}/{entry.path}")
        except FileNotFoundError:
            continue
        owner = (status.st_uid, status.st_gid)
        above = own[_above(entry.path, own)]
        if entry.kind == "directory":
            own[entry.path] = owner
        if owner != above:
            found[entry.path] = f"{owner[0]}:{owner[1]}"
    return found


def _above(path: str, known: Mapping[str, object]) -> str:
    parent = path.rpartition("/")[0]
    return parent if parent in known else ""


def _below(source: str, ignored: frozenset[str]) -> frozenset[str]:
    """What git ignores, relative to a source."""
    if any(is_inside(source, path) for path in ignored):
        return frozenset({""})
    return frozenset(path[len(source) + 1 :] for path in ignored if path.startswith(f"{source}/"))


def _ignored(root: Path, sources: list[str]) -> frozenset[str]:
    """What git ignores of some directories and files, as absolute paths; a directory stands for all that is in it."""
    if not sources:
        return frozenset()
    roots = [root, *(place for place in git.submodules(root) if _meet(str(place), sources))]
    sources = [*sources, *(real for one in sources if is_inside(real := os.path.realpath(one), str(root)))]
    return frozenset(
        f"{top}/{path.rstrip('/')}"
        for top in roots
        for path in git.ignored(top, [one if is_inside(one, str(top)) else str(top) for one in sources])
    )


def _meet(place: str, sources: list[str]) -> bool:
    return any(is_inside(place, source) or is_inside(source, place) for source in sources)
