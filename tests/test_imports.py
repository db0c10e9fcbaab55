"""The doors between the rooms: who may import what, read from the imports themselves."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "cispeed_tasks"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if PACKAGE / "sample" not in path.parents)
SIGHT = re.compile(
    r"(?<![.\w])(?<!def )open\(|\.(read_text|read_bytes|write_text|write_bytes|exists|is_file|is_dir|iterdir|glob|stat)\("
    r"|datetime\.now|time\.(time|monotonic)|os\.environ|os\.getenv"
)
"""What a plan would look at the world with."""


@dataclass(frozen=True)
class Import:
    module: str
    """The importing module, by its path in the package: plan/bake.py."""
    name: str
    """The whole name that is imported: docker.errors.NotFound."""
    deferred: bool
    """In a function, or for the type checker only."""

    @property
    def room(self) -> str:
        return self.module.split("/")[0]

    def __str__(self) -> str:
        return f"{self.module}: {self.name}"


@cache
def imports() -> list[Import]:
    return [found for path in MODULES for found in _of_module(path)]


def _of_module(path: Path) -> Iterator[Import]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    deferred = {inner for node in ast.walk(tree) if _defers(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        for name in _names(node):
            yield Import(path.relative_to(PACKAGE).as_posix(), name, node in deferred)


def _defers(node: ast.AST) -> bool:
    is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return is_function or (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def importers(package: str) -> set[str]:
    return {found.module for found in imports() if found.name.split(".")[0] == package}


def of_ours(room: str) -> list[Import]:
    return [found for found in imports() if found.room == room and found.name.startswith("cispeed_tasks")]


def rooms_of(found: list[Import]) -> set[str]:
    return {one.name.split(".")[1] for one in found}


def test_invoke_stays_in_tasks() -> None:
    assert {module.split("/")[0] for module in importers("invoke")} == {"tasks"}


def test_pyyaml_has_few_doors() -> None:
    others = {m for m in importers("yaml") if not m.startswith("tools/yaml_")}
    assert others == {"config.py", "tools/compose_yaml.py"}


def test_the_docker_sdk_is_imported_in_one_module_and_its_errors_in_tools() -> None:
    found = [one for one in imports() if one.name.split(".")[0] == "docker"]
    clients = {one.module for one in found if not one.name.startswith("docker.errors")}
    assert clients == {"tools/engine.py"}
    assert {one.room for one in found} == {"tools"}


def test_requests_has_one_door_and_its_errors_stay_in_tools() -> None:
    found = [one for one in imports() if one.name.split(".")[0] == "requests"]
    clients = {one.module for one in found if not one.name.startswith("requests.exceptions")}
    assert clients == {"tools/registry_http.py"}
    assert {one.room for one in found} == {"tools"}


@pytest.mark.parametrize("package", ["docker", "jinja2", "rich", "requests"])
def test_slow_libraries_are_imported_late(package: str) -> None:
    eager = [str(one) for one in imports() if one.name.split(".")[0] == package and not one.deferred]
    assert eager == []


def test_subprocess_has_one_door() -> None:
    found = {one.module for one in imports() if one.name == "subprocess" and not one.deferred}
    assert found == {"tools/process.py"}


def test_pathspec_has_one_door() -> None:
    assert importers("pathspec") <= {"plan/patterns.py"}


def test_plan_knows_only_itself_and_what_lies_below() -> None:
    assert rooms_of(of_ours("plan")) <= {"plan", "config", "config_cache", "config_schema", "errors", "model"}


def test_tools_know_nothing_of_the_other_rooms() -> None:
    assert rooms_of(of_ours("tools")) <= {"tools", "config", "config_schema", "errors", "model"}


def test_run_knows_nothing_of_tasks() -> None:
    assert "tasks" not in rooms_of(of_ours("run"))


def test_tasks_import_run_only_when_they_run() -> None:
    eager = [str(one) for one in of_ours("tasks") if one.name.split(".")[1] in {"run", "tools"} and not one.deferred]
    assert eager == []


def test_only_the_package_itself_imports_tasks() -> None:
    found = {one.module for one in imports() if one.name.startswith("cispeed_tasks.tasks") and one.room != "tasks"}
    assert found == {"__init__.py", "__main__.py"}


@pytest.mark.parametrize("module", ["time", "os", "socket", "shutil", "tempfile", "sys", "random"])
def test_plan_has_no_means_to_look_outside(module: str) -> None:
    found = [str(one) for one in imports() if one.room == "plan" and one.name.split(".")[0] == module]
    assert [one for one in found if not one.endswith(": os.path")] == []


def test_plan_touches_nothing() -> None:
    lines = [
        f"{path.name}: {line.strip()}"
        for path in MODULES
        if path.parent.name == "plan" or PACKAGE / "plan" in path.parents
        for line in path.read_text(encoding="utf-8").splitlines()
        if SIGHT.search(line)
    ]
    assert lines == []


def test_importing_the_package_is_lean() -> None:
    code = "import sys, cispeed_tasks; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert {"docker", "pydantic", "jinja2", "requests", "rich", "pathspec"}.isdisjoint(loaded)
    ours = [name for name in loaded if name.startswith("cispeed_tasks.")]
    assert {name.split(".")[1] for name in ours} == {"errors", "tasks"}
