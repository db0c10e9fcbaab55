"""The files of a checkout by what they are to tests: below a directory, beside code, of a service, settings for all below."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cispeed_tasks.plan.changed_tests import DOCUMENT, is_read_by_people, package_directory
from cispeed_tasks.plan.directories import ROOT, nearest, parent, parents
from cispeed_tasks.plan.import_graph import CONFTEST, UNKNOWN, imported_files
from cispeed_tasks.plan.module_names import ModuleNames
from cispeed_tasks.plan.pytest_settings import CONFIG_FILES
from cispeed_tasks.plan.test_checkout import Checkout

DOTENV = re.compile(r"\.env(?!\.(example|sample|template|dist)$)(\..*|rc)?")
_SETTINGS = re.compile(
    r"(?i)setup\.py|\.coveragerc|\.[\w-]+-version|\.tool-versions|\.nvmrc|rust-toolchain(\.toml)?"
    r"|\.(npmrc|yarnrc|babelrc|swcrc)(\.\w+)?|(babel|jest|vite|vitest)\.(config|preset|setup|workspace)\.\w+"
    r"|(package|package-lock|npm-shrinkwrap|composer|deno|lerna|nx|turbo|[jt]sconfig[\w.-]*)\.jsonc?"
    r"|pnpm-(lock|workspace)\.ya?ml|(yarn|bun|deno|composer|cargo|gemfile)\.lock|bun\.lockb|bunfig\.toml"
    r"|cargo\.toml|gemfile|go\.(mod|sum|work|work\.sum)"
)
"""What runners, package managers and version managers look for in the directories above."""


@dataclass(frozen=True)
class Disk:
    """What lies in a checkout, beyond what git sees of it."""

    paths: Collection[str]
    """All that can be an input, what git ignores among it."""
    imports: Callable[[str], frozenset[str] | None]
    """What a Python file imports, in the words of `import_graph.Imports`."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Where each link leads to in the end; `..` begins what lies outside of the checkout."""
    plugins: tuple[str, ...] = ()
    """The modules that installed packages have pytest load."""
    places: Callable[[str], Sequence[str]] = lambda _: ()
    """For a service the files and directories that its images take, and those that are mounted into it."""


class CheckoutFiles:
    """Finds the files of one checkout; each table is made once for all suites."""

    def __init__(self, checkout: Checkout, disk: Disk) -> None:
        self.checkout, self.disk = checkout, disk
        self.services = {each.service: each for each in checkout.seen.services}
        self.paths = frozenset(disk.paths)
        self._sorted = sorted(self.paths)
        self._visible = frozenset(checkout.seen.files)
        self.names = ModuleNames([path for path in self.paths if path.endswith(".py")], checkout.seen.standard)

    def at(self, place: str) -> Iterator[str]:
        """Yield a file itself, or all that lies in a directory below the project's own."""
        if place in self.paths:
            yield place
        yield from self._below(place)

    def called(self, start: str) -> list[str]:
        """Return the files of a directory whose names are this one and an ending, as JavaScript leaves it out."""
        return [path for path in self._between(f"{start}.", f"{start}/") if "/" not in path[len(start) :]]

    def _below(self, directory: str) -> list[str]:
        return self._between(f"{directory}/", f"{directory}0")  # "0" follows "/"

    def _between(self, start: str, end: str) -> list[str]:
        return self._sorted[bisect_left(self._sorted, start) : bisect_left(self._sorted, end)]

    def is_directory(self, place: str) -> bool:
        """Tell whether anything lies in a directory of this path."""
        return bool(self._below(place))

    def imported(self, path: str) -> set[str] | None:
        """Return the files that a Python file runs; None where it cannot be told."""
        found = self.disk.imports(path)
        if found is None or UNKNOWN in found:
            return None
        return imported_files(path, found, self.names, self.checkout.sources)

    def modules(self, names: Collection[str], importer: str) -> set[str]:
        """Return the files that some modules can mean which are not imported by Python's own statements."""
        return {path for name in names for path in self.names.files(name, importer)}

    def settings(self, directories: Collection[str]) -> Iterator[str]:
        """Yield what is read for all that lies below some directories, without anybody naming it."""
        for directory in directories:
            yield from self._settings.get(directory, ())

    @cached_property
    def _settings(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self._sorted:
            directory = package_directory(path) or (parent(path) if is_setting(path.rpartition("/")[2]) else None)
            if directory is not None:
                found.setdefault(directory, []).append(path)
        return found

    def data_near(self, path: str) -> Iterator[str]:
        """Yield what is no Python and lies with a file, or above it with no Python nearer, outside of services."""
        for directory in parents(path)[:-1] or (ROOT,):
            found = self._data.get(directory, ())
            # A conftest.py in the project's own directory is there for the tests, not for all that has no code of its own.
            is_own = directory != ROOT or self.checkout.is_code(path)
            yield from found if is_own else (data for data in found if parent(data) == ROOT)

    @cached_property
    def _data(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self._sorted:
            directory = nearest(path, self.checkout.code_directories) or ROOT
            # What git ignores in the project's own directory is mostly what tools have left there.
            if self._is_data(path) and (directory != ROOT or path in self._visible):
                found.setdefault(directory, []).append(path)
        return found

    def _is_data(self, path: str) -> bool:
        if path.endswith(".py") or path in self.checkout.seen.judged or self.checkout.map.source(path) is not None:
            return False
        is_document = is_read_by_people(path) or DOCUMENT.fullmatch(path.rpartition("/")[2])
        is_among_code = parent(path) != ROOT and parent(path) in self.checkout.python_directories
        return is_among_code or not is_document

    def named(self, service: str) -> Sequence[str]:
        """Return the files that the config names for a service's tests."""
        return self._named.get(service, ())

    @cached_property
    def _named(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        if any(each.patterns for each in self.services.values()):
            for path in self._sorted:
                for each in self.checkout.map.named(path):
                    found.setdefault(each.service, []).append(path)
        return found

    def at_source(self, source: str) -> Sequence[str]:
        """Return the services of a source directory."""
        return self._by_source.get(source, ())

    @cached_property
    def _by_source(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, each in self.services.items():
            if each.source is not None:
                found.setdefault(each.source, []).append(name)
        return found

    @cached_property
    def all(self) -> frozenset[str]:
        """All files that can matter to a test of which nothing is known."""
        return frozenset(path for path in self._sorted if path in self._visible or self._is_hidden_input(path))

    def _is_hidden_input(self, path: str) -> bool:
        """Tell whether what git does not see counts: code and what lies with it, `.env`, links, all of services' directories."""
        is_code = path.endswith(".py") or nearest(path, self.checkout.code_directories) not in {None, ROOT}
        is_named = path in self.disk.links or DOTENV.fullmatch(path.rpartition("/")[2]) is not None
        return is_code or is_named or self.checkout.map.source(path) is not None

    def tells(self, test: str) -> bool:
        """Tell whether a test file imports code of the checkout; what a conftest.py imports for all tells nothing of one."""
        found, waiting = set[str](), [test]
        while waiting:
            path = waiting.pop()
            if path not in found:
                found.add(path)
                waiting += () if path.endswith(CONFTEST) else self.imported(path) or ()
        return any(map(self.checkout.is_code, found))


def is_setting(name: str) -> bool:
    """Tell whether a file of this name is read for what lies below its directory."""
    return name in (*CONFIG_FILES, CONFTEST) or bool(_SETTINGS.fullmatch(name) or DOTENV.fullmatch(name))
