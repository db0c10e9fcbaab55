"""The plan of a large repository: what is to be built, beside `git status` of the same files, in one run.

    python -m tests.bench.bench_plan [--runs 5] [--services 500] [--files 100]

Wants the docker command line with Compose; no engine. What is measured is what cispeed does itself, from the model that
Compose resolved to the plan with every fingerprint: walking all contexts, deriving inputs, hashing. Compose's own answer
is measured apart. The exit code is 1 when the plan takes more than 4 times `git status`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from cispeed_tasks.plan.build import plan_full
from cispeed_tasks.plan.reuse import Seen, Wish, plan_reuse
from cispeed_tasks.plan.target_images import OutsideImage
from cispeed_tasks.plan.targets import plan_project
from cispeed_tasks.run.contexts import Contexts
from cispeed_tasks.run.fingerprints import Surroundings, fingerprints
from cispeed_tasks.run.look import Place, facts_seen, locate
from cispeed_tasks.run.wanted_files import questions
from tests.bench.repositories import generate, seconds

LIMIT = 4.0
AROUND = Surroundings("linux/amd64", {"debian:trixie-slim": OutsideImage("sha256:1")})


def plan(place: Place) -> int:
    """Plan everything, and find all of it there; returns how many images."""
    config, stack = place.loaded.config, place.stack
    facts, shapes = facts_seen(questions(place.loaded, stack), place.loaded, stack)
    project = plan_project(stack.project, config, stack, facts, shapes=shapes)
    everything = plan_full(project, stack.services)
    found = fingerprints(project, project.targets, AROUND, Contexts(project.root))
    seen = dict.fromkeys(project.targets, Seen(local=True, named=True))
    return len(plan_reuse(everything, found, seen, Wish()).of("reuse"))


def timed(place: Place) -> float:
    """Seconds of one plan."""
    started = time.perf_counter()
    assert plan(place) == len(place.stack.services)
    return time.perf_counter() - started


def main() -> int:
    """Generate, plan once, then take turns."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--services", type=int, default=500)
    parser.add_argument("--files", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        root = Path(directory) / "many"
        root.mkdir()
        generate(root, options.services, options.files)
        time.sleep(3)
        started = time.perf_counter()
        place = locate(root)
        print(f"{options.services} services, {options.services * options.files} files")
        print(f"Compose resolves them in {time.perf_counter() - started:.2f} s")
        print(f"the first plan, every file read: {timed(place):.2f} s")
        plans, statuses = [], []
        for _ in range(options.runs):
            statuses.append(seconds(["git", "status"], root))
            plans.append(timed(place))
    ratio = statistics.median(plans) / statistics.median(statuses)
    print(
        f"plan {statistics.median(plans):.2f} s, git status {statistics.median(statuses):.2f} s: {ratio:.1f} of it (limit {LIMIT:g})"
    )
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
