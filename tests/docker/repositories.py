"""Repositories on the real engine: the sample under a name of its own, and small ones of other shapes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cispeed_tasks

SAMPLE = Path(cispeed_tasks.__file__).parent / "sample"
LITTER = shutil.ignore_patterns(".cispeed", "node_modules", "__pycache__", ".venv")


@dataclass
class Repository:
    """A repository in a temporary directory, in which `inv` is run as a person would."""

    path: Path
    project: str
    env: dict[str, str] = field(default_factory=dict)

    def inv(self, *arguments: str, expect: int = 0, env: dict[str, str] | None = None, timeout: float = 900) -> str:
        done = subprocess.run(
            [str(Path(sys.executable).parent / "inv"), *arguments],
            cwd=self.path,
            env={**os.environ, "NO_COLOR": "1", **self.env, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert done.returncode == expect, (
            f"exit code {done.returncode}, wanted {expect}, of inv {arguments}:\n{done.stdout[-6000:]}"
        )
        assert "Traceback" not in done.stdout, done.stdout[-6000:]
        return done.stdout

    def containers(self, mode: str) -> dict[str, dict[str, Any]]:
        """What the engine knows of the containers of one mode, by service."""
        label = f"com.docker.compose.project={self.project}-{mode}"
        ids = docker("ps", "-aq", "--filter", f"label={label}").split()
        return {entry["Config"]["Labels"]["com.docker.compose.service"]: entry for entry in inspected(*ids)}

    def write(self, name: str, text: str) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def results(self) -> Path:
        return (self.path / ".cispeed/playwright/latest").resolve()


def docker(*arguments: str, text: str | None = None) -> str:
    """What a docker command prints; `text` is its standard input."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, input=text, timeout=300, check=False)
    assert done.returncode == 0, f"docker {arguments}: {done.stderr}"
    return done.stdout


def inspected(*ids: str) -> list[dict[str, Any]]:
    """What the engine knows of these objects, without those that went away after they were listed."""
    if not ids:
        return []
    done = subprocess.run(["docker", "inspect", *ids], capture_output=True, text=True, timeout=300, check=False)
    assert all("No such object" in line for line in done.stderr.splitlines()), done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def forget_images(project: str) -> None:
    """Take away the images that an earlier run of a test left: they would be reused."""
    found = docker("image", "ls", "-q", "--filter", f"label=cispeed.project={project}").split()
    if found:
        docker("rmi", "--force", *dict.fromkeys(found))


def engine_state() -> dict[str, set[str]]:
    """The names of all containers, networks and volumes of the engine."""
    return {
        "containers": set(docker("ps", "-a", "--format", "{{.Names}}").split()),
        "networks": set(docker("network", "ls", "--format", "{{.Name}}").split()),
        "volumes": set(docker("volume", "ls", "--format", "{{.Name}}").split()),
    }


def make_sample(directory: Path, project: str) -> Repository:
    """The sample repository as a person would have it, under another project name."""
    path = directory / "repository"
    shutil.copytree(SAMPLE, path, ignore=LITTER)
    compose, config = path / "docker-compose.yml", path / "cispeed.yaml"
    compose.write_text(compose.read_text().replace("name: sample\n", f"name: {project}\n"))
    config.write_text(config.read_text().replace("project: sample\n", f"project: {project}\n"))
    (path / "tasks.py").write_text("from cispeed_tasks import ns\n")
    return Repository(path, project)


def make_repository(directory: Path, project: str, files: dict[str, str]) -> Repository:
    """A repository of these files."""
    repository = Repository(directory, project)
    for name, text in {"tasks.py": "from cispeed_tasks import ns\n", **files}.items():
        repository.write(name, text)
    return repository
