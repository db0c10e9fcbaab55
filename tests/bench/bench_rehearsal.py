"""From an edit to a verdict: the sample's three workflows, rehearsed for three pull requests.

    python -m tests.bench.bench_rehearsal [--workflows quick-ci,docker-ci,full-ci] [--keep DIRECTORY]

Wants a Docker Engine. The default branch is built before; then a pull request each touches one service, a base that six
services stand on, and only docs. The workflows keep cache mounts (`ci: {cache-mounts: true}`). Prints Markdown; the exit
code is 1 when a verdict is red.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cispeed_tasks
from tests.bench.repositories import INV

PULL_REQUESTS = {
    "one service": ("services/orchestrator/orchestrator/app.py", "\n# edited\n"),
    "a base": ("images/python-poetry-base/Dockerfile", "\nENV EDITED=1\n"),
    "only docs": ("README.md", "\nEdited.\n"),
}
WORKFLOWS = {
    "quick-ci": ("pull_request",),
    "docker-ci": ("pull_request",),
    "full-ci": ("pull_request.ready_for_review",),
}
PACKAGES = [str(Path(cispeed_tasks.__file__).parent.parent), *[path for path in sys.path if "site-packages" in path]]
# A package index has the released tasks; these are the ones that are measured.
INSTALL = (
    "python -c 'import pathlib, sysconfig; "
    f'pathlib.Path(sysconfig.get_path("purelib"), "tasks.pth").write_text("{chr(92)}n".join({json.dumps(PACKAGES)}))\''
)
CI = {"install": [INSTALL], "invoke": "python -m invoke", "cache-mounts": True}
GIT = ["git", "-c", "user.name=rehearsal", "-c", "user.email=rehearsal@example.org"]


def run(root: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the repository, whose errors may be seen; the output is text."""
    environment = {key: value for key, value in os.environ.items() if key != "CI"} | {"NO_COLOR": "1"}
    return subprocess.run(argv, cwd=root, env=environment, stdout=subprocess.PIPE, text=True, check=False)


def prepare(root: Path) -> None:
    """Lay the sample out with its workflows, and build what the default branch has."""
    assert run(root.parent, sys.executable, "-m", "cispeed_tasks", "sample", str(root)).returncode == 0
    config = root / "cispeed.yaml"
    text = config.read_text().replace("project: sample", "project: sample-rehearsed")
    config.write_text(f"{text}\nci: {json.dumps(CI)}\n")
    for words in ([INV, "workflows", "--write"], [*GIT, "add", "-A"], [*GIT, "commit", "-qm", "the sample"]):
        assert run(root, *words).returncode == 0
    assert run(root, INV, "build-optimized").returncode == 0
    assert run(root, INV, "build-playwright").returncode == 0


def rehearse(root: Path, request: str, workflow: str) -> tuple[float, str, dict[str, str]]:
    """Rehearse a workflow on a pull request's branch; returns its seconds, its verdict and what each job came to."""
    name, more = PULL_REQUESTS[request]
    branch = f"{workflow}-{request.replace(' ', '-')}"
    assert run(root, "git", "checkout", "-q", "-B", branch, "main").returncode == 0
    path = root / name
    path.write_text(path.read_text() + more)
    assert run(root, *GIT, "commit", "-qam", request).returncode == 0
    started = time.perf_counter()
    done = run(root, INV, "rehearse", workflow, "--event", *WORKFLOWS[workflow], "--json")
    took = time.perf_counter() - started
    jobs = {job["name"]: job["result"] for job in json.loads(done.stdout)["jobs"]}
    return took, "green" if done.returncode == 0 else "red", jobs


def main() -> int:
    """Rehearse all of them, one after another."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--workflows", default=",".join(WORKFLOWS))
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as directory:
        root = (options.keep or Path(directory) / "sample").resolve()
        if not root.exists():
            prepare(root)
        chosen = options.workflows.split(",")
        rows, red = [], False
        for request in PULL_REQUESTS:
            found = {workflow: rehearse(root, request, workflow) for workflow in chosen}
            for workflow, (took, verdict, jobs) in found.items():
                red = red or verdict == "red"
                print(f"{request}, {workflow}: {took:.0f} s, {verdict}: {jobs}", file=sys.stderr)
            rows.append((request, *(f"{took:.0f} s" for took, _, _ in found.values())))
        for name in ("down", "prune"):
            run(root, INV, name)
    print("| a pull request that touches |", " | ".join(chosen), "|")
    print("|---|", "---|" * len(chosen), sep="")
    for row in rows:
        print("|", " | ".join(row), "|")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
