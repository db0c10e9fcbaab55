"""Why a suite, or a single test file, is run: the first cause that holds, in words."""

from __future__ import annotations

from functools import cached_property

from cispeed_tasks.plan.affected import Affected
from cispeed_tasks.plan.changed_tests import Changes, Kind, package_directory
from cispeed_tasks.plan.directories import ROOT, nearest, parents
from cispeed_tasks.plan.import_graph import CONFTEST, all_importers, reach, unclear, unreadable
from cispeed_tasks.plan.suites import PYTEST, Suite
from cispeed_tasks.plan.test_checkout import Checkout

STACK_FOLDERS = frozenset({"integration", "e2e", "end_to_end", "system", "acceptance", "functional", "smoke"})
"""Folders whose tests, where no service's own, are taken to be about all services together."""


class Causes:
    """Knows the causes that the affected services and the changes give."""

    def __init__(self, checkout: Checkout, affected: Affected, changes: Changes) -> None:
        """Take in what there is, what is affected, and what changed."""
        self._checkout, self._affected, self._changes = checkout, affected, changes

    def of_suite(self, suite: Suite) -> str | None:
        """Return why a whole suite is run, if it is."""
        if self._affected.is_everything:
            return "it cannot be told what changed"
        for service in suite.services:
            if service in self._affected.services:
                return self._affected.services[service]
        kind = Kind.SERVICE if suite.runner == PYTEST else Kind.DIRECTORY
        found = [self._changes.of(kind, source) for source in self._checkout.map.sources(suite)]
        found += [self._changes.of(Kind.NAMED, service) for service in suite.services]
        return next((f"{path} changed" for path in found if path), None)

    def of_test(self, test: str) -> str | None:
        """Return why a test file is run, if it is."""
        if self._changes.of(Kind.PYTHON, test):
            return f"{test} changed"
        return self._of_settings(test) or self._reached.get(test) or self._of_surroundings(test) or self._of_stack(test)

    def _of_settings(self, test: str) -> str | None:
        """What pytest reads before it."""
        for directory in [*parents(test), *self._above]:
            if path := self._changes.of(Kind.SETTINGS, directory):
                return f"{path} changed, which {_all_below(directory)} use"
        return None

    def _of_surroundings(self, test: str) -> str | None:
        """What lies beside it, and what is installed for it."""
        folder = self._checkout.map.folder(test)
        if path := self._changes.of(Kind.FOLDER, folder):
            return f"{path} changed, and nothing says which tests in {folder} use it"
        if path := self._changes.of(Kind.PACKAGES, nearest(test, self._package_directories)):
            return f"{path} changed, which says what is installed for {test}"
        return None

    def _of_stack(self, test: str) -> str | None:
        """What changed anywhere, for tests of which nothing says what they are about."""
        if self._checkout.map.is_told(test):
            return None
        if not STACK_FOLDERS.isdisjoint(test.split("/")):
            for service, cause in self._affected.services.items():
                return f"{service} is affected, and {test} is about all services: {cause}"
        path = self._changes.of(Kind.ANYTHING)
        happened = f"{path} changed" if path else next(iter(self._affected.services.values()), None)
        if happened is None or test in self._telling:
            return None
        return f"{happened}, and nothing says what {test} is about"

    @cached_property
    def _above(self) -> list[str]:
        """Directories beyond the project's own in which settings of pytest changed."""
        return [directory for directory in self._changes.all(Kind.SETTINGS) if directory.endswith("..")]

    @cached_property
    def _package_directories(self) -> frozenset[str]:
        found = {package_directory(path) for path in self._checkout.seen.files}
        return frozenset(filter(None, found)) | self._changes.all(Kind.PACKAGES).keys()

    @cached_property
    def _telling(self) -> frozenset[str]:
        """The files that import code of this checkout; what a conftest.py imports is for all, and tells nothing of one."""
        return frozenset(all_importers(self._checkout.graph.without(CONFTEST), self._checkout.code))

    @cached_property
    def _reached(self) -> dict[str, str]:
        """The Python files that changes reach by imports."""
        seeds = self._seeds()
        return reach(self._checkout.graph, seeds) if seeds else {}

    def _seeds(self) -> dict[str, str]:
        """The files where something changed, or where it cannot be told."""
        changes, imports = self._changes, self._checkout.seen.imports
        seeds = {path: f"{path} changed" for path in changes.all(Kind.PYTHON)}
        found = {path: self._of_code(path) for path in self._checkout.code}
        seeds = {path: cause for path, cause in found.items() if cause} | seeds
        if shared := changes.of(Kind.SHARED):
            for path in unclear(imports):
                seeds.setdefault(path, f"{shared} changed, and {path} imports what is named while it runs")
        if self._affected.changed or self._affected.services:
            for path in unreadable(imports):
                seeds.setdefault(path, f"{path} cannot be read as Python, so what it imports cannot be told")
        return seeds

    def _of_code(self, path: str) -> str | None:
        """Return what happened beside a file that is no test: to the data near it, or to the service whose it is."""
        source = self._checkout.map.source(path)
        if source:
            return self._service_causes.get(source)
        places = parents(path)[:-1] or (ROOT,)
        data = next((found for place in places if (found := self._changes.of(Kind.DATA, place))), None)
        return f"{data} changed" if data else None

    @cached_property
    def _service_causes(self) -> dict[str, str]:
        """For the source directories of services that are affected: why."""
        found = {source: f"{path} changed" for source, path in self._changes.all(Kind.SERVICE).items()}
        for each in self._checkout.seen.services:
            if each.source and each.source != ROOT and each.service in self._affected.services:
                found.setdefault(each.source, self._affected.services[each.service])
        return found


def _all_below(directory: str) -> str:
    return "all tests" if directory == ROOT or directory.endswith("..") else f"all tests in {directory}"
