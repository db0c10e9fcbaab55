"""Ready in the true time: a chain of three services that wait for each other's health, by full-up and by Compose alone.

    python -m tests.bench.bench_ready [--runs 3]

Wants a Docker Engine. Each of the three needs a second until its health check would pass, and the check runs every ten
seconds. Measured is from the start of the first container to the last one's first good check, by the engine's own records,
and the whole command beside it. The exit code is 1 when that takes `inv full-up` more than 1.5 times the three seconds that
the processes themselves need.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from tests.bench.repositories import INV, seconds

NEEDS = 3.0
LIMIT = 1.5
CHECK = "healthcheck: {test: test -e /ready, interval: 10s, retries: 9}"
NAMES = ("first", "second", "third")
COMPOSE = "name: chain\nservices:\n" + "".join(
    f"  {name}: {{image: 'debian:trixie-slim', init: true, command: [sh, -c, 'sleep 1; touch /ready; sleep 600'], {CHECK}"
    + (f", depends_on: {{{before}: {{condition: service_healthy}}}}" if before else "")
    + "}\n"
    for before, name in zip((None, *NAMES), NAMES, strict=False)
)
COMMANDS = {
    "inv full-up --no-build": ("chain-full", [INV, "full-up", "--no-build"]),
    "docker compose up --wait": ("chain", ["docker", "compose", "up", "--detach", "--wait"]),
}


def ready_after(project: str) -> float:
    """Seconds from the start of the first container to the first good check of the last."""
    names = [f"{project}-{name}-1" for name in NAMES]
    done = subprocess.run(["docker", "inspect", *names], check=True, capture_output=True, text=True)
    states = [entry["State"] for entry in json.loads(done.stdout)]
    good = next(check for check in states[-1]["Health"]["Log"] if check["ExitCode"] == 0)
    return (_time(good["End"]) - _time(states[0]["StartedAt"])).total_seconds()


def _time(text: str) -> datetime:
    """A time of the engine's, whose nanoseconds are cut off."""
    return datetime.fromisoformat(text.replace(" ", "T").split(".")[0] + "." + text.split(".")[1][:6] + "+00:00")


def main() -> int:
    """Bring the chain up in turns."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    whole: dict[str, list[float]] = {name: [] for name in COMMANDS}
    ready: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        root = Path(directory)
        (root / "compose.yaml").write_text(COMPOSE)
        (root / "tasks.py").write_text("from cispeed_tasks import ns\n")
        for _ in range(options.runs):
            for name, (project, argv) in COMMANDS.items():
                whole[name].append(seconds(argv, root))
                ready[name].append(ready_after(project))
                subprocess.run(
                    ["docker", "compose", "-p", project, "down", "--timeout", "1"],
                    cwd=root,
                    check=True,
                    capture_output=True,
                )
    for name in COMMANDS:
        took, all_of_it = statistics.median(ready[name]), statistics.median(whole[name])
        print(
            f"{name}: ready in {took:.1f} s, {took / NEEDS:.2f} of what the processes need; the command {all_of_it:.1f} s"
        )
    return 0 if statistics.median(ready["inv full-up --no-build"]) <= LIMIT * NEEDS else 1


if __name__ == "__main__":
    sys.exit(main())
