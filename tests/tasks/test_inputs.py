"""`inv inputs` in a small repository, with no engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FILES = {
    "tasks.py": "from cispeed_tasks import ns\n",
    "compose.yaml": "name: shop\nservices:\n  web: {build: web}\n  cache: {image: redis}\n",
    "web/Dockerfile": "FROM scratch\nCOPY src /src\nFROM scratch AS unreached\nCOPY extra /extra\nFROM scratch\nCOPY src/*.py /app/\n",
    "web/.dockerignore": "**/secret.py\n",
    "web/src/app.py": "app",
    "web/src/.hidden.py": "hidden",
    "web/src/secret.py": "secret",
    "web/src/notes.txt": "notes",
    "web/extra/other": "other",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def inv(directory: Path, *words: str) -> tuple[int, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CISPEED", "COMPOSE_"))}
    argv = [sys.executable, "-m", "invoke", *words]
    done = subprocess.run(argv, cwd=directory, env=kept, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_only_what_the_reached_stage_can_take_is_listed(repository: Path) -> None:
    code, output = inv(repository, "inputs", "web", "--json")
    assert code == 0, output
    found = json.loads(output)
    assert found["files"] == [{"path": "src/.hidden.py", "bytes": 6}, {"path": "src/app.py", "bytes": 3}]
    assert found["whole_context"] is None


def test_where_it_cannot_be_told_the_whole_context_counts_and_it_says_why(repository: Path) -> None:
    (repository / "web/Dockerfile").write_text("# syntax=example.org/frontend:1\nFROM scratch\nCOPY src /app/\n")
    code, output = inv(repository, "inputs", "web")
    assert code == 0, output
    assert "the whole context counts: " in output
    assert "secret.py" not in output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "name one service, such as: inv inputs backend"),
        (("wep",), "there is no service 'wep'; did you mean 'web'?"),
        (
            ("cache",),
            "no image is built here for 'cache', so it has no inputs in this checkout; `inv check` says which images are",
        ),
    ],
)
def test_bad_words(repository: Path, words: tuple[str, ...], sentence: str) -> None:
    assert inv(repository, "inputs", *words) == (2, f"{sentence}\n")
