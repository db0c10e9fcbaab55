"""What is said of an image that a registry did not take."""

from __future__ import annotations

import re

REFUSED = re.compile(
    r"unauthorized|denied|forbidden|authenticat|credential|insufficient.scope|\b40[13]\b", re.IGNORECASE
)
PUSH = re.compile(r"failed to push|\bpush(ing)?\b", re.IGNORECASE)
LENGTH = 200


def push_fault(reference: str, words: str, *, is_here: bool) -> str:
    """A sentence for an image that could not be pushed.

    Args:
        reference: the image's name in the registry.
        words: what the program that pushed it said.
        is_here: whether the engine has it, so that it need not be built again.
    """
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    said = (lines[-1].removeprefix("ERROR: ") if lines else "no reason was given")[:LENGTH]
    host = reference.partition("/")[0]
    remedy = (
        f"log in as somebody who may write there (`docker login {host}`)"
        if REFUSED.search(words)
        else f"see to it that {host} answers"
    )
    kept = "; the images are whole on this engine, and the same command then only pushes them" if is_here else ""
    return f"{reference} could not be pushed ({said}): {remedy}{kept}"


def is_push_error(words: str) -> bool:
    """Whether a build failed since what it made could not be pushed."""
    return bool(PUSH.search(words))
