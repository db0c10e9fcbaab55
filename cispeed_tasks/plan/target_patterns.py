"""What decides each image of a project, as patterns: what its Dockerfile takes, and the files that it is made by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cispeed_tasks.model import Target
from cispeed_tasks.plan.checkout_patterns import CheckoutPatterns
from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from cispeed_tasks.plan.inputs import derive_inputs
from cispeed_tasks.plan.packages import MANIFESTS, REQUIREMENTS
from cispeed_tasks.plan.service_targets import read_target
from cispeed_tasks.plan.services import is_remote
from cispeed_tasks.plan.shield import effective_ignore_text
from cispeed_tasks.plan.source_patterns import EVERYTHING, sent_patterns
from cispeed_tasks.plan.target_images import OutsideImage, has_triggers, outside_names
from cispeed_tasks.plan.targets import Project

IGNORE_FILE = ".dockerignore"


class TargetPatterns:
    """The patterns of single targets and services, worked out once however many services stand on a target."""

    def __init__(self, project: Project, places: CheckoutPatterns) -> None:
        self._project, self._places = project, places
        self._found: dict[str, frozenset[str]] = {}

    def of(self, target: Target) -> frozenset[str]:
        """Return the patterns of a target, without those of what it stands on.

        Raises:
            ConfigError: its Dockerfile cannot be read.
        """
        if target.name not in self._found:
            self._found[target.name] = frozenset(self._of_target(target))
        return self._found[target.name]

    def of_service(self, service: str) -> Iterator[str]:
        """Yield the patterns of the files by which a service's image is chosen or generated, existing or not."""
        shape, build = self._project.shapes[service], self._project.stack.services[service].build
        root, config = self._project.root, shape.config
        # Where these are links, the plan knows only what they lead to.
        yield from self._files(root / name for name in (config.context, config.source) if name)
        if config.dockerfile:
            yield from self._dockerfile(root / config.dockerfile)
        elif build and build.dockerfile_inline is None and not is_remote(build.context):
            yield from self._dockerfile(Path(build.context, build.dockerfile))
        if shape.source:
            yield from self._files(f"{shape.source}/{name}" for name in MANIFESTS)
            yield from self._places.directory(f"{shape.source}/{REQUIREMENTS}")

    def _of_target(self, target: Target) -> Iterator[str]:
        yield from self._origin(target)
        for directory in target.contexts.values():
            yield from self._places.directory(directory) if directory.startswith("/") else ()
        if not is_remote(target.context):
            yield from self._files([f"{target.context}/{IGNORE_FILE}"])
            yield from self._places.placed(target.context, self._taken(target))

    def _origin(self, target: Target) -> Iterator[str]:
        if target.kind == "base":
            section = self._project.config.bases[target.subject]
            yield from self._dockerfile(self._project.root / section.context / section.dockerfile)
        elif target.subject in self._project.shapes:
            yield from self.of_service(target.subject)
        if not (target.generated or target.inline or is_remote(target.context)):
            yield from self._dockerfile(target.dockerfile)

    def _taken(self, target: Target) -> Iterable[str]:
        """What a target can take of its context; where that is not certain or is everything, all that is sent of it."""
        # No engine is asked what an outside image does; its name tells.
        images = {name: OutsideImage(has_triggers="onbuild" in name) for name in outside_names([target])}
        derived = derive_inputs(
            read_target(target),
            target.stage,
            self._places.tree(target.context),
            target.args,
            onbuild=has_triggers(target, self._project.targets, images),
        )
        if derived.whole is None and EVERYTHING not in derived.files:
            return derived.files
        return sent_patterns(read_ignore_file(self._ignore_text(target)))

    def _ignore_text(self, target: Target) -> str:
        if target.ignore_text is not None:
            return target.ignore_text
        has_file = not (target.generated or target.inline)
        return effective_ignore_text(self._project.facts, target.context, target.dockerfile if has_file else None)

    def _dockerfile(self, path: Path) -> Iterator[str]:
        return self._files([path, path.with_name(f"{path.name}{IGNORE_FILE}")])

    def _files(self, paths: Iterable[str | Path]) -> Iterator[str]:
        return (pattern for path in paths for pattern in self._places.file(path))
