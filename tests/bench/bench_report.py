"""How long a report of many records takes, and how large its page is.

    python -m tests.bench.bench_report [--records 100000] [--services 40] [--keep DIRECTORY]

Wants no engine: the records are made up, but for the time that reading, reckoning and writing them takes. The exit code is
1 when it takes longer than the limit.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cispeed_tasks.plan.history_records import Bar, Layer, Machine, Record, Step
from cispeed_tasks.run import history
from tests.bench.repositories import INV

LIMIT_SECONDS = 30.0
INSTRUCTIONS = ("RUN pip install -r requirements.txt", "COPY . .", "RUN npm ci", "RUN npm run build", "WORKDIR /app")
MACHINE = Machine("cafe0001", "Linux x86_64", 4, 16 * 1024**3, "GitHub")
CONFIG = """budgets:
  build-seconds: 60
  image-bytes: 500MB
  images:
    service01: {image-bytes: 250MB}
"""


def main() -> int:
    """Write the records, draw them, and say what that took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--services", type=int, default=40)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        root = options.keep or Path(temporary)
        root.mkdir(exist_ok=True)
        (root / "cispeed.yaml").write_text(CONFIG)
        (root / "tasks.py").write_text("from cispeed_tasks import ns\n")
        history.merge(root, list(records(options.records, options.services)))
        started = time.perf_counter()
        subprocess.run([INV, "report", "--html", "report.html"], cwd=root, check=True)
        took = time.perf_counter() - started
        size = (root / "report.html").stat().st_size
        print(f"{options.records} records of {options.services} services: {took:.1f} s, a page of {size / 1000:.0f} kB")
    return int(took > LIMIT_SECONDS)


def records(count: int, services: int) -> Iterator[Record]:
    """Make up the records of a year of CI: each run builds some images and leaves the others."""
    chance = random.Random(7)  # noqa: S311  # the same records each time
    names = [f"service{number:02}" for number in range(services)]
    start, made, run = datetime(2026, 1, 1, tzinfo=UTC), 0, 0
    while made < count:
        run += 1
        at = start + timedelta(days=364 * made / count)
        built = chance.sample(names, chance.choice([0, 0, 1, 1, 2, 3, min(8, services)]))
        found = [_build(name, at, run, made / count, chance) for name in built]
        reused = tuple(name for name in names if name not in built)
        took = max((one.seconds for one in found), default=0.5) + chance.random() * 90
        result = "built" if built else "reused"
        found.append(
            _record(
                "images", "images", result, took, at, run, reused=reused, cache_bytes=int(5e9 + 5e9 * chance.random())
            )
        )
        test = chance.random() < 0.4
        found.append(
            _record(
                "test",
                "playwright",
                "reused" if test else "passed",
                0.1 if test else 60 + 60 * chance.random(),
                at + timedelta(seconds=took),
                run,
                saved=80.0 if test else None,
            )
        )
        made += len(found)
        yield from found
    bars = tuple(
        Bar(name, case, 60 + 100 * chance.random(), 4 + 20 * chance.random())
        for name in names[:4]
        for case in ("cold", "cached")
    )
    yield _record("compare", "images", "measured", 900, start + timedelta(days=364), run, bars=bars)


def _build(name: str, at: datetime, run: int, part: float, chance: random.Random) -> Record:
    number = int(name.removeprefix("service"))
    cached = chance.choice([0, 3, 4])
    seconds = (5 + number) * (0.2 if cached else 1.0) * (0.8 + 0.4 * chance.random())
    size = int((180 + 9 * number) * 1e6 * (1 + 0.3 * part))
    steps = tuple(Step(text, seconds / (place + 1) / 2, place < cached) for place, text in enumerate(INSTRUCTIONS))
    layers = (
        Layer("layer of a base image", 89_000_000),
        Layer(INSTRUCTIONS[0], size - 90_000_000),
        Layer("COPY . .", int(1e6 * number)),
    )
    phases = {"instructions": seconds * 0.7, "image export": seconds * 0.2, "context": 0.1, "base images": 0.2}
    return _record(
        "build",
        name,
        "built",
        seconds,
        at,
        run,
        steps=steps,
        steps_cached=cached,
        steps_all=5,
        layers=layers,
        phases=phases,
        image_bytes=size,
        context_bytes=int(2e6 + 1e5 * number),
        commit=f"{run:040x}",
    )


def _record(kind: str, name: str, result: str, seconds: float, at: datetime, run: int, **more: Any) -> Record:
    identity = f"{run:012x}{kind}{name}"
    return Record(
        kind,
        name,
        result,
        seconds,
        id=identity,
        at=at.isoformat(timespec="milliseconds"),
        run=f"GitHub shop {run}",
        machine=MACHINE,
        **more,
    )


if __name__ == "__main__":
    raise SystemExit(main())
