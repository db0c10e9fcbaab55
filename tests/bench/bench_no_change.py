"""Nothing changed: `inv build-optimized` beside `docker buildx bake` of the same images, in one run.

    python -m tests.bench.bench_no_change [--runs 7] [--sample-only]

Wants a Docker Engine. Prints medians and ratios; the exit code is 1 when a ratio is over its limit.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cispeed_tasks
from tests.bench.repositories import INV, generate, in_turns

SAMPLE = Path(cispeed_tasks.__file__).parent / "sample"
LIMITS = {"the sample": 0.6, "20 services of 200 files": 0.2}


def measure(name: str, root: Path, runs: int) -> bool:
    """Build once, then measure both on the same graph; whether the ratio is within its limit."""
    subprocess.run([INV, "build-optimized", "--dry-run"], cwd=root, check=True, capture_output=True)
    definition = json.loads((root / ".cispeed/docker-bake.json").read_text())
    targets = definition["group"]["all-full"]["targets"]
    # Bake's images have names of their own: neither side has to mend what the other one did.
    names = [word for name in targets for word in ("--set", f"{name}.tags=bench-{name.lower()}:bake")]
    bake = ["docker", "buildx", "bake", "--file", ".cispeed/docker-bake.json", "--load", *names, *targets]
    subprocess.run([INV, "build-optimized"], cwd=root, check=True, capture_output=True)
    subprocess.run(bake, cwd=root, check=True, capture_output=True)
    # What changed less than two seconds ago is not remembered as it is.
    time.sleep(3)
    subprocess.run([INV, "build-optimized"], cwd=root, check=True, capture_output=True)
    found = in_turns({"inv build-optimized": [INV, "build-optimized"], "docker buildx bake": bake}, root, runs)
    ratio = found["inv build-optimized"] / found["docker buildx bake"]
    for command, took in found.items():
        print(f"{name}: {command}: {took:.2f} s")
    print(f"{name}: {ratio:.2f} of bake (limit {LIMITS[name]})", flush=True)
    return ratio <= LIMITS[name]


def main() -> int:
    """Measure on a copy of the sample and on a generated repository."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--sample-only", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        sample = Path(directory) / "sample"
        shutil.copytree(SAMPLE, sample, ignore=shutil.ignore_patterns(".cispeed", "node_modules", "__pycache__"))
        (sample / "tasks.py").write_text("from cispeed_tasks import ns\n")
        good = measure("the sample", sample, options.runs)
        if not options.sample_only:
            many = Path(directory) / "many"
            many.mkdir()
            generate(many, 20, 200)
            good = measure("20 services of 200 files", many, options.runs) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
