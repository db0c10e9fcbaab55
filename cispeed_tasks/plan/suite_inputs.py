"""Which files of the checkout decide how a suite of tests ends; what cannot be told counts.

A wrong skip is worse than a needless run. So these are inputs: all that lies in the directories of the services that a
suite tests, with what git ignores there; its test files and all that is no test in their folders; the settings, lock
files and conftest.py of all directories above; what images of these services take; and what Python imports from all of
this. Where it cannot be told what is imported, or what a test is about, all files of the checkout are.

Caches are not (plan/kept_files.py). Installed packages, in node_modules and virtual environments, stand there by lock
files and by the records of what is installed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cispeed_tasks.plan.checkout_files import CheckoutFiles
from cispeed_tasks.plan.directories import ROOT, parents
from cispeed_tasks.plan.suites import PYTEST, Suite
from cispeed_tasks.plan.test_causes import STACK_FOLDERS


@dataclass(frozen=True)
class SuiteInputs:
    """What was found; paths are relative to the project's directory."""

    paths: frozenset[str]
    services: frozenset[str]
    """Those whose settings count."""
    whole: str | None = None
    """Why all files of the checkout count; None where they do not."""


def suite_inputs(suite: Suite, files: CheckoutFiles, mentioned: Iterable[str] = ()) -> SuiteInputs:
    """Find the inputs of a suite.

    Args:
        suite: the suite, whole or in part.
        files: what there is.
        mentioned: files and directories that its inputs name, as `plan/mentions.py` reads them.
    """
    search = _Search(files)
    search.begin(suite)
    for place in mentioned:
        search.add_place(place)
    return search.run()


class _Search:
    """Goes from file to file until nothing new is found."""

    def __init__(self, files: CheckoutFiles) -> None:
        self._files, self._checkout = files, files.checkout
        self._found: set[str] = set()
        self._services: set[str] = set()
        self._waiting: list[str] = []
        self._whole: str | None = None

    def begin(self, suite: Suite) -> None:
        """Add what decides by its place."""
        for name in suite.services:
            self._add_service(name)
        for source in self._checkout.map.sources(suite):
            self._add_source(source)
        if suite.runner == PYTEST:
            self._add_tests(suite)
        above = {directory for path in (*suite.files, f"{suite.directory}/x") for directory in parents(path)}
        self._waiting += self._files.settings({*above, ROOT})

    def _add_tests(self, suite: Suite) -> None:
        self._waiting += [*suite.files, *self._files.modules(self._files.disk.plugins, f"{suite.directory}/x")]
        others = frozenset(self._checkout.tests) - set(suite.files)
        for folder in {*suite.folders, *filter(None, map(self._checkout.map.folder, suite.files))}:
            self._waiting += [path for path in self._files.at(folder) if path not in others]
        for test in suite.files:
            self._add_surroundings(test)

    def _add_surroundings(self, test: str) -> None:
        """Add everything for a test of which nothing says what it is about, or that is about all services."""
        if self._checkout.map.is_told(test):
            return
        if not STACK_FOLDERS.isdisjoint(test.split("/")):
            self._add_everything(f"{test} is about all services")
        elif not self._files.tells(test):
            self._add_everything(f"nothing says what {test} is about")

    def add_place(self, place: str) -> None:
        """Add a file, or all that lies in a directory."""
        if place == ROOT:
            self._add_everything("the whole checkout is named")
        else:
            self._waiting += self._files.at(place)

    def run(self) -> SuiteInputs:
        """Follow what was added, and all that this leads to."""
        while self._waiting:
            path = self._waiting.pop()
            if path not in self._found and path in self._files.paths:
                self._found.add(path)
                self._follow(path)
        return SuiteInputs(frozenset(self._found), frozenset(self._services), self._whole)

    def _follow(self, path: str) -> None:
        if path in self._files.disk.links:
            self.add_place(self._files.disk.links[path])
        elif path.endswith(".py") and self._whole is None:
            self._follow_imports(path)

    def _follow_imports(self, path: str) -> None:
        imported = self._files.imported(path)
        if imported is None:
            self._add_everything(f"what {path} imports cannot be told")
            return
        self._waiting += imported
        source = self._checkout.map.source(path)
        if source is not None:
            self._add_source(source)
        else:
            self._waiting += self._files.data_near(path)

    def _add_source(self, source: str) -> None:
        """Add the services of a directory: code that is reached there runs with all that is theirs."""
        for name in self._files.at_source(source):
            self._add_service(name)

    def _add_service(self, name: str) -> None:
        if name in self._services:
            return
        self._services.add(name)
        source = self._files.services[name].source
        if source == ROOT:
            self._add_everything(f"{name} is made of the whole checkout")
        elif source is not None:
            self.add_place(source)
        self._waiting += self._files.named(name)
        for place in self._files.disk.places(name):
            self.add_place(place)

    def _add_everything(self, why: str) -> None:
        if self._whole is None:
            self._whole = why
            self._waiting += self._files.all
            for name in self._files.services:
                self._add_service(name)
