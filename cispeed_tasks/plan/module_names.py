"""Which files of a checkout the name of a Python module can mean; where it cannot be told, all that it can be."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from cispeed_tasks.plan.directories import ROOT, join, parent, parents

INIT = "__init__.py"


class ModuleNames:
    """Finds modules as Python's import system does, in any directory that could be on the path."""

    def __init__(self, python: Collection[str], standard: Collection[str]) -> None:
        """Look through the checkout.

        Args:
            python: the paths of its Python files.
            standard: names of the standard library, which only a module near the importing file hides.
        """
        self._python = frozenset(python)
        self._standard = frozenset(standard)
        self._directories = frozenset(directory for path in python for directory in parents(path))
        self._names = {path.rpartition("/")[2].removesuffix(".py") for path in self._python | self._directories}
        self._holders: dict[str, set[str]] = {}
        for path in self._python | self._directories:
            if not self._is_package(parent(path)):
                self._holders.setdefault(path.rpartition("/")[2].removesuffix(".py"), set()).add(parent(path))

    def files(self, name: str, importer: str, sources: Sequence[str] = ()) -> frozenset[str]:
        """Return the files that an import runs: of the packages on the way, and the module.

        A name that goes on after a module's is one in that module. A checkout has many directories that could be on
        the path: those near the importing file are looked at first, and only then all others.

        Args:
            name: a module's name as an import says it, `.` before one that is relative; `?` behind a mere string.
            importer: the path of the importing file.
            sources: directories that its service's code is imported from.
        """
        if name.startswith("."):
            return frozenset(self._relative(name, importer))
        parts = name.removesuffix("?").split(".")
        if parts[0] not in self._names:
            return frozenset()
        near = [self._base(importer), *_with_src(sources)]
        found, is_sure = self._look_in(near, parts)
        if not (is_sure and sources):
            # Of code that is no service's it cannot be told whether its own directory is on the path.
            more, is_also_sure = self._look_in(_with_src([ROOT]), parts)
            found, is_sure = found | more, is_sure or is_also_sure
        if not is_sure and parts[0] not in self._standard:
            found |= self._look_in(sorted(self._holders.get(parts[0], ())), parts)[0]
        return frozenset(found)

    def begins_at_root(self, name: str) -> bool:
        """Tell whether the first two parts of a name are a path from the checkout's own directory, so that no word is like it."""
        path = "/".join(name.removesuffix("?").split(".")[:2])
        return "/" in path and (path in self._directories or f"{path}.py" in self._python)

    def packages(self, path: str) -> Iterator[str]:
        """Yield the files of the packages that a module lies in, which run before it."""
        inits = (join(directory, INIT) for directory in parents(path) if directory != ROOT)
        yield from (init for init in inits if init in self._python and init != path)

    def _relative(self, name: str, importer: str) -> list[str]:
        rest = name.lstrip(".")
        directory = parent(importer)
        for _ in range(len(name) - len(rest) - 1):
            directory = parent(directory)
        own = join(directory, INIT)
        return [*([own] if own in self._python else []), *self._walk(directory, rest.split(".") if rest else [])]

    def _look_in(self, directories: Sequence[str], parts: Sequence[str]) -> tuple[set[str], bool]:
        """Return what is found, and whether it is all."""
        found = {path for directory in directories for path in self._walk(directory, parts)}
        if any(self._is_module(directory, parts[0]) for directory in directories):
            return found, True
        # A package without `__init__.py` goes on elsewhere, but what it has here comes first; only one with it anywhere,
        # or a module, hides it all (PEP 420).
        holders = self._holders.get(parts[0], ())
        return found, bool(found) and not any(self._is_module(holder, parts[0]) for holder in holders)

    def _is_module(self, directory: str, name: str) -> bool:
        """Tell whether a directory has a module of a name, or a package with `__init__.py`."""
        place = join(directory, name)
        return f"{place}.py" in self._python or self._is_package(place)

    def _walk(self, directory: str, parts: Sequence[str]) -> Iterator[str]:
        for part in parts:
            directory = join(directory, part)
            if self._is_package(directory):
                yield join(directory, INIT)
            elif f"{directory}.py" in self._python:
                yield f"{directory}.py"
                return
            elif directory not in self._directories:
                return

    def _is_package(self, directory: str) -> bool:
        return join(directory, INIT) in self._python

    def _base(self, path: str) -> str:
        """Return the directory that pytest puts on the path for a file: the first upwards that is no package."""
        return next((directory for directory in parents(path) if not self._is_package(directory)), ROOT)


def _with_src(directories: Sequence[str]) -> list[str]:
    return [place for directory in directories for place in (directory, join(directory, "src"))]
