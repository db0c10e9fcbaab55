"""How many images are best built at once: `python -m tests.bench.bench_waves [SERVICES]`; it needs an engine.

Each service computes for a while and keeps 60 MB meanwhile, as an install step does. Memory is how far the machine's
available memory went down, measured every 0.1 s.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

STEP = "RUN x=$(head -c 30000000 /dev/zero | tr '\\0' x); i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo {word} > /done"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 32
    with tempfile.TemporaryDirectory() as directory:
        place, project = Path(directory), f"waves-{uuid.uuid4().hex[:6]}"
        print(f"{count} services, {os.cpu_count()} CPUs")
        for parallel in (4, 8, 16, 32, count):
            if parallel <= count:
                seconds, memory = measured(place, project, count, parallel)
                print(f"{parallel:4} at once: {seconds:6.1f} s, {memory / 1000**2:6.0f} MB", flush=True)
        found = subprocess.run(
            ["docker", "image", "ls", "-q", "--filter", f"label=cispeed.project={project}"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        subprocess.run(["docker", "rmi", "--force", *dict.fromkeys(found)], check=True, stdout=subprocess.DEVNULL)


def measured(place: Path, project: str, count: int, parallel: int) -> tuple[float, int]:
    """Seconds and bytes of a build of services that nobody has built before."""
    write(place, project, count, parallel)
    lowest = [available()]
    start, done = lowest[0], threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            lowest[0] = min(lowest[0], available())

    threading.Thread(target=watch, daemon=True).start()
    began = time.monotonic()
    inv = Path(sys.executable).parent / "inv"
    subprocess.run([inv, "build-optimized"], cwd=place, check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - began
    done.set()
    return seconds, start - lowest[0]


def write(place: Path, project: str, count: int, parallel: int) -> None:
    names = [f"service-{number}" for number in range(count)]
    services = "".join(f"  {name}: {{build: {name}}}\n" for name in names)
    (place / "compose.yaml").write_text(f"name: {project}\nservices:\n{services}")
    (place / "cispeed.yaml").write_text(f"build: {{parallel: {parallel}}}\n")
    (place / "tasks.py").write_text("from cispeed_tasks import ns\n")
    for name in names:
        (place / name).mkdir(exist_ok=True)
        step = STEP.format(word=uuid.uuid4().hex)
        (place / name / "Dockerfile").write_text(f"FROM debian:trixie-slim\n{step}\n")


def available() -> int:
    """The bytes of memory that the machine could still give."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))


if __name__ == "__main__":
    main()
