"""What a Dockerfile copies from the checkout, as the bind mounts that stand for it in a hollow container.

A later COPY wins. What cannot be told for certain, or is made of the source while the image is built, is a doubt.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cispeed_tasks.plan.copied_commands import works_on_source
from cispeed_tasks.plan.copy_sources import is_remote, mount_sources, read_copy
from cispeed_tasks.plan.dockerfile import Dockerfile, Instruction, Stage, mounts
from cispeed_tasks.plan.dockerfile_scope import Scope, scope_before
from cispeed_tasks.plan.dockerfile_words import Uncertain
from cispeed_tasks.plan.hollow_dockerfile import final_workdir, is_fixture
from cispeed_tasks.plan.mounted import Doubt, Folders, SourceBind, below, kind, matches
from cispeed_tasks.plan.overlaid_binds import overlay_bind, rebased
from cispeed_tasks.plan.packages import MANIFESTS

PACKAGES = re.compile(
    r"(^|/)(node_modules|\.?venv|virtualenvs?|site-packages|dist-packages|wheels?|wheelhouse|install|\.local)(/|$)"
    r"|^/usr(/local)?(/(bin|lib|lib64|include|share))?(/|$)|^/opt/(py|venv|poetry|uv)"
)
"""Where installed packages lie, which hollow mode installs into a volume instead."""
ARCHIVE = re.compile(r"\.(tar|tgz|tbz2?|txz|tar\.\w+)$")


@dataclass(frozen=True)
class Copied:
    """What a stage holds of the checkout; `workdir` is None where it is the outside image's."""

    binds: tuple[SourceBind, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    workdir: str | None = None

    @property
    def is_worked_on(self) -> bool:
        """Whether something is made of the source while the image is built."""
        return any(doubt.is_product for doubt in self.doubts)


@dataclass(frozen=True)
class CopiedBinds:
    """Reads the stages of one Dockerfile.

    `context` is an absolute directory; `named` has those named contexts that are directories; `folders` knows the
    directories of the checkout. With `whole`, what hollow mode leaves in its image counts as well.
    """

    dockerfile: Dockerfile
    context: str
    named: Mapping[str, str]
    args: Mapping[str, str | None]
    folders: Folders = field(repr=False)
    whole: bool = False

    def of_stage(self, stage: Stage) -> Copied:
        """What a stage holds, with all that it stands on."""
        parent = self.dockerfile.parent(stage)
        found = self.of_stage(parent) if parent else Copied()
        scope = scope_before(self.dockerfile, stage, self.args)
        for position, instruction in enumerate(stage.instructions):
            later = stage.instructions[position + 1 :]
            try:
                found = self._after(found, instruction, stage, scope, later)
            except Uncertain as reason:
                doubt = Doubt(instruction.line, f"{instruction.keyword}: {reason}")
                found = Copied(found.binds, (*found.doubts, doubt), found.workdir)
            scope.run(instruction)
        return found

    def _after(
        self, found: Copied, instruction: Instruction, stage: Stage, scope: Scope, later: tuple[Instruction, ...]
    ) -> Copied:
        if instruction.keyword == "WORKDIR":
            named = scope.expand(instruction.rest.strip("\"'"))
            place = posixpath.join(found.workdir or "", named)
            return Copied(found.binds, found.doubts, posixpath.normpath(place) if place.startswith("/") else None)
        if instruction.keyword == "RUN":
            return self._after_run(found, instruction, scope)
        if instruction.keyword not in {"COPY", "ADD"}:
            return found
        binds, doubts = found.binds, found.doubts
        for bind in self._copied(found, instruction, stage, scope, later):
            if isinstance(bind, Doubt):
                doubts = (*doubts, bind)
            else:
                binds, more = overlay_bind(binds, bind, self.folders)
                doubts = (*doubts, *more)
        return Copied(binds, doubts, found.workdir)

    def _after_run(self, found: Copied, instruction: Instruction, scope: Scope) -> Copied:
        binds = found.binds
        shown = list(mount_sources(instruction, scope))
        targets = [mount.get("target") or mount.get("dst") or mount.get("destination") for mount in mounts(instruction)]
        for source, target in zip(shown, targets, strict=False):
            path = posixpath.join(self.context, source.lstrip("/"))
            if target and posixpath.basename(path) in MANIFESTS and kind(self.folders, path) == "file":
                place = self._place(found, scope.expand(target))
                binds, _ = overlay_bind(binds, SourceBind(path, place, False, instruction.line), self.folders)
        workdir = found.workdir or "/"
        works = works_on_source(instruction, workdir) if binds else ()
        doubts = [Doubt(instruction.line, f"what `{command}` makes is only in the image", True) for command in works]
        return Copied(binds, (*found.doubts, *doubts), found.workdir)

    def _copied(
        self, found: Copied, instruction: Instruction, stage: Stage, scope: Scope, later: tuple[Instruction, ...]
    ) -> Iterator[SourceBind | Doubt]:
        origin = instruction.flag("from")
        if origin is not None and origin not in self.named:
            other = self.dockerfile.find(origin, stage.index)
            if other is not None:
                yield from self._from_stage(found, self.of_stage(other), instruction, scope)
            return
        keeps = origin is not None or is_fixture(instruction, final_workdir(self.dockerfile, stage))
        context = self.named[origin] if origin is not None else self.context
        if origin is None:
            sources = read_copy(instruction, scope).sources
        else:
            sources = tuple(map(scope.expand, instruction.words()[:-1]))
        if not sources:
            return
        destination = self._place(found, scope.expand(instruction.words()[-1]))
        is_inside = instruction.words()[-1].endswith(("/", ".")) or len(sources) > 1
        for source in sources:
            for bind in self._of_source(found, context, source, destination, is_inside, instruction):
                if not keeps or self.whole or (isinstance(bind, SourceBind) and _is_live(bind, later)):
                    yield bind

    def _of_source(
        self, found: Copied, context: str, source: str, destination: str, is_inside: bool, instruction: Instruction
    ) -> Iterator[SourceBind | Doubt]:
        line = instruction.line
        if instruction.keyword == "ADD" and (is_remote(source) or ARCHIVE.search(source)):
            yield Doubt(line, f"ADD fetches or unpacks {source}")
            return
        taken = matches(self.folders, context, source)
        directories = [path for path, is_directory in taken if is_directory]
        if not taken or (len(taken) > 1 and directories):
            yield Doubt(line, f"{instruction.keyword}: what {source} takes in the checkout is not certain")
            return
        for path, is_directory in taken:
            into = not is_directory and (is_inside or len(taken) > 1 or _is_known(destination, found))
            place = posixpath.join(destination, posixpath.basename(path)) if into else destination
            yield SourceBind(path, place, is_directory, line)

    def _from_stage(
        self, found: Copied, other: Copied, instruction: Instruction, scope: Scope
    ) -> Iterator[SourceBind | Doubt]:
        """A copy from a stage: certain where it is of something that the stage has from the checkout, unchanged."""
        *sources, last = map(scope.expand, instruction.words())
        destination = self._place(found, last)
        for source in sources:
            path = posixpath.normpath(f"/{source.lstrip('/')}")
            if not other.binds or PACKAGES.search(path):
                continue
            is_inside = last.endswith(("/", ".")) or len(sources) > 1 or _is_known(destination, found)
            file = posixpath.join(destination, posixpath.basename(path)) if is_inside else destination
            binds = list(self._rebased(other, path, destination, file))
            if not binds or (other.is_worked_on and any(bind.is_directory for bind in binds)):
                text = f"{path} of the stage {instruction.flag('from')} is only in the image"
                yield Doubt(instruction.line, text, True)
                continue
            yield from (SourceBind(b.source, b.target, b.is_directory, instruction.line) for b in binds)

    def _rebased(self, other: Copied, path: str, destination: str, file: str) -> Iterator[SourceBind]:
        """What a stage has at and below a path, from `destination` on; `file` is the place where it is a single file."""
        if any(bind.target == path and not bind.is_directory for bind in other.binds):
            yield from rebased(other.binds, path, file)
        elif any(below(bind.target, path) is not None for bind in other.binds):
            yield from rebased(other.binds, path, destination)
        for bind in reversed(other.binds):
            rest = below(path, bind.target)
            if rest and bind.is_directory and (what := kind(self.folders, f"{bind.source}/{rest}")):
                place = file if what == "file" else destination
                yield SourceBind(f"{bind.source}/{rest}", place, what == "directory", bind.line)
                return

    @staticmethod
    def _place(found: Copied, destination: str) -> str:
        if found.workdir is None and not destination.startswith("/"):
            raise Uncertain("its working directory is that of the image below, which is not known")
        return posixpath.normpath(posixpath.join(found.workdir or "/", destination))


def _is_known(destination: str, found: Copied) -> bool:
    """Whether a destination is certainly a directory already."""
    directories = [bind.target for bind in found.binds if bind.is_directory]
    directories += [posixpath.dirname(bind.target) for bind in found.binds] + [found.workdir or "/"]
    return any(below(place, destination) is not None for place in directories)


def _is_live(bind: SourceBind, later: tuple[Instruction, ...]) -> bool:
    """Whether what the image keeps is mounted all the same: a directory that nothing is done to, and lock files."""
    if not bind.is_directory:
        return posixpath.basename(bind.target) in MANIFESTS
    return not any(i.keyword == "RUN" and bind.target in i.rest for i in later)
