"""Which Python files of a checkout run which others, and which are therefore reached from where something changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, KeysView, Mapping, Sequence
from dataclasses import dataclass

from cispeed_tasks.plan.directories import ROOT, join, parents
from cispeed_tasks.plan.module_names import ModuleNames

Imports = Mapping[str, frozenset[str] | None]
"""What each Python file imports: `a.b`; `.b`, relative; `a.b?`, a string that may be a module's name; `*`, which is named
while it runs. None for a file that cannot be read."""
UNKNOWN = "*"
CONFTEST = "conftest.py"


@dataclass(frozen=True)
class ImportGraph:
    """For each Python file those that run it."""

    importers: Mapping[str, Sequence[str]]

    def without(self, name: str) -> ImportGraph:
        """Return the graph as it is if files of a name import nothing."""
        kept = {path: [other for other in found if not other.endswith(name)] for path, found in self.importers.items()}
        return ImportGraph(kept)


def unclear(imports: Imports) -> tuple[str, ...]:
    """Return the files that import what is named only while they run."""
    return tuple(path for path, found in imports.items() if found and UNKNOWN in found)


def unreadable(imports: Imports) -> tuple[str, ...]:
    """Return the files of which it cannot be told what they import."""
    return tuple(path for path, found in imports.items() if found is None)


def read_graph(
    imports: Imports,
    standard: Collection[str],
    sources: Callable[[str], Sequence[str]],
    is_test: Callable[[str], bool],
    gone: Collection[str] = (),
) -> ImportGraph:
    """Find out who imports whom.

    Args:
        imports: what each Python file imports.
        standard: the names of the standard library.
        sources: for a file, the source directories of the services that it belongs to.
        is_test: whether pytest runs a file, and before it each conftest.py above it.
        gone: Python files that were there and may still be imported.
    """
    names = ModuleNames([*imports, *gone], standard)
    importers: dict[str, list[str]] = {}
    for path in sorted(imports):
        imported = imported_files(path, imports[path] or frozenset(), names, sources)
        conftests = (
            {join(directory, CONFTEST) for directory in parents(path)} & imports.keys() if is_test(path) else set()
        )
        for other in imported | conftests - {path}:
            importers.setdefault(other, []).append(path)
    return ImportGraph(importers)


def imported_files(
    path: str, found: frozenset[str], names: ModuleNames, sources: Callable[[str], Sequence[str]]
) -> set[str]:
    """Return the files that a file runs by what it imports.

    Args:
        path: the importing file.
        found: what it imports.
        names: the modules of the checkout.
        sources: for a file, the source directories of the services that it belongs to.
    """
    own = sources(path)
    imported = set(names.packages(path))
    for name in found - {UNKNOWN}:
        files = names.files(name, path, own)
        is_mere = name.endswith("?") and not names.begins_at_root(name)
        imported |= {file for file in files if not _is_foreign(own, sources(file))} if is_mere else files
    return imported - {path}


def _is_foreign(own: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether a mere string in one service means a module of another: words like `client.get` are in many."""
    return bool(own and set(others) - {ROOT}) and set(own).isdisjoint(others)


def reach(graph: ImportGraph, seeds: Mapping[str, str]) -> dict[str, str]:
    """Return the files that run any of the seeds, and these, each with its cause in words.

    Args:
        graph: who imports whom.
        seeds: the files to begin with, each with what happened to it.
    """
    ways = _ways(graph, seeds)
    return {path: _cause(path, seed, seeds[seed], nearest) for path, (seed, nearest) in ways.items()}


def all_importers(graph: ImportGraph, files: Iterable[str]) -> KeysView[str]:
    """Return the files that run any of some files, and these."""
    return _ways(graph, files).keys()


def _ways(graph: ImportGraph, seeds: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return for each file that is reached where that began, and which file it imports on the way there."""
    ways = {seed: (seed, seed) for seed in seeds}
    waiting = deque(ways)
    while waiting:
        path = waiting.popleft()
        for importer in graph.importers.get(path, ()):
            if importer not in ways:
                ways[importer] = (ways[path][0], path)
                waiting.append(importer)
    return ways


def _cause(path: str, seed: str, happened: str, nearest: str) -> str:
    if path == seed:
        return happened
    if nearest == seed:
        return (
            f"{happened}, which {path} imports"
            if happened == f"{seed} changed"
            else f"{happened}; {path} imports {seed}"
        )
    if happened == f"{seed} changed":
        return f"{happened}, which {path} reaches through {nearest}"
    return f"{happened}; {path} reaches {seed} through {nearest}"
