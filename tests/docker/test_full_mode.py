"""Full mode on the sample: everything is in the images, and the stack is really ready when the task returns."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator

import pytest

from tests.docker.repositories import Repository, docker


@pytest.fixture(scope="module")
def up(sample: Repository) -> Iterator[Repository]:
    sample.inv("full-up")
    yield sample
    sample.inv("down", "--volumes")


def address(repository: Repository, service: str) -> str:
    ports = repository.containers("full")[service]["NetworkSettings"]["Ports"]
    port = next(str(binding[0]["HostPort"]) for binding in ports.values() if binding)
    return f"http://127.0.0.1:{port}"


def test_no_container_mounts_anything_of_the_checkout(up: Repository) -> None:
    found = up.containers("full")
    assert set(found) == {
        "admin",
        "backend",
        "client",
        "coding_agent",
        "db",
        "git_adapter",
        "migrate",
        "orchestrator",
        "rag_service",
    }
    mounts = {name: [(m["Type"], m["Destination"]) for m in entry["Mounts"]] for name, entry in found.items()}
    assert mounts.pop("db") == [("volume", "/var/lib/postgresql/data")]
    assert mounts == {name: [] for name in mounts}


def test_a_question_travels_through_every_service(up: Repository) -> None:
    body = json.dumps({"question": "How are docstrings written?"}).encode()
    request = urllib.request.Request(address(up, "client") + "/api/ask", body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        run = json.load(answer)
    with urllib.request.urlopen(address(up, "backend") + "/api/runs", timeout=30) as answer:  # noqa: S310
        assert run["id"] in answer.read().decode()


def test_the_one_shot_is_done_and_everything_else_healthy(up: Repository) -> None:
    found = up.containers("full")
    migrate = found.pop("migrate")["State"]
    assert (migrate["Status"], migrate["ExitCode"]) == ("exited", 0)
    assert {entry["State"]["Health"]["Status"] for entry in found.values()} == {"healthy"}


def test_status_and_logs_show_it(up: Repository) -> None:
    status = up.inv("status")
    assert "trial-full" in status
    assert "done" in status
    assert "Running on" in up.inv("logs", "backend")


def test_a_second_up_changes_no_container(up: Repository) -> None:
    before = {name: entry["Id"] for name, entry in up.containers("full").items()}
    up.inv("full-up", "--no-build")
    assert {name: entry["Id"] for name, entry in up.containers("full").items()} == before


def test_the_standalone_file_is_the_same_stack(up: Repository) -> None:
    up.inv("full-up", "--standalone", "full.yml")
    services = json.loads(docker("compose", "-f", str(up.path / "full.yml"), "config", "--format", "json"))["services"]
    assert services["backend"]["image"] == "trial-backend:full"
    assert "volumes" not in services["backend"]
    (up.path / "full.yml").unlink()


def test_generated_files_hold_no_value_of_the_environment(sample: Repository) -> None:
    env = {"POSTGRES_PASSWORD": "canary-7f3a", "GIT_REPOSITORY": "/tmp/canary-91bc"}  # noqa: S108
    sample.inv("build-optimized", "--dry-run", env=env)
    sample.inv("full-up", "--standalone", "full.yml", env=env)
    written = [
        path for path in [*sample.path.joinpath(".cispeed").rglob("*"), sample.path / "full.yml"] if path.is_file()
    ]
    assert [path.name for path in written if b"canary-" in path.read_bytes()] == []
    (sample.path / "full.yml").unlink()
