"""The same work by `docker compose build`, by `docker buildx bake` with a bake file written by hand, and by our tasks.

    python -m tests.bench.bench_peers [--runs 3] [--services 12]

Wants a Docker Engine, Linux and root. All build the same Dockerfiles, a base and services that stand on it, and have the
same caches: the engine's own, and on a fresh runner a registry's. Each has an engine of its own that begins with the root
image and nothing else. The exit code is 1 when our tasks take over 0.3 s more than bake cold, or anywhere else more than it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cispeed_tasks.run import side_engines
from cispeed_tasks.run.side_engines import Surroundings
from tests.bench.repositories import INV

ROOT = "debian:trixie-slim"
BASE = "peers-base:1"
FILES = 50
COLD_SECONDS = 0.3
OURS, BAKE, COMPOSE = "inv build-optimized", "docker buildx bake", "docker compose build"
CI = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": "/dev/null", "GITHUB_STEP_SUMMARY": ""}
MAIN = {**CI, "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main"}
PULL = {
    **CI,
    "GITHUB_EVENT_NAME": "pull_request",
    "GITHUB_REF": "refs/pull/1/merge",
    "GITHUB_HEAD_REF": "change",
}
SCENARIOS = ("cold", "nothing changed", "one code line", "fresh runner, nothing changed", "fresh runner, one code line")


@dataclass(frozen=True)
class Peer:
    """One of the three: its files, and its commands on a machine and on CI's main branch, which writes the cache."""

    name: str
    write: Callable[[Path, Sequence[str], str], None]
    build: Sequence[str]
    publish: Sequence[str]
    fresh: Sequence[str]


def sources(root: Path, names: Sequence[str]) -> None:
    """The Dockerfiles and the code that all three build; the steps take a second where an install would."""
    (root / "base").mkdir(parents=True)
    (root / "base/Dockerfile").write_text(f"FROM {ROOT}\nRUN sleep 1; date > /base\n")
    for name in names:
        (root / name / "src").mkdir(parents=True)
        (root / name / "requirements.txt").write_text(f"{name}==1\n")
        for number in range(FILES):
            (root / name / f"src/module{number}.py").write_text(f"# {name} {number}\n" * 20)
        text = f"FROM {BASE}\nCOPY requirements.txt /app/\nRUN sleep 1; date > /{name}\nCOPY src /app/src\n"
        (root / name / "Dockerfile").write_text(text)


def ours(root: Path, names: Sequence[str], registry: str) -> None:
    """What our tasks want."""
    services = "".join(f"  {name}: {{build: ./{name}}}\n" for name in names)
    (root / "compose.yaml").write_text(f"name: peers\nservices:\n{services}")
    more = f"registry: {registry}\ncache: {{ci: registry}}\n" if registry else ""
    (root / "cispeed.yaml").write_text(f"bases: {{base: {{image: '{BASE}', context: base}}}}\n{more}")
    (root / "tasks.py").write_text("from cispeed_tasks import ns\n")


def bake(root: Path, names: Sequence[str], registry: str) -> None:
    """The bake file as people write it: the base is a target that the others name as their context."""

    def target(name: str, more: dict[str, Any]) -> dict[str, Any]:
        tag = f"{registry}/{name}:bake" if registry else f"peers-{name}:bake"
        cache = f"type=registry,ref={registry}/{name}:cache" if registry else ""
        reads = {"cache-from": [cache]} if cache else {}
        return {"context": f"./{name}", "tags": [tag], "attest": ["type=provenance,disabled=true"], **reads, **more}

    targets = {name: target(name, {"contexts": {BASE: "target:base"}}) for name in names}
    definition = {"group": {"default": {"targets": list(names)}}, "target": {"base": target("base", {}), **targets}}
    (root / "docker-bake.json").write_text(json.dumps(definition))
    writes = {name: {"cache-to": [f"type=registry,ref={registry}/{name}:cache,mode=max"]} for name in ("base", *names)}
    (root / "docker-bake.main.json").write_text(json.dumps({"target": writes}))


def compose(root: Path, names: Sequence[str], registry: str) -> None:
    """The Compose file as people write it: the base is a service of its own."""
    services: dict[str, Any] = {"base": {"build": {"context": "./base"}, "image": BASE}}
    for name in names:
        services[name] = {"build": {"context": f"./{name}", "additional_contexts": {BASE: "service:base"}}}
    for name, service in services.items():
        if registry:
            service["build"]["cache_from"] = [f"type=registry,ref={registry}/{name}:cache"]
    (root / "peers.yaml").write_text(json.dumps({"name": "peers", "services": services}))
    for name, service in services.items():
        service["build"]["cache_to"] = [f"type=registry,ref={registry}/{name}:cache,mode=max"]
    (root / "peers.main.yaml").write_text(json.dumps({"name": "peers", "services": services}))


PEERS = (
    Peer(
        OURS,
        ours,
        (INV, "build-optimized"),
        (INV, "build-optimized", "--force", "--push"),
        (INV, "build-optimized"),
    ),
    Peer(
        BAKE,
        bake,
        ("docker", "buildx", "bake", "--file", "docker-bake.json", "--load"),
        ("docker", "buildx", "bake", "--file", "docker-bake.json", "--file", "docker-bake.main.json", "--push"),
        ("docker", "buildx", "bake", "--file", "docker-bake.json", "--load"),
    ),
    Peer(
        COMPOSE,
        compose,
        ("docker", "compose", "-f", "peers.yaml", "build"),
        ("docker", "compose", "-f", "peers.main.yaml", "build"),
        ("docker", "compose", "-f", "peers.yaml", "build"),
    ),
)


def seconds(argv: Sequence[str], root: Path, env: dict[str, str]) -> float:
    """How long a command takes; it has to end well."""
    started = time.perf_counter()
    done = subprocess.run(argv, cwd=root, env={**os.environ, "NO_COLOR": "1", **env}, capture_output=True, check=False)
    took = time.perf_counter() - started
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    return took


def measure(peer: Peer, around: Surroundings, place: Path, names: Sequence[str]) -> dict[str, float]:
    """All scenarios of one of the three, on an engine that begins empty."""
    (engine,), roots = around.engines, f"{around.room}/roots"
    machine = {**dict.fromkeys(("CI", "GITHUB_ACTIONS"), ""), **engine.env}

    def checkout(registry: str) -> Path:
        root = place / "repository"
        shutil.rmtree(root, ignore_errors=True)
        sources(root, names)
        peer.write(root, names, registry)
        # What changed less than two seconds ago is not remembered as it is.
        time.sleep(2.5)
        return root

    def edit(root: Path) -> None:
        path = root / names[0] / "src/module0.py"
        path.write_text(f"{path.read_text()}# one line more\n")

    engine.empty(roots)
    root = checkout("")
    found = {"cold": seconds(peer.build, root, machine)}
    found["nothing changed"] = statistics.median(seconds(peer.build, root, machine) for _ in range(3))
    edit(root)
    found["one code line"] = seconds(peer.build, root, machine)
    registry = f"{around.registry}/{peer.name.split()[-1]}"
    seconds(peer.publish, checkout(registry), {**MAIN, **engine.env})
    engine.empty(roots)
    found["fresh runner, nothing changed"] = seconds(peer.fresh, checkout(registry), {**PULL, **engine.env})
    engine.empty(roots)
    root = checkout(registry)
    edit(root)
    found["fresh runner, one code line"] = seconds(peer.fresh, root, {**PULL, **engine.env})
    return found


def main() -> int:
    """Take turns, and say where our tasks are not what they should be."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--services", type=int, default=12)
    options = parser.parse_args()
    names = [f"service{number}" for number in range(options.services)]
    found: dict[str, list[dict[str, float]]] = {peer.name: [] for peer in PEERS}
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as directory,
        side_engines.side_engines(1, with_registry=True) as around,
    ):
        side_engines.load([ROOT], around.engines[0])
        around.engines[0].keep(f"{around.room}/roots")
        for _ in range(options.runs):
            for peer in PEERS:
                found[peer.name].append(measure(peer, around, Path(directory), names))
    bad = []
    for scenario in SCENARIOS:
        took = {name: statistics.median(run[scenario] for run in runs) for name, runs in found.items()}
        limit = took[BAKE] + (COLD_SECONDS if scenario == "cold" else 0.0)
        bad += [scenario] if took[OURS] > limit else []
        figures = ", ".join(f"{name} {value:.2f} s" for name, value in took.items())
        ratios = f"{took[OURS] / took[BAKE]:.2f} of bake, {took[OURS] / took[COMPOSE]:.2f} of compose"
        print(f"{scenario}: {figures}: {ratios}", flush=True)
    print(f"slower than bake: {', '.join(bad)}" if bad else "nowhere slower than bake")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
