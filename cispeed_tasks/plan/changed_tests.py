"""What changed paths mean for tests, each by its name and its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from cispeed_tasks.plan.directories import ROOT, nearest, parent
from cispeed_tasks.plan.import_graph import CONFTEST
from cispeed_tasks.plan.pytest_settings import CONFIG_FILES
from cispeed_tasks.plan.test_checkout import Checkout

READ_BY_PEOPLE = re.compile(
    r"(?i)(readme|changelog|changes|contributing|licen[cs]e|notice|authors|codeowners)(\.(md|rst|adoc|txt))?|\.gitignore"
)
DOCUMENT = re.compile(r"(?i).*\.(md|markdown|rst|adoc)")
"""Names of files that code reads only if they lie among it."""
PACKAGES = re.compile(
    r"(?i)(requirements|constraints)[^/]*\.(txt|in)|(poetry|uv|pdm|pixi)\.lock|pylock.*\.toml|pipfile(\.lock)?|setup\.py"
)
"""Names of files that say which packages tests run with."""


class Kind(Enum):
    """What a change can be about; each goes with a path or a name."""

    PYTHON = auto()
    """A Python file, there or gone."""
    SERVICE = auto()
    """A service's source directory, where something else than its tests changed."""
    DIRECTORY = auto()
    """A service's source directory, where anything changed."""
    NAMED = auto()
    """A service for which the config names what changed."""
    SETTINGS = auto()
    """A directory for which pytest's settings or a conftest.py changed."""
    PACKAGES = auto()
    """A directory whose list of packages changed."""
    FOLDER = auto()
    """A folder of tests, where something changed that is not known to be for single ones of them."""
    DATA = auto()
    """A directory of code that is no service's, where something changed that is not Python."""
    SHARED = auto()
    """Nothing to go with: Python that is no service's."""
    ANYTHING = auto()
    """Nothing to go with: what is neither a document nor for tests."""


@dataclass(frozen=True)
class Changes:
    """For each thing that changes are about, the first path of them."""

    first: Mapping[tuple[Kind, str], str]

    def of(self, kind: Kind, key: str | None = "") -> str | None:
        """Return a path whose change is about this, if there is one."""
        return None if key is None else self.first.get((kind, key))

    def all(self, kind: Kind) -> dict[str, str]:
        """Return all that changes of a kind are about, each with a path."""
        return {key: path for (found, key), path in self.first.items() if found is kind}


def read_changes(paths: Iterable[str], checkout: Checkout) -> Changes:
    """Say what changed paths are about; that of files whose meaning is compared is no matter."""
    judged = frozenset(checkout.seen.judged)
    first: dict[tuple[Kind, str], str] = {}
    for path in paths:
        for mark in _marks(path, checkout) if path not in judged else ():
            first.setdefault(mark, path)
    return Changes(first)


def is_read_by_people(path: str) -> bool:
    """Tell whether a file's name says that no code reads it."""
    return READ_BY_PEOPLE.fullmatch(path.rpartition("/")[2]) is not None


def package_directory(path: str) -> str | None:
    """Return the directory whose tests run with the packages that a file lists; None where it lists none."""
    directory, _, name = path.rpartition("/")
    if not PACKAGES.fullmatch(name) and not directory.endswith("requirements"):
        return None
    return parent(directory) if directory.rpartition("/")[2] == "requirements" else directory or ROOT


def _marks(path: str, checkout: Checkout) -> Iterator[tuple[Kind, str]]:
    name = path.rpartition("/")[2]
    if name in (*CONFIG_FILES, CONFTEST):
        yield Kind.SETTINGS, parent(path)
    if not path.startswith("../") and not is_read_by_people(path):
        yield from _in_project(path, checkout)


def _in_project(path: str, checkout: Checkout) -> Iterator[tuple[Kind, str]]:
    name, source, folder = path.rpartition("/")[2], checkout.map.source(path), checkout.map.folder(path)
    is_test, is_document = checkout.is_test(path), DOCUMENT.fullmatch(name) is not None
    if path.endswith(".py"):
        yield Kind.PYTHON, path
    if directory := package_directory(path):
        yield Kind.PACKAGES, directory
    if source and (folder or not is_document):
        yield Kind.DIRECTORY, source
    named = checkout.map.named(path)
    if not is_test:
        yield from ((Kind.NAMED, each.service) for each in named)
    if folder and not is_test and name != CONFTEST and not checkout.is_used(path):
        yield Kind.FOLDER, folder
    if not (folder or is_test or named):
        yield from _in_code(path, source, checkout, is_document=is_document)


def _in_code(path: str, source: str | None, checkout: Checkout, *, is_document: bool) -> Iterator[tuple[Kind, str]]:
    is_among_code = source is None and parent(path) != ROOT and parent(path) in checkout.python_directories
    if is_document and not is_among_code:
        return
    yield Kind.ANYTHING, ""
    if source:
        yield Kind.SERVICE, source
    elif path.endswith(".py"):
        yield Kind.SHARED, ""
    else:
        yield Kind.DATA, nearest(path, checkout.code_directories) or ROOT
