"""Registries, asked through the engine, so that its mirrors, credentials and certificates hold."""

from __future__ import annotations

from enum import Enum

from cispeed_tasks.tools import engine


class Answer(Enum):
    """What a registry said of an image."""

    THERE = "there"
    ABSENT = "absent"
    SILENT = "silent"


def find(reference: str, *, timeout: float) -> tuple[Answer, str]:
    """Ask whether the image `reference` can be pulled.

    Args:
        reference: name and tag or digest.
        timeout: seconds after which a registry counts as silent.

    Returns:
        The answer, and the image's digest where it is there, else the registry's or the engine's own words.
    """
    from docker.errors import APIError
    from requests.exceptions import ConnectionError as NoConnection
    from requests.exceptions import ReadTimeout

    with engine.client(timeout=timeout) as docker:
        try:
            found = docker.api.inspect_distribution(reference)  # type: ignore[no-untyped-call]
        except APIError as error:
            words = str(error.explanation or error)
            refused = any(sign in words for sign in ("not found", "denied", "unauthorized", "manifest unknown"))
            return (Answer.ABSENT if refused and "dial" not in words else Answer.SILENT), words
        except (NoConnection, ReadTimeout) as error:
            return Answer.SILENT, f"no answer within {timeout:g} s ({type(error).__name__})"
    return Answer.THERE, str(found["Descriptor"]["digest"])
