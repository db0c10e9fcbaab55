"""`inv cache-save`, `cache-restore` and `cache-status` where no engine answers, and what they refuse."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FILES = {
    "tasks.py": "from cispeed_tasks import ns\n",
    "compose.yaml": "name: shop\nservices:\n  web: {build: .}\n",
    "Dockerfile": "FROM debian\nRUN --mount=type=cache,target=/root/.cache/pip pip install x\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def inv(directory: Path, *words: str, **env: str) -> tuple[int, str]:
    """The exit code and all that was printed, with an engine that does not answer."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CISPEED", "COMPOSE_"))}
    argv = [sys.executable, "-m", "invoke", *words]
    env = {**kept, "DOCKER_HOST": f"unix://{directory}/none.sock", **env}
    done = subprocess.run(argv, cwd=directory, env=env, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(("task", "word"), [("cache-save", "saved"), ("cache-restore", "restored")])
def test_no_engine_fails_no_job(task: str, word: str, repository: Path) -> None:
    code, output = inv(repository, task)
    assert output.startswith(f"! cache mounts: no more is {word}: no Docker Engine answers at unix://")
    assert code == 0


def test_status_without_an_engine_is_an_error(repository: Path) -> None:
    code, output = inv(repository, "cache-status", "--key")
    assert (code, output.startswith("no Docker Engine answers at unix://")) == (3, True)


def test_status_wants_a_file_for_outputs(repository: Path) -> None:
    code, output = inv(repository, "cache-status", "--github-output", GITHUB_OUTPUT="")
    assert (code, output.partition(":")[0]) == (2, "--github-output")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("cache-mounts: {limt: 2GB}", "1:16: cache-mounts: unknown key 'limt'; did you mean 'limit'?"),
        (
            "cache-mounts: {limit: much}",
            "1:16: cache-mounts.limit: 'much' is no size: a number and B, kB, MB or GB are, such as 500MB",
        ),
        (
            "cache-mounts: {registry: r.example, directory: x}",
            "1:16: cache-mounts.registry: and a directory cannot both keep cache mounts: name one of them",
        ),
        (
            "cache-mounts: {keep: [pip], drop: [pip]}",
            "1:29: cache-mounts.drop: 'pip' is also under `keep:`; name it once",
        ),
    ],
)
def test_faults_of_the_config_have_their_place(text: str, fault: str, repository: Path) -> None:
    (repository / "cispeed.yaml").write_text(f"{text}\n")
    assert inv(repository, "cache-save") == (2, f"cispeed.yaml:{fault}\n")
