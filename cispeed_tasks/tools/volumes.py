"""Volumes of the engine."""

from __future__ import annotations

from collections.abc import Mapping

from cispeed_tasks.tools import engine


def create(name: str, labels: Mapping[str, str]) -> None:
    """Create a volume unless it is there; the engine answers the same for one that exists."""
    with engine.client() as docker:
        docker.api.create_volume(name, labels=dict(labels))
