"""What the rules look at, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

from cispeed_tasks.model import ContextFile
from cispeed_tasks.plan.context_tree import ContextTree
from cispeed_tasks.plan.dockerfile import Dockerfile, Stage
from cispeed_tasks.plan.dockerfile_steps import Step, steps
from cispeed_tasks.plan.finding import Finding


@dataclass(frozen=True)
class SeenBuild:
    """How a service's image is built by the user's own Dockerfile, and what its build is sent."""

    service: str
    file: str
    """The Dockerfile, relative to the project's directory."""
    text: str = field(repr=False)
    dockerfile: Dockerfile = field(repr=False)
    target: str | None = None
    args: Mapping[str, str | None] = field(default_factory=dict)
    files: Mapping[str, ContextFile] = field(default_factory=dict, repr=False)
    """What the ignore file lets through, by path."""
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The texts of those files that may decide what is installed, by path."""
    ignore: str = field(default="", repr=False)
    """The text of the ignore file in force."""
    command: tuple[str, ...] = ()
    """What Compose starts in it, where it says so."""
    own_images: AbstractSet[str] = frozenset()
    """The images that the project itself makes, by their full names."""

    @cached_property
    def tree(self) -> ContextTree:
        """The entries of the context as COPY looks them up."""
        return ContextTree(self.files.values())

    @cached_property
    def _steps(self) -> dict[int, tuple[Step, ...]]:
        return {stage.index: steps(self.dockerfile, stage, self.args) for stage in self.dockerfile.stages}

    def steps_of(self, stage: Stage) -> tuple[Step, ...]:
        """The steps of a stage."""
        return self._steps[stage.index]

    def steps(self) -> Iterator[Step]:
        """The steps of the stages that the build reaches, in the file's order."""
        for stage in self.dockerfile.reachable(self.target):
            yield from self.steps_of(stage)

    @property
    def final_stages(self) -> tuple[Stage, ...]:
        """The stages whose layers are in the image: the target and what it stands on."""
        found = [self.dockerfile.stage(self.target)]
        while parent := self.dockerfile.parent(found[-1]):
            found.append(parent)
        return tuple(found)

    def finding(self, line: int, code: str, text: str, advice: str) -> Finding:
        """A finding in this Dockerfile."""
        return Finding(self.file, line, code, text, advice)
