"""Generated repositories of many services, and taking turns at measuring."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

# Whoever installs the package has it compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
INV = str(Path(sys.executable).parent / "inv")


def generate(root: Path, services: int, files: int) -> None:
    """Write a Compose project of `services` services of `files` files each, in folders of ten, and commit it."""
    sections = []
    for number in range(services):
        name = f"service{number:04}"
        directory = root / name
        for file in range(files):
            place = directory / f"package{file // 10}"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"module{file % 10}.py").write_text(f"# {name} {file}\n" * 20)
        (directory / "Dockerfile").write_text("FROM debian:trixie-slim\nWORKDIR /app\nCOPY . .\n")
        sections.append(f"  {name}:\n    build: ./{name}\n")
    (root / "compose.yaml").write_text("name: many\nservices:\n" + "".join(sections))
    (root / "tasks.py").write_text("from cispeed_tasks import ns\n")
    (root / ".gitignore").write_text("__pycache__\n")
    git = [
        "git",
        "-c",
        "gc.auto=0",
        "-c",
        "maintenance.auto=false",
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@example.com",
    ]
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "-m", "x"]):
        subprocess.run([*git, *words], cwd=root, check=True)


def seconds(argv: Sequence[str], cwd: Path) -> float:
    """How long a command takes whose output nobody sees; it has to end well."""
    started = time.perf_counter()
    done = subprocess.run(argv, cwd=cwd, capture_output=True, env={**os.environ, "NO_COLOR": "1"}, check=False)
    took = time.perf_counter() - started
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    return took


def in_turns(commands: dict[str, Sequence[str]], cwd: Path, runs: int) -> dict[str, float]:
    """The median seconds of each command; they take turns, so that what else the machine does hits all alike."""
    found: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, argv in commands.items():
            found[name].append(seconds(argv, cwd))
    return {name: statistics.median(values) for name, values in found.items()}
