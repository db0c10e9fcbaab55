"""The inputs of a target besides the files of its context: what its Dockerfile and its build section say."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cispeed_tasks.model import Target
from cispeed_tasks.plan.fingerprint import SCHEMA, Input, digest
from cispeed_tasks.plan.places import relative

PINNED_COMMIT = re.compile(r"#[0-9a-f]{40}(:.*)?$")
"""A Git source that names a whole commit id (docs.docker.com/build/concepts/context)."""


def settings_inputs(target: Target, root: Path, labels: Mapping[str, Any], platform: str) -> list[Input]:
    """What the config, the Compose files and the Dockerfile itself say of a target.

    Args:
        target: the target; its paths are absolute.
        root: the project's directory; every path in an input is relative to it, so that checkouts elsewhere agree.
        labels: the labels that the image gets, its fingerprint's excepted.
        platform: what the engine builds for, such as linux/amd64.
    """
    path = "the inline Dockerfile" if target.inline else relative(target.dockerfile, root)
    found = [
        Input("schema", "", SCHEMA),
        Input("dockerfile", path, digest(target.dockerfile_text)),
        Input("setting", "target", digest(target.stage)),
        Input("setting", "platform", digest(platform)),
    ]
    found += [Input("setting", f"labels.{key}", digest(str(value))) for key, value in labels.items()]
    found += [Input("argument", f"label {key}", digest(value)) for key, value in target.labels.items()]
    found += [Input("argument", key, digest(value)) for key, value in target.args.items()]
    found += [Input("setting", key, digest(_canonical(key, value))) for key, value in target.extra.items()]
    return found


def age_input(target: Target, now: float) -> list[Input]:
    """For a base with a `max-age`, which of the periods of that length (counted from 1970) it is; `now` is in seconds."""
    return [Input("age", target.tag, str(int(now // target.max_age)))] if target.max_age else []


def is_pinned(address: str, checksum: str | None = None) -> bool:
    """Whether what an address gives can never change: its content's digest or its commit is named."""
    return bool(checksum) or bool(PINNED_COMMIT.search(address)) or "@sha256:" in address


def _canonical(key: str, value: Any) -> str:  # noqa: ANN401  # a setting in bake's words
    """A setting as text; of secrets and ssh keys their ids only: what they are must not reach the image."""
    if key in {"secret", "ssh"} and isinstance(value, list):
        value = sorted(_id(item) for item in value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def _id(item: object) -> str:
    if isinstance(item, Mapping):
        return str(item.get("id", ""))
    return str(item).partition("=")[0]
