"""`inv changes`, typed in a small shop of a repository."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.git_repositories import Repository, environment, with_origin

FILTERS = """\
shared: &shared
  - common/**
api:
  - *shared
  - api/**/*
docs: "**/*.md"
new:
  - added: "**"
"""
COMPOSE = """\
name: shop
services:
  api: {build: api, volumes: ["./api:/app"]}
  web: {build: {context: ., dockerfile: web/Dockerfile}}
  db: {image: postgres, volumes: ["./db/init:/docker-entrypoint-initdb.d"]}
"""


def shop(path: Path) -> Repository:
    """The shop, as it is at origin too."""
    made = with_origin(path)
    files = {
        "tasks.py": "from cispeed_tasks import ns\n",
        "filters.yml": FILTERS,
        "api/Dockerfile": "FROM python:3.13\nCOPY . /app\n",
        "web/Dockerfile": "FROM node:20\nCOPY . /app\n",
        "compose.yaml": COMPOSE,
        ".gitignore": "__pycache__/\n",
    }
    made.commit(**files)
    made.git("push", "--quiet", "origin", "main")
    return made


def inv(work: Repository, *words: str, given: bytes = b"", **variables: str) -> tuple[int, str]:
    """The exit code, and standard output or, where that is empty, the error."""
    done = subprocess.run(
        [sys.executable, "-m", "invoke", "changes", *words],
        cwd=work.path,
        env=environment(DOCKER_HOST="unix:///no/such.sock", **variables),
        input=given,
        capture_output=True,
        check=False,
    )
    said = done.stdout.decode() or done.stderr.decode()
    assert "Traceback" not in said
    return done.returncode, said


def answer(work: Repository, *words: str, given: bytes = b"", **variables: str) -> dict[str, list[str]]:
    """The files of each filter, where the JSON is as it has to be."""
    code, said = inv(work, "--json", *words, given=given, **variables)
    assert code == 0, said
    data = json.loads(said)
    assert set(data) == {"changes", "files"}
    assert data["changes"] == [name for name, paths in data["files"].items() if paths]
    files: dict[str, list[str]] = data["files"]
    return files
