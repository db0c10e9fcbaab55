"""Only what changed is built: on the sample, while files change, after a kill, and twice at once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docker.repositories import Repository, docker, forget_images

INV = str(Path(sys.executable).parent / "inv")
SLOW = "FROM debian:trixie-slim\nCOPY src /src\nRUN sleep 4\nCOPY src /again\n"
NOTHING = "nothing that reaches them changed"


@pytest.fixture
def slow(new_repository: Callable[..., Repository]) -> Repository:
    """One service whose build takes a while."""
    files = {
        "compose.yaml": "name: slow\nservices:\n  app: {build: ., command: sleep 60}\n",
        "Dockerfile": SLOW,
        # A text that no run before had, so that nothing comes from the cache.
        "src/a": f"one {time.time()}\n",
        "README.md": "x",
    }
    forget_images("slow")
    return new_repository("slow", files)


def content(image: str, path: str) -> str:
    return docker("run", "--rm", "--entrypoint", "cat", image, path)


def test_the_sample_builds_what_an_edit_reaches(changed_sample: Repository) -> None:
    sample = changed_sample
    sample.inv("build-optimized")
    assert f"reuse 9 images: {NOTHING}" in sample.inv("build-optimized")
    code = sample.path / "services/rag_service/rag_service/text.py"
    code.write_text(f"{code.read_text()}# {time.time()}\n")
    edited = sample.inv("build-optimized", "--explain")
    assert (
        "\nbuild rag_service → changed-rag_service:full: services/rag_service/rag_service/text.py changed;" in edited
    ), edited
    assert "images: 1 built, 9 reused" in edited
    (sample.path / "README.md").write_text("another\n")
    (sample.path / "services/rag_service/tests/test_text.py").write_text("# another\n")
    assert f"reuse 9 images: {NOTHING}" in sample.inv("build-optimized")
    base = sample.path / "images/python-poetry-base/Dockerfile"
    base.write_text(f"{base.read_text()}LABEL edited={time.time()}\n")
    planned = sample.inv("build-optimized", "--dry-run")
    said = "base images/python-poetry-base:3.13 changed: images/python-poetry-base/Dockerfile changed"
    standing = ("orchestrator", "rag_service", "git_adapter", "coding_agent", "backend", "migrate")
    assert [name for name in standing if f"build {name} → changed-{name}:full: {said}" not in planned] == []
    assert planned.count("\nbuild ") == len(standing) + 1


def test_a_file_that_git_ignores_and_copy_takes_counts(slow: Repository) -> None:
    slow.write("Dockerfile", "FROM scratch\nCOPY src /src\n")
    slow.write(".gitignore", "*.secret\n")
    slow.inv("build-optimized")
    slow.write("src/x.secret", "1")
    assert "src/x.secret is new" in slow.inv("build-optimized", "--explain")


def test_what_the_tasks_write_never_reaches_an_image(slow: Repository) -> None:
    slow.write("Dockerfile", "FROM debian:trixie-slim\nCOPY . /all\n")
    slow.inv("build-optimized")
    assert "reuse app" in slow.inv("build-optimized")
    assert docker("run", "--rm", "slow-app:full", "ls", "-A", "/all").split() == [
        "Dockerfile",
        "README.md",
        "compose.yaml",
        "src",
        "tasks.py",
    ]


def test_files_that_change_during_a_build_are_built_again(slow: Repository) -> None:
    with _started(slow, "RUN sleep") as process:
        slow.write("src/a", "two\n")
        output = _rest(process)
    assert "files changed while they were built into app; building again what the checkout is now" in output
    assert content("slow-app:full", "/src/a") == content("slow-app:full", "/again/a") == "two\n"
    assert "reuse app: nothing that reaches it changed" in slow.inv("build-optimized")
    slow.inv("full-up")
    assert "✓ as the checkout" in slow.inv("status")
    slow.write("src/a", "three\n")
    status = json.loads(slow.inv("status", "--json"))
    assert [(row["as_checkout"], row["changes"]) for row in status] == [(False, ["src/a changed"])]


def test_a_dockerfile_that_changes_before_it_is_read_names_no_image(new_repository: Callable[..., Repository]) -> None:
    base = f"FROM debian:trixie-slim\nRUN sleep 4; echo {time.time_ns()}\n"
    first, second = (f"FROM waves/base:1\nRUN echo {word} > /word\n" for word in ("first", "second"))
    files = {
        "compose.yaml": "name: waves\nservices: {app: {build: app}}\n",
        "cispeed.yaml": "bases: {base: {image: 'waves/base:1', context: base}}\n",
        "base/Dockerfile": base,
        "app/Dockerfile": first,
    }
    repository = new_repository("waves", files)
    forget_images("waves")
    with _started(repository, "RUN sleep") as process:
        repository.write("app/Dockerfile", second)
        output = process.communicate(timeout=120)[0]
    assert process.returncode == 1, output
    assert "app/Dockerfile changed while app was built; run this again" in output
    repository.write("app/Dockerfile", first)
    assert "build app → waves-app:full" in repository.inv("build-optimized")
    assert content("waves-app:full", "/word") == "first\n"


def test_a_build_that_is_killed_leaves_nothing_that_would_be_reused(slow: Repository) -> None:
    with _started(slow, "RUN sleep") as process:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    slow.write("src/a", "two\n")
    assert "build app → slow-app:full: there is no image yet" in slow.inv("build-optimized")
    assert content("slow-app:full", "/again/a") == "two\n"


def test_two_at_once_end_well(slow: Repository) -> None:
    processes = [_process(slow) for _ in range(2)]
    outputs = [_rest(process) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    assert "reuse app" in slow.inv("build-optimized")


def _process(repository: Repository) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [INV, "build-optimized"], cwd=repository.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _started(repository: Repository, sign: str) -> subprocess.Popen[str]:
    """A build that has come to the line with `sign`."""
    process = _process(repository)
    assert process.stdout is not None
    seen = ""
    while sign not in seen:
        line = process.stdout.readline()
        assert line, seen
        seen += line
    return process


def _rest(process: subprocess.Popen[str]) -> str:
    output = process.communicate(timeout=120)[0]
    assert process.returncode == 0, output
    return output
