"""`inv sample DIR`: the sample as a repository of a person's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cispeed_tasks

SAMPLE = Path(cispeed_tasks.__file__).parent / "sample"


def sample(directory: Path, *words: str, **env: str) -> tuple[int, str]:
    argv = [sys.executable, "-m", "cispeed_tasks", "sample", *words]
    done = subprocess.run(
        argv,
        cwd=directory,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stdout
    return done.returncode, done.stdout


def git(directory: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=directory, capture_output=True, text=True, check=True).stdout


def test_it_is_a_repository_with_everything_committed(tmp_path: Path) -> None:
    code, said = sample(tmp_path, "new/try-it", HOME=str(tmp_path), GIT_CONFIG_GLOBAL="/dev/null")
    assert (code, said) == (
        0,
        """\
✓ the sample is in new/try-it: nine services, their tests, cispeed.yaml and tasks.py
✓ it is a git repository with one commit

Next
  cd new/try-it
  inv engine-up        where no Docker Engine answers yet
  inv check            what was understood
  inv playwright-test  builds the images, brings the services up and runs the tests against them
  inv down             takes down what is left up
""",
    )
    made = tmp_path / "new/try-it"
    assert git(made, "status", "--porcelain") == ""
    assert git(made, "log", "--format=%an %s") == "sample The sample repository of cispeed_tasks\n"
    files = set(git(made, "ls-files").splitlines()) - {"tasks.py"}
    assert files >= {"cispeed.yaml", "docker-compose.yml", ".env.example", "services/backend/scripts/prestart.sh"}
    assert {name for name in files if (made / name).read_bytes() != (SAMPLE / name).read_bytes()} == set()
    assert os.access(made / "services/backend/scripts/prestart.sh", os.X_OK)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["try-it"]


def test_an_empty_directory_serves(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    assert sample(tmp_path, "here")[0] == 0
    assert (tmp_path / "here/cispeed.yaml").is_file()


@pytest.mark.parametrize("name", ["full", "file"])
def test_what_is_there_stays(tmp_path: Path, name: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine").write_text("x")
    (tmp_path / "file").write_text("y")
    before = sorted(tmp_path.rglob("*"))
    code, said = sample(tmp_path, name)
    assert (code, said) == (
        2,
        f"{tmp_path / name} is not empty and is left as it is; name a new directory, or an empty one\n",
    )
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("words", [(), ("a", "b")])
def test_one_directory_is_named(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert sample(tmp_path, *words) == (2, "name one directory, such as: inv sample try-it\n")
    assert list(tmp_path.iterdir()) == []


def test_without_git_the_files_are_there(tmp_path: Path) -> None:
    code, said = sample(tmp_path, "bare", PATH=str(tmp_path))
    assert code == 0
    assert "! git is not installed, so it is no repository yet" in said
    assert not (tmp_path / "bare/.git").exists()


def test_a_person_s_hooks_signatures_and_templates_are_not_in_the_way(tmp_path: Path) -> None:
    template = tmp_path / "template/hooks"
    template.mkdir(parents=True)
    (template / "pre-commit").write_text("#!/bin/sh\nexit 1\n")
    (template / "pre-commit").chmod(0o755)
    settings = tmp_path / "gitconfig"
    settings.write_text(
        f"[user]\nname = Me\nemail = me@example.org\n[commit]\ngpgSign = true\n[init]\ntemplateDir = {template.parent}\n"
        f"[core]\nhooksPath = {template}\n"
    )
    assert sample(tmp_path, "mine", GIT_CONFIG_GLOBAL=str(settings))[0] == 0
    assert git(tmp_path / "mine", "log", "--format=%an") == "Me\n"


def test_it_can_be_understood_by_the_tasks(tmp_path: Path) -> None:
    assert shutil.which("docker"), "Compose has to be there, an engine need not"
    assert sample(tmp_path, "s")[0] == 0
    argv = [sys.executable, "-m", "invoke", "check"]
    done = subprocess.run(argv, cwd=tmp_path / "s", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, f"project sample in {tmp_path / 's'}")
    assert done.stdout.endswith("✓ the config is right\n")
