"""A history of real records: edits of a copy of the sample are committed and built, one after another.

    python -m tests.bench.make_history DIRECTORY [--commits 60] [--seconds 240]

Wants a Docker Engine. Goes on where it ended the last time, until so many commits are built or the time is over. The copy
has names of its own, so that it disturbs no other one.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import time
from pathlib import Path

import cispeed_tasks
from cispeed_tasks.run import history
from tests.bench.repositories import INV

SAMPLE = Path(cispeed_tasks.__file__).parent / "sample"
GIT = ["git", "-c", "user.name=history", "-c", "user.email=history@example.org"]
PYTHON = ("orchestrator", "rag_service", "git_adapter", "coding_agent", "backend")


def begin(root: Path) -> None:
    """Copy the sample as a repository of its own, under names of its own."""
    shutil.copytree(SAMPLE, root, ignore=shutil.ignore_patterns(".cispeed", "node_modules", "__pycache__"))
    (root / "tasks.py").write_text("from cispeed_tasks import ns\n")
    for path in [root / "cispeed.yaml", *root.rglob("Dockerfile")]:
        text = path.read_text().replace("project: sample", "project: sample-history")
        path.write_text(text.replace("image: images/", "image: history/").replace("FROM images/", "FROM history/"))
    with (root / "cispeed.yaml").open("a") as config:
        config.write("\nbudgets:\n  build-seconds: 30\n  image-bytes: 600MB\n  context-bytes: 10MB\n")
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=root, check=True)
    commit(root, "the sample")


def commit(root: Path, message: str) -> None:
    """Commit everything."""
    subprocess.run(["git", "add", "-A"], cwd=root, check=True)
    subprocess.run([*GIT, "commit", "-q", "-m", message], cwd=root, check=True)


def edit(root: Path, number: int) -> str:
    """Change what a day of work changes: a file of one service, or of some; now and then a large one; sometimes nothing."""
    chance = random.Random(number)  # noqa: S311  # the same edits each time
    names = chance.sample(PYTHON, chance.choice([1, 2, 3, 4])) + (["client"] if number % 15 == 0 else [])
    for name in names:
        place = root / "services" / name if name in PYTHON else root / name
        path = next(iter(sorted(place.rglob("app.py"))), None) or next(iter(sorted((place / "src").glob("*.js"))))
        comment = "#" if path.suffix == ".py" else "//"
        path.write_text(f"{path.read_text()}\n{comment} change {number}\n")
    if number % 12 == 0:
        name = chance.choice(PYTHON)
        package = next(iter(sorted((root / "services" / name).rglob("app.py")))).parent
        (package / f"table-{number}.bin").write_bytes(chance.randbytes(3_000_000))
        names.append(f"a table for {name}")
    return f"change {number}: {', '.join(names)}"


def main() -> None:
    """Commit and build until there is enough."""
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=Path)
    parser.add_argument("--commits", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=240.0)
    options = parser.parse_args()
    root, started = options.directory.resolve(), time.monotonic()
    if not root.exists():
        begin(root)
        subprocess.run([INV, "build-optimized"], cwd=root, check=True)
    count = subprocess.run(["git", "rev-list", "--count", "HEAD"], cwd=root, check=True, capture_output=True, text=True)
    for number in range(int(count.stdout), options.commits + 1):
        if time.monotonic() - started > options.seconds:
            break
        commit(root, edit(root, number))
        subprocess.run([INV, "build-optimized"], cwd=root, check=True)
        if number % 4 == 0:
            subprocess.run([INV, "build-optimized"], cwd=root, check=True)
    print(f"{len(history.recall(root))} records in {root}")


if __name__ == "__main__":
    main()
