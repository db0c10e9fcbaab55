"""What is published: a source archive, and a wheel that is built from it and has all that the tasks need."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cispeed_tasks"


def tracked(directory: Path) -> set[str]:
    """The files of a directory that git has or would take, relative to it."""
    argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(argv, cwd=directory, capture_output=True, text=True, check=True)
    return {name for name in listed.stdout.split("\0") if name and (directory / name).is_file()}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with what the wheel holds, as pip would lay it out."""
    built = tmp_path_factory.mktemp("built")
    environment = {**os.environ, "UV_HTTP_RETRIES": "8"}
    done = subprocess.run(
        [sys.executable, "-m", "uv", "build", "--quiet", "--out-dir", str(built), str(ROOT)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert sorted(path.suffix for path in built.glob("cispeed_tasks-*")) == [".gz", ".whl"]
    directory = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(directory)
    return directory


def test_the_wheel_has_every_file_of_the_package_and_no_other(installed: Path) -> None:
    package = installed / "cispeed_tasks"
    assert {path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file()} == tracked(PACKAGE)
    assert "LICENSE" in {path.name for path in installed.glob("*.dist-info/**/*")}


def test_the_sample_is_laid_out_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    place = "import cispeed_tasks; print(cispeed_tasks.__file__)"
    found = subprocess.run([sys.executable, "-c", place], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.startswith(str(installed))
    argv = [sys.executable, "-m", "cispeed_tasks", "sample", "laid-out"]
    subprocess.run(argv, cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert tracked(tmp_path / "laid-out") == tracked(PACKAGE / "sample") | {"tasks.py"}
