"""`inv doctor` on a real engine with a real registry: what it calls ill is ill, and what it names mends it."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docker.registry import registry
from tests.docker.repositories import Repository, docker, forget_images

PORT = 5066
FILES = {
    "compose.yaml": "name: patient\nservices:\n  app: {build: ., command: [/greeting]}\n",
    "Dockerfile": "FROM scratch\nCOPY greeting /greeting\n",
    "greeting": "hello\n",
    "cispeed.yaml": f"registry: 127.0.0.1:{PORT}/team\ncache: local\n",
}
Lines = dict[str, dict[str, str]]


@pytest.fixture
def patient(new_repository: Callable[..., Repository]) -> Iterator[Repository]:
    repository = new_repository("patient", FILES)
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "one"]):
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", *who, *words], cwd=repository.path, check=True, capture_output=True)
    yield repository
    forget_images("patient")


def lines(repository: Repository, expect: int = 0) -> Lines:
    said = repository.inv("doctor", "--json", expect=expect)
    return {line["subject"]: line for line in json.loads(said[said.index("[") : said.rindex("]") + 1])}


def test_a_healthy_repository_and_what_can_befall_it(patient: Repository, tmp_path: Path) -> None:
    with registry(tmp_path, PORT):
        patient.inv("build-optimized")
        found = lines(patient)
        assert [line for line in found.values() if line["state"] == "fault"] == []
        assert found["engine"]["text"].startswith(docker("version", "--format", "{{.Server.Version}}").strip())
        assert found["registry"]["text"] == f"127.0.0.1:{PORT}/team: this user may read and may push"
        assert found["clock"]["text"] == "within a minute of the engine and the registry's"
        assert found["leftovers"]["text"] == "none"
        assert found["root images"]["state"] == found["config"]["state"] == found["git"]["state"] == "ok"
        assert_cache_is_mended(patient, found)
    asked = (tmp_path / "log").read_text()
    begun, given_up = (
        asked.count('"POST /v2/team/app/blobs/uploads/'),
        asked.count('"DELETE /v2/team/app/blobs/uploads/'),
    )
    assert begun == given_up > 0

    silent = lines(patient)["registry"]
    assert (silent["state"], "Connection refused" in silent["text"]) == ("warning", True)


def assert_cache_is_mended(patient: Repository, found: Lines) -> None:
    """A cache of which a part is gone is named, goes by the command beside it, and comes back with the next build."""
    if found["image store"]["state"] != "ok":
        assert "are read and never written" in found["image store"]["text"]
        return
    assert found["build cache"]["text"].startswith("cache local .cispeed/cache/TARGET: read and written")
    (directory,) = (patient.path / ".cispeed/cache").iterdir()
    (directory / "index.json").unlink()
    broken = lines(patient)["build cache"]
    assert (broken["state"], broken["mend"]) == ("warning", f"rm -r {directory}")
    assert "is not whole (index.json is missing)" in broken["text"]
    subprocess.run(shlex.split(broken["mend"]), check=True)
    patient.inv("build-optimized", "--force")
    assert lines(patient)["build cache"]["state"] == "ok"


def test_what_is_left_is_found_and_goes(patient: Repository) -> None:
    label = "com.docker.compose.project=patient-full"
    patient.inv("build-optimized", "--cache", "none")
    docker("create", "--name", "patient-leftover", "--label", label, "patient-app:full", "/greeting")
    found = lines(patient)["leftovers"]
    assert (found["state"], found["text"], found["mend"]) == ("warning", "1 container, 0.0 MB", "inv prune")
    patient.inv(*found["mend"].split()[1:])
    assert lines(patient)["leftovers"]["text"] == "none"


def test_a_dead_socket_is_one_fault(patient: Repository) -> None:
    said = patient.inv("doctor", expect=1, env={"DOCKER_HOST": "unix:///no/such.sock"})
    assert "✗ engine: no Docker Engine answers at unix:///no/such.sock\n" in said
    assert sum(line.startswith("✗") for line in said.splitlines()) == 1
