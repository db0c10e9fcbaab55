"""Read the files of a checkout as inputs of its tests; what was read once is read again only when it changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from pathlib import Path

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.model import ContextFile
from cispeed_tasks.plan.fingerprint import digest
from cispeed_tasks.plan.kept_files import ENVIRONMENT, KeptFiles, inputs_among
from cispeed_tasks.plan.mentions import LONGEST, Mentions, is_read, read_mentions
from cispeed_tasks.run.tested_checkout import below
from cispeed_tasks.tools import checkout, checkout_entries, python_imports
from cispeed_tasks.tools.file_digests import FileDigests

Stamp = tuple[int, tuple[int, int, int]]


class Readings:
    """What was read of files, by what the file system said of them then."""

    def __init__(self, top: Path, digests: FileDigests, variables: Collection[str] = ()) -> None:
        """Take what reading depends on.

        Args:
            top: the directory that paths are relative to.
            digests: remembers the digests of files.
            variables: names of environment variables to look for, in small letters.
        """
        self.top, self.digests, self._variables = top, digests, frozenset(variables)
        self._imports: dict[tuple[str, Stamp], frozenset[str] | None] = {}
        self._mentions: dict[tuple[str, Stamp], Mentions] = {}

    def imports(self, entry: ContextFile) -> frozenset[str] | None:
        """Return what a Python file imports."""
        key = (entry.path, (entry.size, entry.stamp))
        if key not in self._imports:
            self._imports[key] = python_imports.read_imports(self.top, [entry.path])[entry.path]
        return self._imports[key]

    def mentions(self, entry: ContextFile) -> Mentions:
        """Return what a file names."""
        key = (entry.path, (entry.size, entry.stamp))
        if key not in self._mentions:
            is_text = entry.kind == "file" and entry.size <= LONGEST and is_read(entry.path)
            text = checkout.text(self.top / entry.path) if is_text else None
            self._mentions[key] = Mentions() if text is None else read_mentions(entry.path, text, self._variables)
        return self._mentions[key]


class SuiteFiles:
    """One look at a checkout."""

    def __init__(self, readings: Readings) -> None:
        self._readings, self._top = readings, readings.top
        self.entries: Mapping[str, ContextFile] = inputs_among(checkout_entries.list_entries(self._top, KeptFiles()))

    @cached_property
    def _ends(self) -> dict[str, Path]:
        links = (path for path, entry in self.entries.items() if entry.kind == "link")
        return checkout_entries.follow(self._top, links)

    @cached_property
    def links(self) -> dict[str, str]:
        """Where the links lead to, relative to the top directory."""
        real = self._top.resolve()
        return {link: below(end, real) for link, end in self._ends.items()}

    def outside(self, link: str) -> str | None:
        """Return the directory beyond the checkout that a link leads to, unless packages are installed there."""
        end = self._ends.get(link)
        if end is None or not self.links[link].startswith("..") or not end.is_dir():
            return None
        return None if (end / ENVIRONMENT).exists() else str(end)

    def imports(self, path: str) -> frozenset[str] | None:
        """Return what a Python file imports; of what is no file, nothing."""
        entry = self.entries[path]
        return self._readings.imports(entry) if entry.kind == "file" else frozenset()

    def mentions(self, path: str) -> Mentions:
        """Return what a file names."""
        return self._readings.mentions(self.entries[path])

    def state(self, path: str) -> str:
        """Return a text that says what an entry is now: its kind, whether it may be run, what a link says, its content."""
        entry = self.entries[path]
        content = self._digest(entry, self._top) if entry.kind == "file" else self._end(path)
        return f"{entry.kind}{' executable' if entry.executable else ''} {content}"

    def _end(self, link: str) -> str:
        """What a link says, and beyond the checkout also what the file is that it leads to."""
        end = self._ends.get(link)
        if end is None or not self.links[link].startswith("..") or not end.is_file():
            return self.entries[link].link or ""
        return digest(self.entries[link].link, self._digest(checkout_entries.file_entry(end), end.parent))

    def _digest(self, entry: ContextFile, directory: Path) -> str:
        try:
            return self._readings.digests.of(str(directory))(entry)
        except WorkFailed:
            return "cannot be read"
