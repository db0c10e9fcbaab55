"""The docker buildx command line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cispeed_tasks.tools import process

SETTINGS = {
    "BUILDX_NO_DEFAULT_ATTESTATIONS": "1",
    # Provenance in the metadata file would hold the values of build arguments.
    "BUILDX_METADATA_PROVENANCE": "disabled",
}


@dataclass(frozen=True)
class BuildRecord:
    """What buildx recorded of one target's build."""

    target: str
    digest: str
    reference: str


def bake(
    files: Sequence[Path | str],
    targets: Sequence[str],
    *,
    cwd: Path,
    metadata: Path,
    env: Mapping[str, str],
    outside: Sequence[str] = (),
    allowed: Sequence[str] = (),
    no_cache: bool = False,
    load: bool = True,
    compression: str | None = None,
) -> int:
    """Run bake with its own progress display; returns its exit code.

    Args:
        files: the bake files, relative to `cwd` or absolute; later ones say what differs from earlier ones.
        targets: names of targets.
        cwd: the directory that the file's paths are relative to.
        metadata: where bake writes its metadata, as JSON.
        env: values of the bake file's variables.
        outside: directories outside `cwd` that bake may read.
        allowed: what else the builds may do, in the words of bake's --allow.
        no_cache: build every step anew.
        load: let the engine have every image, whatever the bake files say; its own builder makes it in the engine's store.
        compression: how the layers of what is loaded are packed; the builder's choice by default.
    """
    argv = ["docker", "buildx", "bake", *(word for file in files for word in ("--file", str(file)))]
    argv += ["--metadata-file", str(metadata)]
    argv += [f"--allow={word}" for word in (*(f"fs.read={directory}" for directory in outside), *allowed)]
    argv += ["--no-cache"] if no_cache else []
    if load:
        # Only OCI has a name of its own for layers of zstd that every registry and tool knows.
        packed = f"*.output=type=docker,oci-mediatypes=true,compression={compression}"
        argv += ["--set", packed] if compression else ["--load"]
    return process.watch([*argv, *targets], cwd=cwd, env={**SETTINGS, **env})


def push_labels(reference: str, labels: Mapping[str, str]) -> None:
    """Push an image that holds nothing but labels; raises WorkFailed when the registry does not take it."""
    words = [word for key, value in labels.items() for word in ("--label", f"{key}={value}")]
    argv = ["docker", "buildx", "build", "--quiet", "--provenance=false", "--push", "--tag", reference, *words, "-"]
    process.ask(argv, stdin="FROM scratch\n", env=SETTINGS, timeout=120)


def labels_of(reference: str) -> dict[str, str]:
    """The labels of an image in a registry, which is not pulled; none where it cannot be read."""
    argv = ["docker", "buildx", "imagetools", "inspect", "--format", "{{json .Image}}", reference]
    done = process.ask(argv, check=False, timeout=60)
    try:
        config = json.loads(done.stdout)["config"]
    except (ValueError, KeyError, TypeError):
        return {}
    return {str(key): str(value) for key, value in (config.get("Labels") or {}).items()}


def records(metadata: Path) -> list[BuildRecord]:
    """What bake's metadata says of each target."""
    if not metadata.is_file():
        return []
    data: dict[str, Any] = json.loads(metadata.read_text())
    return [
        BuildRecord(name, str(entry.get("containerimage.digest", "")), str(entry.get("buildx.build.ref", "")))
        for name, entry in data.items()
        if isinstance(entry, dict) and "buildx.build.ref" in entry
    ]
