"""The names of images as Docker reads them."""

from __future__ import annotations


def canonical(image: str) -> str:
    """An image's name without what Docker adds by itself: docker.io/library/ and :latest."""
    name = image.removeprefix("docker.io/").removeprefix("library/")
    return name if "@" in name or ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"
