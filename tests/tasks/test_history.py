"""`inv history` and `inv report` from the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def run(directory: Path, *words: str) -> tuple[int, str]:
    argv = [sys.executable, "-m", "cispeed_tasks", *words]
    done = subprocess.run(argv, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def test_the_tasks_take_their_words_and_options(tmp_path: Path) -> None:
    code, said = run(tmp_path, "history", "--merge", "a", "b")
    assert (code, said.partition(";")[0]) == (2, "--merge a: there is no such file")
    code, said = run(tmp_path, "history", "report", "--html", "page.html")
    assert (code, said.splitlines()[0][:29]) == (0, "Nothing is remembered yet: bu")
    assert (tmp_path / "page.html").stat().st_size > 100_000
