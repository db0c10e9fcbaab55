"""What BuildKit remembers of builds (`docker buildx history`): why they failed, what their steps and the export of a cache took."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cispeed_tasks.tools import process

AT_ONCE = 4
MOST = 50
"""How many of the last builds are looked at."""
SMALL = re.compile(r"|cache-mounts|cispeed-mounts-\w+")
"""The names of most builds that make no image, which need not be asked about."""
HISTORY = ("docker", "buildx", "history")
NANOSECONDS = 1_000_000_000


@dataclass(frozen=True)
class CacheExport:
    """How a build wrote its cache: seconds, and why it could not where it could not."""

    seconds: float
    error: str = ""


@dataclass(frozen=True)
class BuildSteps:
    """How many steps a build of a target had, and how many of them came from the cache."""

    target: str
    steps: int
    cached: int


@dataclass(frozen=True)
class Build:
    """A build that ended: the labels of its image, its seconds, and those of the steps that were run, by their names."""

    labels: Mapping[str, str]
    seconds: float
    steps: tuple[tuple[str, float], ...]


def errors(since: datetime) -> list[str]:
    """Why the builds failed that began since then; nothing where BuildKit does not say it."""
    done = process.ask([*HISTORY, "ls", "--format", "json"], check=False, timeout=30)
    rows = [row for row in _rows(done.stdout.splitlines()[:MOST]) if row.get("status") == "Error"]
    failed = [str(row["ref"]).rsplit("/", 1)[-1] for row in rows if datetime.fromisoformat(row["created_at"]) >= since]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(_error, failed))


def builds(since: datetime, env: Mapping[str, str]) -> list[Build]:
    """The builds that began since then on the engine that the variables `env` name, whole ones only."""
    done = process.ask([*HISTORY, "ls", "--format", "json"], env=env, check=False, timeout=60)
    rows = [row for row in _rows(done.stdout.splitlines()) if row.get("status") == "Completed"]
    found = [str(row["ref"]).rsplit("/", 1)[-1] for row in rows if datetime.fromisoformat(row["created_at"]) >= since]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [one for one in pool.map(lambda reference: _build(reference, env), found) if one is not None]


def cache_exports(references: Sequence[str]) -> dict[str, CacheExport]:
    """How some builds, by their references, wrote their caches; one that BuildKit does not tell of is left out."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = zip(references, pool.map(_cache_export, references), strict=True)
        return {reference: one for reference, one in found if one is not None}


def logs(references: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The log of each of some builds, a row for each piece of news (BuildKit's SolveStatus); empty where there is none."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(references, pool.map(_log, references), strict=True))


def _log(reference: str, env: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    argv = [*HISTORY, "logs", "--progress", "rawjson", reference.rsplit("/", 1)[-1]]
    done = process.ask(argv, env=env, check=False, timeout=60)
    return list(_rows((done.stdout + done.stderr).splitlines()))


def cached_steps(project: str, limit: int = MOST) -> list[BuildSteps]:
    """The last builds of a project's images that BuildKit tells of, the newest first; it keeps a few dozen of all projects."""
    done = process.ask([*HISTORY, "ls", "--format", "json"], check=False, timeout=30)
    rows = [row for row in _rows(done.stdout.splitlines()) if row.get("status") == "Completed"]
    rows = [row for row in rows if not SMALL.fullmatch(str(row.get("name", "")))][:limit]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(_counted, [str(row.get("ref", "")).rsplit("/", 1)[-1] for row in rows])
        return [one for own, one in found if own == project and one.steps]


def _counted(reference: str) -> tuple[str, BuildSteps]:
    """The project of a build, by its labels, and its steps."""
    done = process.ask([*HISTORY, "inspect", "--format", "json", reference], check=False, timeout=30)
    try:
        record = json.loads(done.stdout)
        labels = {one["Name"]: one["Value"] for one in record.get("Labels") or ()}
        target, project = labels["cispeed.target"], labels["cispeed.project"]
        return project, BuildSteps(target, int(record["NumTotalSteps"]), int(record.get("NumCachedSteps") or 0))
    except (ValueError, LookupError, TypeError):
        return "", BuildSteps("", 0, 0)


def _error(reference: str) -> str:
    done = process.ask([*HISTORY, "inspect", "--format", "json", reference], check=False, timeout=30)
    try:
        return str(json.loads(done.stdout)["Error"]["Message"])
    except (ValueError, LookupError, TypeError):
        return ""


def _build(reference: str, env: Mapping[str, str]) -> Build | None:
    done = process.ask([*HISTORY, "inspect", "--format", "json", reference], env=env, check=False, timeout=60)
    try:
        told = json.loads(done.stdout)
        labels = {str(one["Name"]): str(one["Value"]) for one in told.get("Labels") or ()}
        seconds = int(told["Duration"]) / NANOSECONDS
    except (ValueError, LookupError, TypeError):
        return None
    ended = {str(one.get("digest")): one for one in _steps(reference, env) if one.get("completed")}
    run = [(str(one.get("name")), _seconds(one)) for one in ended.values() if not one.get("cached")]
    return Build(labels, seconds, tuple(run))


def _cache_export(reference: str) -> CacheExport | None:
    """The steps that export a cache, by the log of the build; each is told when it begins, and whole at its end."""
    steps = _steps(reference, {})
    ended = [one for one in steps if str(one.get("name")).startswith("exporting cache") and one.get("completed")]
    if not ended:
        return None
    return CacheExport(_seconds(ended[-1]), str(ended[-1].get("error") or ""))


def _steps(reference: str, env: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the log of a build says of its steps, in the order in which it was said."""
    return [step for row in _log(reference, env) for step in row.get("vertexes") or ()]


def _seconds(step: Mapping[str, Any]) -> float:
    return (datetime.fromisoformat(step["completed"]) - datetime.fromisoformat(step["started"])).total_seconds()


def _rows(lines: Sequence[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            yield row
