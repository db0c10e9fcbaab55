"""The cache mounts of all Dockerfiles, as BuildKit tells them apart: by id, owner and mode, not by where they are mounted."""

from __future__ import annotations

import csv
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cispeed_tasks.model import Target
from cispeed_tasks.plan.dockerfile import Dockerfile, Instruction, Stage
from cispeed_tasks.plan.dockerfile_scope import Scope, scope_before
from cispeed_tasks.plan.dockerfile_steps import Step, steps
from cispeed_tasks.plan.dockerfile_words import Uncertain, flag_text
from cispeed_tasks.plan.fingerprint import digest
from cispeed_tasks.plan.places import relative
from cispeed_tasks.plan.service_targets import REMOTE_TEXT, read_target

NAMESPACE = "BUILDKIT_CACHE_MOUNT_NS"
"""The build argument that keeps the mounts of one project apart from another's (docs.docker.com, 'Build variables')."""
ALIASES = {"dst": "target", "destination": "target", "src": "source"}
VARIABLE = re.compile(r"\$\{?(\w+)")
PLAIN_ID = re.compile(r"[A-Za-z0-9_./@:+-]+")
"""What an id may be made of to be said again in a Dockerfile as it is."""


@dataclass(frozen=True)
class MountIdentity:
    """What BuildKit keeps one directory for; `uid`, `gid` and `mode` are None where the Dockerfile does not say them."""

    id: str
    namespace: str = ""
    uid: int | None = None
    gid: int | None = None
    mode: int | None = None


@dataclass(frozen=True)
class FoundMount:
    """A cache mount, once however many use it."""

    identity: MountIdentity
    name: str
    """Its id as the Dockerfile writes it, variables and all; a person knows it by that."""
    places: tuple[str, ...]
    """Where it is mounted, absolute as far as the Dockerfile says it."""
    users: tuple[str, ...]
    """The targets whose builds use it."""
    runs: tuple[str, ...]
    """Digests of the instructions that use it, and of the values of their variables as far as they are known."""
    bases: tuple[str, ...] = ()
    """The images that those instructions run on, as the outermost FROM names them."""


@dataclass(frozen=True)
class Unkept:
    """A cache mount that cannot be kept, by its place in a Dockerfile, and why."""

    place: str
    cause: str

    def __str__(self) -> str:
        """A line of the printed plan."""
        return f"leave {self.place}: {self.cause}"


class _Begun(Exception):
    """The mount is not empty when it is made."""


def find_mounts(targets: Iterable[Target], root: Path) -> tuple[tuple[FoundMount, ...], tuple[Unkept, ...]]:
    """Find the cache mounts that building some targets uses, in the order of the targets.

    Raises:
        ConfigError: a Dockerfile cannot be read.
    """
    found: dict[MountIdentity, FoundMount] = {}
    unkept: dict[Unkept, None] = {}
    for target in targets:
        if target.dockerfile_text == REMOTE_TEXT:
            continue
        for one in _of_target(target, relative(target.dockerfile, root)):
            if isinstance(one, Unkept):
                unkept[one] = None
            else:
                found[one.identity] = _merged(found.get(one.identity), one)
    return tuple(found.values()), tuple(unkept)


def _of_target(target: Target, path: str) -> Iterator[FoundMount | Unkept]:
    dockerfile = read_target(target)
    for stage in dockerfile.reachable(target.stage):
        for step, scope in _runs(dockerfile, stage, target.args):
            for text in (value for name, value in step.instruction.flags if name == "mount"):
                try:
                    yield from _read(text, scope, step, target)
                except (Uncertain, ValueError) as reason:
                    yield Unkept(f"{path}:{step.instruction.line}", f"which mount it is cannot be told: {reason}")
                except _Begun as reason:
                    yield Unkept(f"{path}:{step.instruction.line}", str(reason))


def _runs(dockerfile: Dockerfile, stage: Stage, args: Mapping[str, str | None]) -> Iterator[tuple[Step, Scope]]:
    scope = scope_before(dockerfile, stage, args)
    for step in steps(dockerfile, stage, args):
        if step.instruction.keyword == "RUN":
            yield step, scope
        scope.run(step.instruction)


def _read(text: str, scope: Scope, step: Step, target: Target) -> Iterator[FoundMount]:
    """The mount of one flag, where it is a cache; raises Uncertain, ValueError and _Begun."""
    written = _options(flag_text(text, scope.dockerfile.escape))
    if written.get("type", "bind").lower() != "cache":
        return
    options = {key: scope.expand(value) for key, value in written.items()}
    place = options.get("target", "")
    if "from" in options or options.get("source", "/") != "/":
        raise _Begun("it begins with the files of a stage, so that BuildKit keeps another one for each state of it")
    name = written.get("id") or written.get("target", "")
    id_ = options.get("id") or posixpath.normpath(place)
    if not place or not PLAIN_ID.fullmatch(id_):
        raise Uncertain("its id or target is written in an unusual way")
    identity = MountIdentity(id_, _namespace(target), *_owner(options))
    base = scope.dockerfile.root_image(str(step.stage.index))
    bases = (base,) if base and base != "scratch" else ()
    absolute = posixpath.normpath(posixpath.join(step.workdir, place))
    yield FoundMount(identity, name, (absolute,), (target.name,), (_run(step.instruction, scope),), bases)


def _run(instruction: Instruction, scope: Scope) -> str:
    named = sorted(set(VARIABLE.findall(instruction.source)) & scope.values.keys())
    return digest(instruction.source, *(part for name in named for part in (name, scope.values[name])))


def _options(text: str) -> dict[str, str]:
    fields = (field.partition("=") for field in next(csv.reader([text]), []))
    return {ALIASES.get(key.strip().lower(), key.strip().lower()): value for key, _, value in fields}


def _owner(options: Mapping[str, str]) -> tuple[int | None, int | None, int | None]:
    """The owner, group and mode; raises ValueError for what is no number."""
    uid, gid, mode = (options.get(key) for key in ("uid", "gid", "mode"))
    return (int(uid) if uid else None, int(gid) if gid else None, int(mode, 8) if mode else None)


def _namespace(target: Target) -> str:
    value = target.args.get(NAMESPACE, "")
    if value is None or not (value == "" or PLAIN_ID.fullmatch(value)):
        raise Uncertain(f"the value of {NAMESPACE} is not known")
    return value


def _merged(known: FoundMount | None, new: FoundMount) -> FoundMount:
    if known is None:
        return new
    return replace(
        known,
        places=tuple(dict.fromkeys((*known.places, *new.places))),
        users=tuple(dict.fromkeys((*known.users, *new.users))),
        runs=tuple(dict.fromkeys((*known.runs, *new.runs))),
        bases=tuple(dict.fromkeys((*known.bases, *new.bases))),
    )
