"""Find out what decides the tests of services besides the files of their directories; each is asked for when needed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from cispeed_tasks.plan.fingerprint import FILE, Input
from cispeed_tasks.plan.places import relative
from cispeed_tasks.plan.service_facts import ServiceFacts, image_names, service_facts
from cispeed_tasks.plan.targets import Project, with_dependencies
from cispeed_tasks.run.contexts import Contexts, SentContext
from cispeed_tasks.run.fingerprints import fingerprints, without_engine
from cispeed_tasks.run.look import View
from cispeed_tasks.run.modes import full_mode
from cispeed_tasks.run.tested_checkout import below


class _Places(Contexts):
    """Contexts of which files below the top directory are only named: as inputs of tests they are read anyway."""

    def __init__(self, root: Path, top: Path) -> None:
        super().__init__(root, detailed=True)
        self._top = top

    def inputs(self, directory: str, sent: SentContext, paths: Iterable[str]) -> list[Input]:
        """The inputs that are files."""
        if below(Path(directory), self._top).startswith(".."):
            return super().inputs(directory, sent, paths)
        start = relative(directory, self.root)
        return [Input(FILE, path if start == "." else f"{start}/{path}", "") for path in paths]


class Facts:
    """Tells about the services of one project; nothing is asked of an engine."""

    def __init__(self, view: View, top: Path) -> None:
        self._view, self._top = view, top
        self._contexts = _Places(view.root, top)
        self._found: dict[str, ServiceFacts] = {}

    def __call__(self, service: str) -> ServiceFacts:
        """What is known of a service; raises WorkFailed or ConfigError where its images cannot be told."""
        if service not in self._found:
            self._found[service] = self._find(service)
        return self._found[service]

    @cached_property
    def _project(self) -> Project:
        return full_mode(self._view, without_ignored=True).project

    def _find(self, service: str) -> ServiceFacts:
        targets = tuple(with_dependencies(self._project.targets, image_names(self._project, service)))
        names = [target.name for target in targets]
        found = fingerprints(self._project, names, without_engine(targets), self._contexts)
        return service_facts(self._project, service, found.values(), self._top)
