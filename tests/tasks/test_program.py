"""`python -m cispeed_tasks`: the tasks without a tasks.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def run(directory: Path, *words: str) -> tuple[int, str]:
    argv = [sys.executable, "-m", "cispeed_tasks", *words]
    done = subprocess.run(argv, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def test_it_lists_the_tasks(tmp_path: Path) -> None:
    code, said = run(tmp_path, "--list")
    assert code == 0
    assert said.startswith("Tasks (`python -m cispeed_tasks --help TASK` says more; several run in the order given):\n")
    assert "\n  init " in said


def test_without_a_task_it_says_what_there_is(tmp_path: Path) -> None:
    code, said = run(tmp_path)
    assert code == 0
    assert said.startswith("Usage: python -m cispeed_tasks [--core-opts] ")
    assert "\n  init " in said


@pytest.mark.parametrize(
    ("words", "code", "start"),
    [
        (("--version",), 0, "cispeed_tasks "),
        (("--help", "init"), 0, "Usage: python -m cispeed_tasks [--core-opts] init [--options]"),
        (("nope",), 1, "No idea what 'nope' is!"),
        (("inputs", "a", "b"), 2, "name one service, such as: inv inputs backend"),
    ],
)
def test_it_is_invoke_s_own_command_line(tmp_path: Path, words: tuple[str, ...], code: int, start: str) -> None:
    found, said = run(tmp_path, *words)
    assert (found, said[: len(start)]) == (code, start)
