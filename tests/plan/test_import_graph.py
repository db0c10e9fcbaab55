"""Imports are followed to the files that Python itself loads."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cispeed_tasks.plan.import_graph import ImportGraph, reach, read_graph
from cispeed_tasks.plan.module_names import ModuleNames
from cispeed_tasks.tools.python_imports import STANDARD, imports_of

FILES = (
    "api/app/__init__.py",
    "api/app/db.py",
    "api/src/inner.py",
    "api/queue.py",
    "api/scripts/config.py",
    "api/tests/fakes.py",
    "rag/app/db.py",
    "rag/logging.py",
    "rag/config.py",
    "shared/__init__.py",
    "shared/money.py",
    "spaces/one/a.py",
    "spaces/two/one/a.py",
    "api/jobs/run.py",
    "rag/jobs/run.py",
    "libs/tax/jobs2/run.py",
    "jobs2/run.py",
    "tests/__init__.py",
    "tests/unit/__init__.py",
    "tests/unit/help.py",
    "setup.py",
)


@pytest.mark.parametrize(
    ("name", "importer", "found"),
    [
        ("shared.money", "api/app/db.py", "shared/__init__.py shared/money.py"),
        ("shared.money.cents", "x.py", "shared/__init__.py shared/money.py"),
        ("shared.gone", "x.py", "shared/__init__.py"),
        ("app.db", "api/tests/test_db.py", "api/app/__init__.py api/app/db.py"),
        ("app.db", "tests/unit/test_db.py", "api/app/__init__.py api/app/db.py rag/app/db.py"),
        ("app.db", "rag/app/main.py", "rag/app/db.py api/app/__init__.py api/app/db.py"),
        ("fakes", "api/tests/test_db.py", "api/tests/fakes.py"),
        ("inner", "api/app/db.py", "api/src/inner.py"),
        ("config", "x.py", "api/scripts/config.py rag/config.py"),
        ("config", "rag/x.py", "rag/config.py"),
        ("queue", "api/app/db.py", "api/queue.py"),
        ("queue", "rag/app/db.py", ""),
        ("logging", "api/app/db.py", ""),
        ("one.a", "x.py", "spaces/one/a.py spaces/two/one/a.py"),
        ("jobs.run", "x.py", "api/jobs/run.py rag/jobs/run.py"),
        ("jobs.run", "rag/x.py", "rag/jobs/run.py"),
        ("jobs.gone", "rag/x.py", ""),
        ("jobs2.run", "libs/tax/x.py", "libs/tax/jobs2/run.py jobs2/run.py"),
        (".db", "api/app/__init__.py", "api/app/__init__.py api/app/db.py"),
        (".", "api/app/db.py", "api/app/__init__.py"),
        ("..help", "tests/unit/deep/test_x.py", "tests/unit/__init__.py tests/unit/help.py"),
        ("...x", "setup.py", ""),
        ("tests.unit.help", "tests/unit/test_x.py", "tests/__init__.py tests/unit/__init__.py tests/unit/help.py"),
        ("shared.money?", "x.py", "shared/__init__.py shared/money.py"),
        ("requests", "x.py", ""),
        ("", "x.py", ""),
        ("zz..b", "x.py", ""),
    ],
)
def test_a_name_means_the_nearest_module_or_all_that_it_can_mean(name: str, importer: str, found: str) -> None:
    source = importer.partition("/")[0]
    sources = [source] if source in {"api", "rag"} else []
    assert ModuleNames(FILES, STANDARD).files(name, importer, sources) == frozenset(found.split())


def graph(files: Mapping[str, str], *gone: str) -> ImportGraph:
    imports = {path: imports_of(text.encode()) for path, text in files.items()}
    return read_graph(imports, STANDARD, lambda path: (path.split("/")[0],), lambda path: "test_" in path, gone)


def test_packages_and_conftests_are_run_first() -> None:
    files = dict.fromkeys(["conftest.py", "t/conftest.py", "t/u/__init__.py", "t/u/test_a.py", "t/u/help.py"], "")
    found = graph(files).importers
    assert found == {
        "conftest.py": ["t/u/test_a.py"],
        "t/conftest.py": ["t/u/test_a.py"],
        "t/u/__init__.py": ["t/u/help.py", "t/u/test_a.py"],
    }


def test_a_string_is_no_name_in_another_service() -> None:
    files = {"api/a.py": "x = 'b.get'", "rag/b.py": "", "web/c.py": "import b"}
    assert graph(files).importers == {"rag/b.py": ["web/c.py"]}


def test_a_string_that_is_a_path_from_the_root_is_a_name() -> None:
    files = {"api/a.py": "patch('rag.b.get')", "rag/b.py": "", "web/c.py": ""}
    assert graph(files).importers == {"rag/b.py": ["api/a.py"]}


def test_a_module_that_is_gone_is_still_imported() -> None:
    assert graph({"a/x.py": "from a.y import z"}, "a/y.py").importers == {"a/y.py": ["a/x.py"]}


def test_the_cause_tells_the_way() -> None:
    found = graph({"a/x.py": "import a.y", "a/y.py": "import a.z", "a/z.py": "import a.x"})
    assert reach(found, {"a/z.py": "a/z.py changed"}) == {
        "a/z.py": "a/z.py changed",
        "a/y.py": "a/z.py changed, which a/y.py imports",
        "a/x.py": "a/z.py changed, which a/x.py reaches through a/y.py",
    }
    assert reach(found, {"a/z.py": "its lock file changed"})["a/x.py"] == (
        "its lock file changed; a/x.py reaches a/z.py through a/y.py"
    )


ROOTS = ("", "libs/", "svc/")
PLACES = ("g0/m{}", "g0/deep/m{}", "libs/g1/m{}", "libs/g1/sub/m{}", "svc/g2/m{}", "svc/m{}_top")
PACKAGES = ("g0", "g0/deep", "libs/g1", "libs/g1/sub", "svc/g2")


def statement(form: int, importer: str, imported: str) -> str:
    """One of the ways to import, of those that are possible between the two."""
    name = imported.removeprefix("libs/").removeprefix("svc/").removesuffix(".py").replace("/", ".")
    package, _, last = name.rpartition(".")
    forms = [f"import {name}", f"importlib.import_module({name!r})", f"importlib.import_module(name={name!r})"]
    if package:
        forms += [f"from {package} import {last} as other", f"from {name} import *"]
        forms += [f"def f():\n    from {name} import VALUE\nf()", f"__import__({name!r}, fromlist=['VALUE'])"]
    if package and importer.rpartition("/")[0] == imported.rpartition("/")[0]:
        forms += [
            f"from . import {last}",
            f"from .{last} import VALUE",
            f"importlib.import_module('.{last}', __package__)",
        ]
    return forms[form % len(forms)]


@contextmanager
def importable(files: Mapping[str, str]) -> Iterator[Path]:
    """The files on disk, and the directories on the path that projects put there."""
    before, path = set(sys.modules), list(sys.path)
    with TemporaryDirectory() as name:
        for file, text in files.items():
            (Path(name) / file).parent.mkdir(parents=True, exist_ok=True)
            (Path(name) / file).write_text(text)
        sys.path[:0] = [str(Path(name) / root) for root in ROOTS]
        importlib.invalidate_caches()
        try:
            yield Path(name)
        finally:
            sys.path[:] = path
            for module in set(sys.modules) - before:
                del sys.modules[module]


def loaded(top: Path, name: str) -> set[str]:
    """The files that Python runs for a module."""
    before = set(sys.modules)
    importlib.import_module(name)
    new = {module: sys.modules.pop(module) for module in set(sys.modules) - before}
    files = {str(getattr(module, "__file__", None)) for module in new.values()}
    return {Path(file).relative_to(top).as_posix() for file in files if file.startswith(f"{top}/")}


PAIRS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.integers(0, 9)), max_size=14)


@settings(max_examples=30)
@given(PAIRS, st.sets(st.sampled_from(PACKAGES)), st.sets(st.tuples(st.sampled_from(PACKAGES), st.integers(0, 11))))
def test_what_python_loads_for_a_module_is_known(
    pairs: list[tuple[int, int, int]], packages: set[str], inits: set[tuple[str, int]]
) -> None:
    modules = [f"{PLACES[number % len(PLACES)].format(number)}.py" for number in range(12)]
    files = dict.fromkeys(
        [*modules, *(f"{package}/__init__.py" for package in packages)], "import importlib\nVALUE = 1\n"
    )
    for importer, imported, form in pairs:
        if importer > imported:
            files[modules[importer]] += statement(form, modules[importer], modules[imported]) + "\n"
    for package, imported in inits:
        # A package that imports a module which imports it would be a circle, which Python may refuse.
        if package in packages and not modules[imported].startswith(f"{package}/") and imported < 2:
            files[f"{package}/__init__.py"] += statement(0, f"{package}/__init__.py", modules[imported]) + "\n"
    importers = graph(files)
    with importable(files) as top:
        for module in modules:
            name = module.removeprefix("libs/").removeprefix("svc/").removesuffix(".py").replace("/", ".")
            for file in loaded(top, name):
                # The importer of the module itself is this test, which runs the module's packages as well.
                seeds = reach(importers, {file: ""})
                assert module in seeds, f"{module} loads {file}"
