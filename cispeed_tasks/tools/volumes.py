"""Volumes of the engine."""

from __future__ import annotations

from collections.abc import Mapping

from cispeed_tasks.tools import engine


def create(name: str, labels: Mapping[str, str]) -> None:
    """Create a volume unless it is there; the engine answers the same for one that exists."""
    with engine.client() as docker:
        docker.api.create_volume(name, labels=dict(labels))


def remove(name: str) -> bool:
    """Remove a volume that no container has; whether it is gone, which it also is where it never was."""
    from docker.errors import APIError, NotFound

    with engine.client() as docker:
        try:
            docker.api.remove_volume(name)
        except NotFound:
            return True
        except APIError:
            return False
    return True
