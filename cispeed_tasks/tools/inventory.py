"""What the engine has of one project, by its labels, and removing it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.model import Observed, SeenImage, SeenVolume
from cispeed_tasks.tools import engine, engine_http, process
from cispeed_tasks.tools.containers import PROJECT_LABEL

LABEL = "cispeed.project"
COUNTS = 4
COUNT_SECONDS = 300.0
GONE = ("does not exist", "not found")


def observe(project: str, compose_projects: tuple[str, ...]) -> Observed:
    """Everything that carries the project's label, and the volumes and containers of its Compose projects."""
    chosen = quote(json.dumps({"label": [f"{LABEL}={project}"]}))
    # What the engine counts by itself (`docker system df`) are the images of all projects, which takes long.
    images, containers = _listed(f"/images/json?filters={chosen}"), _listed("/containers/json?all=true")
    volumes = _listed("/system/df?type=volume").get("Volumes") or ()
    used_images = {row["ImageID"] for row in containers}
    own = [row for row in containers if row["Labels"].get(PROJECT_LABEL) in compose_projects]
    stopped = [(row["Id"], row["Names"][0].lstrip("/")) for row in own if row["State"] in {"exited", "created", "dead"}]
    stopped_ids = {id_ for id_, _ in stopped}
    running = {row["ImageID"] for row in containers if row["Id"] not in stopped_ids}
    mounted = {m.get("Name") for row in containers if row["Id"] not in stopped_ids for m in row.get("Mounts") or ()}
    return Observed(
        tuple(_image(row, in_use=row["Id"] in used_images & running) for row in images),
        tuple(
            SeenVolume(row["Name"], kind, int((row.get("UsageData") or {}).get("Size") or 0), row["Name"] in mounted)
            for row in volumes
            if (kind := _volume_kind(row.get("Labels") or {}, project, compose_projects))
        ),
        tuple(stopped),
    )


def _listed(path: str) -> Any:  # noqa: ANN401  # the engine's JSON
    """An answer of the engine; when something goes while it counts, it gives up, and is asked again."""
    for _ in range(COUNTS):
        try:
            answer = engine_http.found([path], seconds=COUNT_SECONDS)[0]
        except WorkFailed as error:
            if not any(sign in str(error) for sign in GONE):
                raise
        else:
            if answer is not None:
                return answer
    raise WorkFailed("the engine cannot count what it has, since that changes all the time; run this again later")


def _usage(docker: Any) -> dict[str, Any]:  # noqa: ANN401  # the SDK has one door, its types too
    """What the engine counts, asked through a client of the SDK; when something goes while it counts, it gives up, and is asked again."""
    from docker.errors import APIError

    for _ in range(COUNTS):
        try:
            return dict(docker.api.df())
        except APIError as error:
            if not any(sign in str(error.explanation) for sign in GONE):
                raise
    return dict(docker.api.df())


def _volume_kind(labels: dict[str, str], project: str, compose_projects: tuple[str, ...]) -> str | None:
    if labels.get(LABEL) == project:
        return labels.get("cispeed.kind", "data")
    return "data" if labels.get(PROJECT_LABEL) in compose_projects else None


def _image(row: dict[str, Any], *, in_use: bool) -> SeenImage:
    labels = row.get("Labels") or {}
    tags = tuple(tag for tag in row.get("RepoTags") or () if "<none>" not in tag)
    return SeenImage(
        row["Id"],
        labels.get("cispeed.target", ""),
        labels.get("cispeed.kind", ""),
        tags,
        float(row["Created"]),
        int(row["Size"]),
        in_use,
    )


def disk_usage() -> int:
    """Bytes that images, containers, volumes and build cache take on the engine."""
    with engine.client(timeout=300) as docker:
        usage = _usage(docker)
    layers = int(usage.get("LayersSize") or 0)
    containers = sum(int(row.get("SizeRw") or 0) for row in usage.get("Containers") or ())
    volumes = sum(max(int((row.get("UsageData") or {}).get("Size") or 0), 0) for row in usage.get("Volumes") or ())
    cache = sum(int(row.get("Size") or 0) for row in usage.get("BuildCache") or () if not row.get("Shared"))
    return layers + containers + volumes + cache


def remove_volume(name: str) -> None:
    """Remove a volume; one that is gone already is fine."""
    from docker.errors import NotFound

    with engine.client() as docker:
        try:
            docker.api.remove_volume(name)
        except NotFound:
            return


def prune_build_cache(*, older_than: str | None, keep: str | None) -> None:
    """Remove build cache that is not in use: unused for a time such as 168h, or beyond a size such as 5gb."""
    argv = ["docker", "buildx", "prune", "--force"]
    argv += ["--filter", f"until={older_than}"] if older_than else []
    argv += ["--max-used-space", keep] if keep else []
    argv += ["--all"] if not (older_than or keep) else []
    process.ask(argv, timeout=600)
