"""What is in the images that the sample gets."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.docker.repositories import Repository, docker

pytestmark = pytest.mark.usefixtures("sample")

POETRY_SERVICES = ["orchestrator", "rag_service", "git_adapter", "coding_agent"]


def run(image: str, *command: str) -> subprocess.CompletedProcess[str]:
    argv = ["docker", "run", "--rm", "--entrypoint", command[0], image, *command[1:]]
    return subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("service", [*POETRY_SERVICES, "backend"])
def test_a_runtime_image_holds_no_build_tool(service: str) -> None:
    image = f"trial-{service}:full"
    for tool in ("gcc", "poetry", "cc"):
        assert run(image, "sh", "-c", f"command -v {tool} || echo absent").stdout == "absent\n"
    assert run(image, "sh", "-c", "ls -A /root/.cache").stdout.strip() == ""


@pytest.mark.parametrize("service", [*POETRY_SERVICES, "backend", "client", "admin"])
def test_a_service_runs_as_a_user_of_its_own(service: str) -> None:
    assert run(f"trial-{service}:full", "id", "-un").stdout.strip() == "app"


def test_python_images_set_the_usual_variables() -> None:
    env = json.loads(docker("inspect", "trial-backend:full"))[0]["Config"]["Env"]
    assert {"PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1"} <= set(env)


def test_the_front_end_is_built_and_previewed() -> None:
    config = json.loads(docker("inspect", "trial-client:full"))[0]["Config"]
    assert config["Cmd"] == ["npm", "run", "preview", "--", "--host", "0.0.0.0", "--port", "5173"]  # noqa: S104
    assert "PUBLIC_API_BASE_URL=http://backend:5000" in config["Env"]
    assert run("trial-client:full", "test", "-f", "dist/index.html").returncode == 0


def test_a_compiled_wheel_works_in_the_runtime_image() -> None:
    assert run("trial-rag_service:full", "python", "-c", "import numpy; print(numpy.__version__)").returncode == 0


def test_tests_and_secrets_stay_out_of_a_generated_image() -> None:
    found = run("trial-backend:full", "sh", "-c", "find /app -name tests -o -name '.env*' -o -name Dockerfile").stdout
    assert found == ""


def test_the_base_is_ready_for_poetry_and_pip() -> None:
    image = "images/python-poetry-base:3.13"
    assert run(image, "poetry", "--version").returncode == 0
    assert "prefer-binary='true'" in run(image, "pip", "config", "list").stdout
    for tool in ("git", "gcc", "pg_config"):
        assert run(image, "sh", "-c", f"command -v {tool}").returncode == 0


def test_the_files_that_were_written_work_by_hand(sample: Repository) -> None:
    sample.inv("build-optimized", "--dry-run")
    bake = ["docker", "buildx", "bake", "-f", ".cispeed/docker-bake.json", "backend"]
    compose = [
        "docker",
        "compose",
        "-f",
        "docker-compose.yml",
        "-f",
        ".cispeed/docker-compose.optimized.yml",
        "build",
        "backend",
        "db",
    ]
    for argv in (bake, compose):
        done = subprocess.run(argv, cwd=sample.path, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stderr


def test_generated_dockerfiles_pass_hadolint_and_buildkits_own_checks(sample: Repository) -> None:
    sample.inv("build-base")
    sample.inv("build-optimized", "--dry-run")
    files = sorted((sample.path / ".cispeed/dockerfiles").glob("*.Dockerfile"))
    assert len(files) >= 9
    # DL3008 wants versions of apt packages, which a moving archive does not keep.
    done = subprocess.run(
        ["hadolint", "--ignore", "DL3008", *map(str, files)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    for file in files:
        # bake's own --call=check does not know `target:` contexts; the bases are on the engine, so build does.
        argv = ["docker", "buildx", "build", "--call=check", "-f", str(file), str(sample.path)]
        checked = subprocess.run(argv, capture_output=True, text=True, timeout=300, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_second_build_makes_the_same_images(sample: Repository) -> None:
    sample.inv("build-optimized", "backend", "client")
    before = docker("inspect", "--format", "{{.Id}}", "trial-backend:full", "trial-client:full")
    output = sample.inv("build-optimized", "backend", "client")
    assert docker("inspect", "--format", "{{.Id}}", "trial-backend:full", "trial-client:full") == before
    assert "reuse 2 images: nothing that reaches them changed" in output


def test_force_makes_the_same_images_from_the_cache(sample: Repository) -> None:
    # An image that an earlier run left may stand on steps that the engine's cache no longer has.
    sample.inv("build-optimized", "backend", "--force")
    before = docker("inspect", "--format", "{{.RootFS.Layers}}", "trial-backend:full")
    output = sample.inv("build-optimized", "backend", "--force")
    assert "build backend → trial-backend:full: --force; generated from the pip template" in output
    assert docker("inspect", "--format", "{{.RootFS.Layers}}", "trial-backend:full") == before
