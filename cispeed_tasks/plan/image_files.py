"""Where the files of a build context lie in the image that is made of it, by walking its COPY instructions."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.model import Target
from cispeed_tasks.plan.context_tree import ContextTree
from cispeed_tasks.plan.copy_sources import read_copy
from cispeed_tasks.plan.dockerfile import Dockerfile, Instruction, Stage
from cispeed_tasks.plan.dockerfile_once import read_once
from cispeed_tasks.plan.dockerfile_scope import Scope, scope_before
from cispeed_tasks.plan.dockerfile_words import Uncertain


@dataclass
class _Image:
    """A stage on the way: its files by their paths, each with its path in the context, and its working directory."""

    files: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"


def image_files(target: Target, tree: ContextTree) -> dict[str, str]:
    """The files of the target's context in its image: absolute path there → path in the context, with slashes.

    What a RUN does is not known, and an instruction that cannot be read with certainty counts as one that copies nothing.
    """
    try:
        dockerfile = read_once(target.dockerfile_text, target.args)
        stage = dockerfile.stage(target.stage)
    except ConfigError:
        return {}
    return _Walk(dockerfile, target, tree).image(stage).files


@dataclass(frozen=True)
class _Walk:
    dockerfile: Dockerfile
    target: Target
    tree: ContextTree

    def image(self, stage: Stage) -> _Image:
        parent = self.dockerfile.parent(stage)
        below = self.image(parent) if parent else _Image()
        found = _Image(dict(below.files), below.workdir)
        scope = scope_before(self.dockerfile, stage, self.target.args)
        for instruction in stage.instructions:
            try:
                self._run(instruction, scope, found, stage)
            except Uncertain:
                continue
            finally:
                scope.run(instruction)
        return found

    def _run(self, instruction: Instruction, scope: Scope, image: _Image, stage: Stage) -> None:
        if instruction.keyword == "WORKDIR":
            image.workdir = posixpath.normpath(
                posixpath.join(image.workdir, scope.expand(instruction.rest.strip("\"'")))
            )
        elif instruction.keyword in {"COPY", "ADD"}:
            destination = scope.expand(instruction.words()[-1])
            if origin := instruction.flag("from"):
                self._copy_stage(instruction, scope, image, stage, origin, destination)
            else:
                self._copy_context(instruction, scope, image, destination)

    def _copy_context(self, instruction: Instruction, scope: Scope, image: _Image, destination: str) -> None:
        copied = read_copy(instruction, scope)
        places = [place for source in copied.sources for place in self.tree.places(source)]
        place = _place(image, destination)
        into = (
            destination.endswith(("/", "/.")) or destination in {".", ""} or len(places) > 1 or place in _folders(image)
        )
        for source in places:
            if self.tree.is_directory(source):
                start = f"{source}/" if source else ""
                for path in self.tree.take(source, copied.exclude):
                    if path.startswith(start) and not self.tree.is_directory(path):
                        image.files[posixpath.join(place, path[len(start) :])] = path
            else:
                image.files[posixpath.join(place, posixpath.basename(source)) if into else place] = source

    def _copy_stage(
        self, instruction: Instruction, scope: Scope, image: _Image, stage: Stage, origin: str, destination: str
    ) -> None:
        other = self.dockerfile.find(origin, stage.index)
        if other is None:
            return
        files = self.image(other).files
        place = _place(image, destination)
        for word in instruction.words()[:-1]:
            source = posixpath.normpath(posixpath.join("/", scope.expand(word)))
            start = f"{source.rstrip('/')}/"
            image.files |= {
                posixpath.join(place, path[len(start) :]): origin_path
                for path, origin_path in files.items()
                if path.startswith(start)
            }
            if source in files:
                is_folder = destination.endswith("/") or destination == "."
                image.files[posixpath.join(place, posixpath.basename(source)) if is_folder else place] = files[source]


def _place(image: _Image, destination: str) -> str:
    return posixpath.normpath(posixpath.join(image.workdir, destination))


def _folders(image: _Image) -> set[str]:
    return {image.workdir, *(posixpath.dirname(path) for path in image.files)}
