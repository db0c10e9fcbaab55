"""Which tests belong to which service: by the config, by the folder that they lie in, or by their names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from cispeed_tasks.plan.directories import ROOT, inside, join, nearest, parent, parents
from cispeed_tasks.plan.patterns import glob_spec
from cispeed_tasks.plan.pytest_settings import TEST_FOLDERS
from cispeed_tasks.plan.suites import PYTEST, Suite

_SEPARATORS = re.compile(r"[-_.]+")
_MANIFESTS = ("pyproject.toml", "setup.py", "setup.cfg", "pytest.ini", "tox.ini")
_NO_TESTS = ("conftest.py", "__init__.py")


@dataclass(frozen=True)
class ServiceTests:
    """What is known of a service's tests; paths are relative to the project's directory."""

    service: str
    source: str | None = None
    patterns: tuple[str, ...] = ()
    """Paths and globs of the config; without any, convention says which tests are its."""
    command: str | None = None
    """What runs its tests where pytest does not."""
    targets: tuple[str, ...] = ()
    """The names of its images, in either mode."""


class Places:
    """Paths and globs of the config, which stand for files or for folders with all that is in them."""

    def __init__(self, patterns: Iterable[str]) -> None:
        """Read them; raises ConfigError for a glob that is none."""
        self._literal = frozenset(pattern.removeprefix("./").rstrip("/") or ROOT for pattern in patterns)
        self._globs = glob_spec(sorted(self._literal))

    def hold(self, path: str) -> bool:
        """Tell whether a file is meant, by itself or by a folder."""
        places = [path, *parents(path)]
        return not self._literal.isdisjoint(places) or any(map(self._globs.match_file, places))

    def name(self, path: str) -> bool:
        """Tell whether a Python file is meant by itself, and is therefore a test whatever it is called."""
        is_python = path.endswith(".py") and not path.endswith(_NO_TESTS)
        return is_python and (path in self._literal or self._globs.match_file(path))

    def folder(self, path: str) -> str | None:
        """Return the folder that a path is meant by, where one is written as it is called."""
        return nearest(path, self._literal)


class TestMap:
    """Says of every test file whose it is."""

    __test__ = False

    def __init__(self, services: Sequence[ServiceTests], files: Iterable[str]) -> None:
        """Take in the services, in their order, and the paths of all files of the checkout."""
        self._services = {each.service: each for each in services}
        self._files = frozenset(files)
        self._directories = frozenset(directory for path in self._files for directory in parents(path))
        self._places = {each.service: Places(each.patterns) for each in services if each.patterns}
        self._by_name = {_plain(each.service): each for each in services}
        self._by_source: dict[str, list[ServiceTests]] = {}
        for each in services:
            # A service may be there to run the tests of others, which are not its own for that.
            if each.source is not None and each.source.rpartition("/")[2] not in TEST_FOLDERS:
                self._by_source.setdefault(each.source, []).append(each)

    def source(self, path: str) -> str | None:
        """Return the source directory, below the project's own, that a path lies in."""
        found = nearest(path, self._by_source)
        return None if found == ROOT else found

    def named(self, path: str) -> list[ServiceTests]:
        """Return the services whose tests the config finds here."""
        return [self._services[name] for name, places in self._places.items() if places.hold(path)]

    def is_named(self, path: str) -> bool:
        """Tell whether the config says itself that a Python file is a test."""
        return any(places.name(path) for places in self._places.values())

    def is_told(self, path: str) -> bool:
        """Tell whether a test file's place or name, or the config, says which service it is about."""
        return bool(self.source(path) or self.named(path) or self._claimed(path))

    def sources(self, suite: Suite) -> tuple[str, ...]:
        """Return the source directories that a suite is about, its own working directory among them; never the whole project."""
        found = (self._services[name].source for name in suite.services)
        return tuple(source for source in (*found, suite.directory) if source in self._by_source and source != ROOT)

    def folder(self, path: str) -> str | None:
        """Return the outermost folder of tests that a path lies in: one called so, or one of the config."""
        return self._called_tests(path) or next(filter(None, (p.folder(path) for p in self._places.values())), None)

    def _called_tests(self, path: str) -> str | None:
        source = self.source(path) or ROOT
        folders = inside(path, source).split("/")[:-1]
        depth = next((number for number, name in enumerate(folders, start=1) if name in TEST_FOLDERS), None)
        return join(source, "/".join(folders[:depth])) if depth else None

    def suites(self, tests: Sequence[str]) -> tuple[Suite, ...]:
        """Return the suites that test files make: those of services in their order, then the shared ones."""
        found: dict[Suite, list[str]] = {}
        for each in self._services.values():
            if each.command:
                found.setdefault(self._by_command(each), [])
        for path in tests:
            for suite in self._suites_of(path):
                found.setdefault(suite, []).append(path)
        rank = {name: number for number, name in enumerate(self._services)}
        ordered = sorted(found, key=lambda suite: rank[suite.services[0]] if suite.services else len(rank))
        totals = Counter(self.folder(path) for path in tests)
        return tuple(self._with_files(suite, found[suite], totals) for suite in ordered)

    def _with_files(self, suite: Suite, files: Sequence[str], totals: Counter[str | None]) -> Suite:
        own = Counter(self.folder(path) for path in files)
        folders = tuple(sorted(folder for folder, count in own.items() if folder and count == totals[folder]))
        return replace(suite, files=tuple(files), folders=folders)

    def _suites_of(self, path: str) -> Iterator[Suite]:
        named, source = self.named(path), nearest(path, self._by_source)
        claimed = self._claimed(path)
        if named:
            yield from (self._by_command(each) if each.command else self._by_pytest([each], path) for each in named)
        elif source is not None and (source != ROOT or claimed is None):
            yield from self._in_source(source, path)
        else:
            yield self._by_pytest([claimed] if claimed else [], path)

    def _in_source(self, source: str, path: str) -> Iterator[Suite]:
        here = [each for each in self._by_source[source] if not each.patterns]
        commands = [each for each in here if each.command]
        yield from map(self._by_command, commands)
        others = [each for each in here if not each.command]
        if others or not commands:
            yield self._by_pytest(others, path)

    def _claimed(self, path: str) -> ServiceTests | None:
        """Return the service that a test file is named for: the one with the longest name, `-` and `_` being alike."""
        stem = _plain(path.rpartition("/")[2].removesuffix(".py")).removesuffix("_test").removeprefix("test_")
        starts = (stem[:length] for length in range(len(stem), 0, -1))
        service = next((self._by_name[start] for start in starts if start in self._by_name), None)
        return service if service and not service.patterns else None

    def _by_command(self, each: ServiceTests) -> Suite:
        return Suite((each.service,), str(each.command), each.source or ROOT)

    def _by_pytest(self, services: Sequence[ServiceTests], path: str) -> Suite:
        directory = self.source(path) or self._project(path)
        sources = [*(each.source for each in services if each.source is not None), directory, ROOT]
        known = [place for source in sources for place in (source, join(source, "src")) if place in self._directories]
        names = tuple(each.service for each in services)
        return Suite(names, PYTEST, directory, python_path=tuple(dict.fromkeys(known)))

    def _project(self, path: str) -> str:
        """Return where the tests of no service's folder are run from: beside their folder, or where a manifest lies."""
        folder = self._called_tests(path)
        if folder is not None:
            return parent(folder)
        manifests = (d for d in parents(path) if any(join(d, name) in self._files for name in _MANIFESTS))
        return next(manifests, ROOT)


def _plain(name: str) -> str:
    return _SEPARATORS.sub("_", name).lower()
