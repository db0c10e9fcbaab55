"""Ready in the true time: a chain of three services that wait for each other's health, by full-up and by Compose alone.

    python -m tests.bench.bench_ready [--runs 3]

Wants a Docker Engine. Each of the three needs a second until its health check would pass, and the check runs every ten
seconds. The exit code is 1 when `inv full-up --no-build` takes more than 1.5 times the three seconds that the processes
themselves need, its own start and planning included.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.repositories import INV, seconds

NEEDS = 3.0
LIMIT = 1.5
CHECK = "healthcheck: {test: test -e /ready, interval: 10s, retries: 9}"
COMPOSE = "name: chain\nservices:\n" + "".join(
    f"  {name}: {{image: 'debian:trixie-slim', init: true, command: [sh, -c, 'sleep 1; touch /ready; sleep 600'], {CHECK}{wait}}}\n"
    for name, wait in (
        ("first", ""),
        ("second", ", depends_on: {first: {condition: service_healthy}}"),
        ("third", ", depends_on: {second: {condition: service_healthy}}"),
    )
)


def main() -> int:
    """Bring the chain up in turns."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    found: dict[str, list[float]] = {"inv full-up --no-build": [], "docker compose up --wait": []}
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        root = Path(directory)
        (root / "compose.yaml").write_text(COMPOSE)
        (root / "tasks.py").write_text("from cispeed_tasks import ns\n")
        for _ in range(options.runs):
            found["inv full-up --no-build"].append(seconds([INV, "full-up", "--no-build"], root))
            subprocess.run([INV, "down", "--volumes"], cwd=root, check=True, capture_output=True)
            found["docker compose up --wait"].append(seconds(["docker", "compose", "up", "--detach", "--wait"], root))
            subprocess.run(["docker", "compose", "down", "--timeout", "1"], cwd=root, check=True, capture_output=True)
            time.sleep(1)
    medians = {name: statistics.median(values) for name, values in found.items()}
    for name, took in medians.items():
        print(f"{name}: {took:.1f} s, {took / NEEDS:.1f} of the {NEEDS:g} s that the processes need")
    return 0 if medians["inv full-up --no-build"] <= LIMIT * NEEDS else 1


if __name__ == "__main__":
    sys.exit(main())
