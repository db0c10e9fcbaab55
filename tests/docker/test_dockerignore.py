"""Builds before and after `inv dockerignore --write`: the same image but for litter, and fewer bytes sent."""

from __future__ import annotations

import io
import json
import re
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cispeed_tasks.config_schema import Config
from cispeed_tasks.run.roots import provide_roots
from tests.docker.repositories import Repository

ROOT = "debian:trixie-slim"
UNITS = {"B": 1, "kB": 1000, "MB": 1_000_000, "GB": 1_000_000_000}
LARGE = "x" * 300_000
COMPOSE = "services:\n  app: {build: .}\n"
NPM = {
    "Dockerfile": f"FROM {ROOT} AS build\nWORKDIR /app\nCOPY --chmod=755 fake/npm /usr/local/bin/\nCOPY package*.json ./\n"
    "RUN npm ci\nCOPY . .\nRUN npm run build\nFROM scratch\nCOPY --from=build /app /app\n",
    "fake/npm": "#!/bin/sh\nmkdir -p node_modules dist\necho $* > node_modules/made\necho $* > dist/made\n",
    ".gitignore": "dist\nnode_modules\n",
    "package.json": "{}",
    "package-lock.json": "{}",
    "src/index.js": "1",
    "public/build/logo.svg": "<svg/>",
}
NPM_LITTER = {"node_modules/big/index.js": LARGE, "web/node_modules/x.js": LARGE, "dist/old.js": LARGE, ".env": "S=1"}
PYTHON = {
    "Dockerfile": "FROM scratch\nCOPY pyproject.toml /app/\nCOPY app /app/app\n",
    "pyproject.toml": '[project]\nname = "app"\nreadme = "README.md"\n',
    "app/__init__.py": "",
    "app/main.py": "print(1)",
}
PYTHON_LITTER = {
    ".venv/lib/big.so": LARGE,
    "app/__pycache__/main.cpython-313.pyc": LARGE,
    "tests/test_main.py": LARGE,
    "data/dump.sql": LARGE,
}
DIST = {
    "Dockerfile": 'FROM scratch\nCOPY . /app\nCMD ["/app/dist/server"]\n',
    "dist/server": LARGE,
    "certs/ca.pem": "-----BEGIN CERTIFICATE-----\n",
    ".env.example": "S=\n",
    "tests/test_server": "1",
}  # fmt: skip
DIST_LITTER = {"certs/dev.pem": f"-----BEGIN PRIVATE KEY-----\n{LARGE[:90000]}", ".idea/workspace.xml": LARGE}


@dataclass(frozen=True)
class Built:
    files: dict[str, bytes]
    """What the image holds, by path."""
    sent: float
    """The bytes of the context that BuildKit says were transferred."""


@pytest.fixture(scope="module", autouse=True)
def root_image() -> None:
    provide_roots([ROOT], Config())


def build(directory: Path) -> Built:
    argv = ["docker", "buildx", "build", "--no-cache", "--provenance=false", "--progress=plain"]
    argv += ["--output", "type=tar,dest=-", "--file", str(directory / "Dockerfile"), str(directory)]
    done = subprocess.run(argv, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr.decode()
    sent = [
        float(number) * UNITS[unit]
        for number, unit in re.findall(r"transferring context: ([\d.]+)([kMG]?B)", done.stderr.decode())
    ]
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
        files = {member.name: tar.extractfile(member) for member in tar if member.name.startswith("app/")}
        return Built({name: file.read() for name, file in files.items() if file}, max(sent))


def copy(repository: Repository, name: str) -> Path:
    """The same files in a place where the engine was sent nothing yet: it transfers only what changed."""
    place = repository.path.parent / name
    subprocess.run(["cp", "-r", str(repository.path), str(place)], check=True)
    return place


def proposal(repository: Repository) -> dict[str, Any]:
    (context,) = json.loads(repository.inv("dockerignore", "--json"))["contexts"]
    return dict(context)


@pytest.mark.parametrize(
    ("name", "source", "litter", "lost"),
    [
        ("npm", NPM, NPM_LITTER, {"node_modules/big/index.js", "web/node_modules/x.js", "dist/old.js", ".env"}),
        ("python", PYTHON, PYTHON_LITTER, {"app/__pycache__/main.cpython-313.pyc"}),
        ("dist", DIST, DIST_LITTER, set(DIST_LITTER)),
    ],
)
def test_the_image_is_the_same_but_for_litter_and_less_is_sent(
    new_repository: Callable[..., Repository],
    name: str,
    source: dict[str, str],
    litter: dict[str, str],
    lost: set[str],
) -> None:
    repository = new_repository(f"ignored-{name}", {"compose.yaml": f"name: ignored-{name}\n{COMPOSE}", **source})
    for words in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *words], cwd=repository.path, check=True)
    for path, text in litter.items():
        repository.write(path, text)
    before, said = build(copy(repository, "before")), proposal(repository)
    assert "✓ wrote .dockerignore" in repository.inv("dockerignore", "--write")
    assert "wrote" not in repository.inv("dockerignore", "--write")
    after = build(copy(repository, "after"))
    own = {".git", "compose.yaml", "Dockerfile"}
    gone = {path.removeprefix("app/") for path in before.files.keys() - after.files.keys()}
    assert {path for path in gone if path.split("/")[0] not in own} == lost
    assert after.files == {path: before.files[path] for path in after.files}
    assert {f"app/{path}" for path in source.keys() - own} <= after.files.keys() or name == "python"
    assert before.sent - after.sent >= 290_000 * len([path for path in lost if len(litter[path]) == len(LARGE)])
    assert before.sent == pytest.approx(said["inputs"]["bytes"], rel=0.05, abs=30_000)
    assert after.sent == pytest.approx(said["inputs_proposed"]["bytes"], rel=0.05, abs=30_000)
