"""Dockerfiles that are read once, however many plans ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from cispeed_tasks.plan.dockerfile import Dockerfile
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile


def read_once(text: str, args: Mapping[str, str | None]) -> Dockerfile:
    """As `read_dockerfile`; the same text with the same arguments gives the same object."""
    return _read(text, tuple(args.items()))


@lru_cache(maxsize=8192)
def _read(text: str, args: tuple[tuple[str, str | None], ...]) -> Dockerfile:
    return read_dockerfile(text, dict(args))
