"""A user's mistake, with the real `inv` in a real repository: a sentence and an exit code, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMPOSE = "name: shop\nservices:\n  backend: {build: backend}\n  client: {image: node:20}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    files = {
        "tasks.py": "from cispeed_tasks import ns\n",
        "compose.yaml": COMPOSE,
        "backend/Dockerfile": "FROM python:3.13\nCOPY . /app\n",
        "backend/requirements.txt": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def inv(directory: Path, *words: str, **env: str) -> tuple[int, str]:
    """The exit code and all that was printed."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HOLLOW", "CISPEED", "COMPOSE_"))}
    done = subprocess.run(
        [sys.executable, "-m", "invoke", *words],
        cwd=directory,
        env={**kept, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stdout
    return done.returncode, done.stdout


def test_every_fault_of_a_broken_config_is_printed(repository: Path) -> None:
    (repository / "cispeed.yaml").write_text("servces: {}\nservices:\n  backend: {need: x}\n")
    code, said = inv(repository, "check")
    assert code == 2
    first, second = said.splitlines()
    assert first == "cispeed.yaml:1:1: unknown key 'servces'; did you mean 'services'?"
    assert second.startswith("cispeed.yaml:3:13: services.backend: unknown key 'need'; there is: base, ")


def test_services_of_the_config_have_to_exist(repository: Path) -> None:
    (repository / "cispeed.yaml").write_text("services:\n  bakend: {}\nprepare:\n- {service: clinet, command: x}\n")
    assert inv(repository, "check") == (
        2,
        (
            "cispeed.yaml:2:3: services.bakend: the Compose files have no service 'bakend' in the active profiles; did you mean 'backend'?\n"
            "cispeed.yaml:4:4: prepare.0.service: the Compose files have no service 'clinet' in the active profiles; did you mean 'client'?\n"
        ),
    )


@pytest.mark.parametrize("task", ["build-optimized", "full-up", "hollow-up"])
def test_an_unknown_service_is_met_with_the_likely_one(repository: Path, task: str) -> None:
    assert inv(repository, task, "bakend") == (2, "there is no service 'bakend'; did you mean 'backend'?\n")


def test_a_directory_without_a_compose_file(tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_text("from cispeed_tasks import ns\n")
    code, said = inv(tmp_path, "build-optimized", "--dry-run")
    assert (code, said) == (
        2,
        (
            f"{tmp_path} has no Compose file (compose.yaml, docker-compose.yml …): go to the repository, or name it in "
            "cispeed.yaml\n"
        ),
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("prune", "--keep", "x"), "--keep x: not a number of images; write for example --keep 30"),
        (("prune", "--cache-older-than", "soon"), "--cache-older-than soon: write an age such as 7d, 24h or 30m"),
        (("prune", "--cache-keep", "much"), "--cache-keep much: write a size such as 5gb or 500mb"),
        (
            ("dockerfile", "backend"),
            "'backend' has a Dockerfile of its own; `inv optimize` says what could be better in it",
        ),
        (("dockerfile", "x"), "'x' is no service; there is: backend, client"),
        (("build-base", "--dry-run", "x"), "there is no base 'x'; cispeed.yaml names none"),
    ],
)
def test_a_wrong_word_is_named(repository: Path, words: tuple[str, ...], sentence: str) -> None:
    assert inv(repository, *words) == (2, f"{sentence}\n")


def test_push_wants_a_registry(repository: Path) -> None:
    code, said = inv(repository, "build-optimized", "--push")
    assert (code, said.splitlines()[0]) == (
        2,
        "--push needs to know where to: write `registry: ghcr.io/ORGANISATION/REPOSITORY` into cispeed.yaml",
    )


def test_hollow_is_yes_or_no(repository: Path) -> None:
    code, said = inv(repository, "playwright-test", HOLLOW="maybe")
    assert (code, said) == (2, "HOLLOW=maybe: neither true nor false; write one of 1, true, yes, 0, false, no\n")


def test_what_compose_refuses_is_shown_in_its_words(repository: Path) -> None:
    (repository / "compose.yaml").write_text("services: {web: {imgae: x}}\n")
    code, said = inv(repository, "check")
    assert code == 2
    assert said.startswith(f"Compose does not accept the files in {repository}:\n    ")


def test_a_missing_docker_is_a_missing_tool(repository: Path, tmp_path: Path) -> None:
    code, said = inv(repository, "check", PATH=str(tmp_path / "empty"))
    assert (code, said) == (
        3,
        "`docker` is not installed or not on PATH; `inv engine-up` installs it, or see docs.docker.com/engine/install\n",
    )


def test_a_dry_run_prints_the_plan_and_writes_its_files_without_an_engine(repository: Path) -> None:
    code, said = inv(repository, "build-optimized", "--dry-run", DOCKER_HOST="unix:///no/such.sock")
    assert (code, said) == (
        0,
        (
            "! this is the plan as if no image were there: no Docker Engine answers at unix:///no/such.sock\n"
            "root python:3.13: pulled, or made where no registry answers\n"
            "build backend → shop-backend:full: its own Dockerfile\n"
            f"dry run: nothing was built. By hand: cd {repository} && docker buildx bake -f .cispeed/docker-bake.json backend\n"
        ),
    )
    assert {path.name for path in (repository / ".cispeed").iterdir()} == {
        ".gitignore",
        "docker-bake.json",
        "docker-compose.optimized.yml",
        "dockerfiles",
    }


def test_check_says_what_was_understood(repository: Path) -> None:
    code, said = inv(repository, "check")
    assert (code, said) == (
        0,
        f"""\
project shop in {repository}
config: no cispeed.yaml; everything is inferred
Compose files: compose.yaml

Services
  service  packages  source          full image          hollow
  backend  pip       backend → /app  its own Dockerfile  hollow half of its Dockerfile
  client   -         -               node:20             runs as in Compose

✓ the config is right
""",
    )
