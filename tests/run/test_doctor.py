"""`inv doctor` where there is nothing to be found: no engine, a silent one, no repository, a wrong config."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

NONE = "unix:///no/such.sock"
Lines = dict[str, dict[str, str]]


def doctor(directory: Path, host: str, *words: str, **env: str) -> tuple[int, str, str]:
    """Exit code, output and errors of `inv doctor` with an engine's address."""
    done = subprocess.run(
        [sys.executable, "-m", "cispeed_tasks", "doctor", *words],
        cwd=directory,
        env={**os.environ, "DOCKER_HOST": host, **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout, done.stderr


def lines(directory: Path, host: str, **env: str) -> Lines:
    code, said, _ = doctor(directory, host, "--json", **env)
    found = {line["subject"]: line for line in json.loads(said)}
    assert code == any(line["state"] == "fault" for line in found.values())
    return found


def states(found: Lines) -> dict[str, str]:
    return {subject: line["state"] for subject, line in found.items()}


def test_no_engine_and_no_repository(tmp_path: Path) -> None:
    code, said, errors = doctor(tmp_path, NONE)
    assert code == 1
    assert (
        "✗ engine: no Docker Engine answers at unix:///no/such.sock\n    → unset DOCKER_HOST DOCKER_CONTEXT; " in said
    )
    assert "! BuildKit, builder, image store: cannot be told: no engine answers\n" in said
    assert "! config: no Compose file here or in a directory above\n" in said
    assert "! git: no git repository here" in said
    assert errors.startswith("1 fault and ")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_matter_of_the_engine_s_is_told_without_one(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("name: shop\nservices: {web: {image: busybox}}\n")
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=tmp_path, check=True)
    found = lines(tmp_path, NONE)
    assert found["config"]["text"] == "no cispeed.yaml, 1 services"
    expected = {"engine": "fault", "buildx": "ok", "Compose": "ok", "config": "ok", ".cispeed/": "ok", "registry": "ok"}
    assert {subject: state for subject, state in states(found).items() if subject in expected} == expected
    assert found["leftovers"]["text"] == "cannot be told: no engine answers"


def test_an_engine_that_never_answers_is_not_waited_for(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from cispeed_tasks.run import doctor; doctor.SECONDS = 2.0; "
        "print(*(line for lines in doctor.diagnose(Path.cwd()).values() for line in lines), sep='\\n')"
    )
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as silent:
        silent.bind(f"{short}/engine.sock")  # the path of a socket has 108 characters at most
        silent.listen(64)
        env = {**os.environ, "DOCKER_HOST": f"unix://{short}/engine.sock"}
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=True
        )
        took = time.monotonic() - started
    assert took < 20, "the end of the process waited as well"
    found = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    late = "cannot be told: no answer in time"
    assert (found["engine"], found["image store"], found["builder"]) == ("no answer in time", late, late)
    assert found["git"].startswith("no git repository here")


def test_every_fault_of_a_config_is_said_and_the_rest_as_well(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {web: {image: busybox}}\n")
    (tmp_path / "cispeed.yaml").write_text("servces: {}\nregistry: 5\n")
    found = lines(tmp_path, NONE)
    assert found["config"]["text"] == (
        "cispeed.yaml:1:1: unknown key 'servces'; did you mean 'services'?; "
        "cispeed.yaml:2:1: registry: should be text, and is 5; put it in quotes"
    )
    assert found["config"]["mend"] == "correct it at that place, then inv check"
    assert found["build cache"]["state"] == "warning"


def test_no_docker_at_all(tmp_path: Path) -> None:
    found = lines(tmp_path, NONE, PATH=str(tmp_path))
    assert {found[name]["state"] for name in ("engine", "buildx", "Compose")} == {"fault"}
    assert found["buildx"]["text"] == "missing; 0.17 or newer is needed"
    assert found["git"]["text"] == "not installed, so everything counts as changed"


def test_a_shallow_clone_and_the_directory_of_the_tasks(tmp_path: Path) -> None:
    def git(*words: str, cwd: Path) -> None:
        who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        subprocess.run(["git", *who, *words], cwd=cwd, check=True, capture_output=True)

    origin, clone = tmp_path / "origin", tmp_path / "clone"
    origin.mkdir()
    git("init", "-q", "-b", "main", cwd=origin)
    (origin / "compose.yaml").write_text("services: {web: {image: busybox}}\n")
    for message in ("one", "two"):
        git("add", ".", cwd=origin)
        git("commit", "-q", "--allow-empty", "-m", message, cwd=origin)
    git("clone", "-q", "--depth", "1", origin.as_uri(), str(clone), cwd=tmp_path)
    (clone / ".cispeed").mkdir()
    found = lines(clone, NONE)
    assert (found["git"]["state"], found["git"]["mend"].split(" (")[0]) == ("warning", "git fetch --unshallow")
    assert (found[".cispeed/"]["state"], found[".cispeed/"]["mend"]) == ("warning", "echo .cispeed/ >> .gitignore")


@pytest.mark.parametrize(("value", "state"), [("0", "warning"), ("1", "ok")])
def test_buildkit_that_is_turned_off(tmp_path: Path, value: str, state: str) -> None:
    found = lines(tmp_path, NONE, DOCKER_BUILDKIT=value)
    assert found["BuildKit"]["mend"] == ("unset DOCKER_BUILDKIT" if state == "warning" else "")
