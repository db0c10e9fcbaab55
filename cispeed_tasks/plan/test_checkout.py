"""A checkout as its tests see it: which files are tests, whose they are, and who imports whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cispeed_tasks.plan.directories import is_below, parent, parents
from cispeed_tasks.plan.import_graph import CONFTEST, ImportGraph, Imports, all_importers, read_graph
from cispeed_tasks.plan.pytest_settings import TestFiles
from cispeed_tasks.plan.service_tests import ServiceTests, TestMap
from cispeed_tasks.plan.suites import Suite


@dataclass(frozen=True)
class Seen:
    """What was seen of a checkout; paths are relative to the project's directory."""

    files: tuple[str, ...]
    services: tuple[ServiceTests, ...] = ()
    """In the order of the Compose files."""
    imports: Imports = field(default_factory=dict)
    """What each Python file imports."""
    pytest_configs: Mapping[str, str] = field(default_factory=dict)
    """The texts of the files that pytest takes its settings from."""
    standard: Collection[str] = ()
    """The names of Python's standard library."""
    judged: Collection[str] = ()
    """Files of which not the change but the change's meaning counts: the config and the Compose files."""
    elsewhere: tuple[str, ...] = ()
    """Directories whose tests another task runs."""


class Checkout:
    """What follows from that, together with the paths that changed."""

    def __init__(self, seen: Seen, changed: Collection[str]) -> None:
        """Sort the files; what changed may be gone, and may still be imported."""
        self.seen = seen
        self.map = TestMap(seen.services, seen.files)
        self._test_files = TestFiles(seen.pytest_configs)
        self._changed = changed

    @cached_property
    def tests(self) -> tuple[str, ...]:
        """The test files that are there."""
        return tuple(path for path in self.seen.imports if self.is_test(path))

    @cached_property
    def suites(self) -> tuple[Suite, ...]:
        """All suites, whole."""
        return self.map.suites(self.tests)

    @cached_property
    def graph(self) -> ImportGraph:
        """Who imports whom."""
        gone = [path for path in self._changed if path.endswith(".py") and path not in self.seen.imports]
        return read_graph(self.seen.imports, self.seen.standard, self.sources, self.is_test, gone)

    def sources(self, path: str) -> tuple[str, ...]:
        """Return the source directories of the services that a file belongs to."""
        own = self.map.source(path)
        return self._tested.get(path, ()) or ((own,) if own else ())

    @cached_property
    def _tested(self) -> dict[str, tuple[str, ...]]:
        """For each test file the source directories of the services whose it is."""
        found: dict[str, tuple[str, ...]] = {}
        for suite in self.suites:
            for path in suite.files:
                found[path] = (*found.get(path, ()), *self.map.sources(suite))
        return found

    @cached_property
    def code(self) -> tuple[str, ...]:
        """The Python files that are no tests and not for tests."""
        return tuple(path for path in self.seen.imports if self.is_code(path))

    @cached_property
    def python_directories(self) -> frozenset[str]:
        """The directories with Python files in them."""
        return frozenset(map(parent, self.seen.imports))

    @cached_property
    def code_directories(self) -> frozenset[str]:
        """The directories with Python files in or below them."""
        return frozenset(directory for path in self.seen.imports for directory in parents(path))

    def is_test(self, path: str) -> bool:
        """Tell whether pytest runs a file, or would if it were still there."""
        if self.map.is_named(path) or not self._test_files.is_called_test(path):
            return self.map.is_named(path)
        is_elsewhere = any(is_below(path, place) for place in self.seen.elsewhere)
        return bool(self.map.named(path)) or (self._test_files.is_in_testpaths(path) and not is_elsewhere)

    def is_for_tests(self, path: str) -> bool:
        """Tell whether a file is a test, or lies in a folder of tests."""
        return self.is_test(path) or self.map.folder(path) is not None

    def is_used(self, path: str) -> bool:
        """Tell whether a test, or what pytest loads for tests, is known to import a file."""
        importers = all_importers(self.graph, [path]) - {path}
        return any(other.endswith(CONFTEST) or self.is_test(other) for other in importers)

    def is_code(self, path: str) -> bool:
        """Tell whether a Python file is no test and not for tests."""
        return not (self.is_for_tests(path) or path.endswith(CONFTEST))
