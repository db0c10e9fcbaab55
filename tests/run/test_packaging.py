"""The package as people get it: built from its source archive, and installed where nothing of this checkout is."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = str(Path(sys.executable).with_name("uv"))


def run(*argv: str, cwd: Path) -> str:
    env = {key: value for key, value in os.environ.items() if key not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{argv}:\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the source archive, and the wheel that is built from it."""
    directory = tmp_path_factory.mktemp("dist")
    run(UV, "build", "--quiet", "--out-dir", str(directory), cwd=ROOT)
    return directory


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has the wheel and what it depends on."""
    directory = tmp_path_factory.mktemp("environment") / "venv"
    (wheel,) = built.glob("*.whl")
    run(UV, "venv", "--quiet", "--python", sys.executable, str(directory), cwd=directory.parent)
    programs = directory / ("Scripts" if os.name == "nt" else "bin")
    run(UV, "pip", "install", "--quiet", "--python", str(programs / "python"), str(wheel), cwd=directory.parent)
    return programs


def tracked() -> set[str]:
    """The files of the package that git tracks, or would with `git add`."""
    found = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "cispeed_tasks", cwd=ROOT)
    return {name for name in found.split("\0") if name and (ROOT / name).is_file()}


def tree(directory: Path, names: set[str]) -> dict[str, tuple[bytes, bool]]:
    """The bytes of some files, and whether they may be run."""
    return {name: ((directory / name).read_bytes(), os.access(directory / name, os.X_OK)) for name in names}


def test_the_wheel_holds_the_package_the_licence_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        about = {name.partition(".dist-info/")[2] for name in archive.namelist() if ".dist-info/" in name}
    assert names == tracked()
    assert {"cispeed_tasks/py.typed", "cispeed_tasks/sample/.gitignore", "cispeed_tasks/sample/.env.example"} <= names
    assert about == {"METADATA", "WHEEL", "RECORD", "licenses/LICENSE"}


def test_the_source_archive_has_what_a_build_needs(built: Path) -> None:
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "README.md", "pyproject.toml", "cispeed_tasks/py.typed", "tasks.py"} <= names
    assert not [name for name in names if "/.cispeed/" in name or "node_modules" in name]


def test_an_empty_environment_lists_the_tasks(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_text("from cispeed_tasks import ns\n")
    said = run(str(installed / "inv"), "--list", cwd=tmp_path)
    assert said.startswith("Tasks (`inv --help TASK` says more")
    assert "\n  sample" in said


def test_the_sample_of_the_installed_package_is_the_one_of_this_checkout(installed: Path, tmp_path: Path) -> None:
    run(str(installed / "python"), "-m", "cispeed_tasks", "sample", "try-it", cwd=tmp_path)
    made = set(run("git", "ls-files", "-z", cwd=tmp_path / "try-it").split("\0")) - {"", "tasks.py"}
    start = "cispeed_tasks/sample/"
    assert made == {name.removeprefix(start) for name in tracked() if name.startswith(start)}
    assert tree(tmp_path / "try-it", made) == tree(ROOT / start, made)
    said = run(str(installed / "inv"), "check", cwd=tmp_path / "try-it")
    assert said.endswith("✓ the config is right\n")
