"""What restored cache mounts save a fresh runner: services of the sample built anew, with empty mounts and with restored ones.

    python -m tests.bench.bench_cache_mounts [--services orchestrator,client] [--runs 3] [--rate 100mbit]

Wants a Docker Engine, all of whose build cache is emptied again and again: a fresh runner whose layers are not cached has the
bases, pulled or loaded, and builds every step of the services. (`--no-cache` would have BuildKit mount empty caches.) With
--rate what builds download comes no faster than that, by `tc` on the engine's bridge: few have a package index next door.
Prints medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.repositories import INV

BRIDGE, PROJECT = "docker0", "sample-mounts"
EMPTY = ("docker", "buildx", "prune", "--force", "--all")


def seconds(root: Path, *argv: str) -> float:
    """How long a command takes, which has to end well."""
    started = time.perf_counter()
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(
        argv, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    return time.perf_counter() - started


def forget(project: str, services: str) -> None:
    """Take the services' images away, so that these are what is built, and nothing that they stand on."""
    for service in services.split(","):
        listed = ("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}", f"{project}-{service}")
        tags = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split()
        subprocess.run(["docker", "rmi", "--force", *tags], check=True, capture_output=True)


@contextmanager
def slow_network(rate: str | None) -> Iterator[None]:
    """Let no more than this reach what is built."""
    limit = ("root", "tbf", "rate", str(rate), "burst", "256kb", "latency", "50ms")
    if rate:
        subprocess.run(["tc", "qdisc", "add", "dev", BRIDGE, *limit], check=True)
    try:
        yield
    finally:
        if rate:
            subprocess.run(["tc", "qdisc", "del", "dev", BRIDGE, "root"], check=True)


def main() -> int:
    """Save the mounts of a whole build once, then build with empty and with restored ones in turn."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--services", default="orchestrator,client")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rate")
    options = parser.parse_args()
    build = (INV, "build-optimized", "--services", options.services)
    found: dict[str, list[float]] = {"empty": [], "restore": [], "restored": []}
    with tempfile.TemporaryDirectory(prefix="mounts-") as directory:
        root = Path(directory) / "sample"
        seconds(Path(directory), sys.executable, "-m", "cispeed_tasks", "sample", str(root))
        config = root / "cispeed.yaml"
        config.write_text(config.read_text().replace("project: sample", f"project: {PROJECT}"))
        seconds(root, INV, "build-base")
        seconds(root, *build)
        forget(PROJECT, options.services)
        seconds(root, *EMPTY)
        seconds(root, *build)
        saved = seconds(root, INV, "cache-save")
        kept = sum(path.stat().st_size for path in (root / ".cispeed/cache-mounts").rglob("*") if path.is_file())
        with slow_network(options.rate):
            for _ in range(options.runs):
                forget(PROJECT, options.services)
                seconds(root, *EMPTY)
                found["empty"].append(seconds(root, *build))
                forget(PROJECT, options.services)
                seconds(root, *EMPTY)
                found["restore"].append(seconds(root, INV, "cache-restore"))
                found["restored"].append(seconds(root, *build))
        seconds(root, INV, "prune", "--all")
    middle = {name: statistics.median(times) for name, times in found.items()}
    speed = f", {options.rate}" if options.rate else ""
    print(f"{options.services}, every step anew, bases there{speed}")
    print(f"empty cache mounts: {middle['empty']:.1f} s")
    print(f"restored: {middle['restored']:.1f} s, after {middle['restore']:.1f} s of restoring")
    print(f"saving took {saved:.1f} s once, {kept / 1e6:.0f} MB are kept")
    return 0


if __name__ == "__main__":
    sys.exit(main())
