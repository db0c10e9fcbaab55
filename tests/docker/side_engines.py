"""Two engines beside the machine's own and a registry: two CI runners, of which the second is empty."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from cispeed_tasks.tools.side_engine import SideEngine
from tests.docker.repositories import Repository

LITTER = shutil.ignore_patterns(".cispeed")


def docker_on(engine: SideEngine, *arguments: str) -> str:
    """What a docker command prints that talks to this engine."""
    env = {**os.environ, **engine.env}
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, env=env, timeout=120, check=False)
    assert done.returncode == 0, f"docker {arguments}: {done.stderr}"
    return done.stdout


def checked_out(repository: Repository, place: Path) -> Repository:
    """A checkout of the same files as a runner has it that saw none of them before."""
    shutil.copytree(repository.path, place, ignore=LITTER)
    return Repository(place, repository.project, dict(repository.env))
