"""Whether a running container's image is what the checkout would make now."""

from __future__ import annotations

from dataclasses import dataclass

from cispeed_tasks.plan.fingerprint import Fingerprint, Record, differences, summary


@dataclass(frozen=True)
class Proof:
    """What is known of one container's image; `holds` is None where there is nothing to prove."""

    service: str
    holds: bool | None
    words: str
    changes: tuple[str, ...] = ()
    """What differs between the checkout and the image, where that is known."""


def prove(
    service: str, image: str, expected: str | None, label: str | None, now: Fingerprint, record: Record | None
) -> Proof:
    """Compare the image of a container with the checkout.

    Args:
        service: the container's service.
        image: the id of the image that the container runs.
        expected: the id of the image on the engine that has the checkout's fingerprint; None where there is none.
        label: the fingerprint that the running image says of itself.
        now: the fingerprint of the checkout.
        record: what is remembered of the running image's inputs.
    """
    if now.unknown:
        return Proof(service, None, f"cannot be proven: {now.unknown}")
    if image == expected:
        return Proof(service, True, "as the checkout")
    if label == now.value:
        return Proof(service, False, "built while files changed, or of another build of the same; build it again")
    if record is None:
        return Proof(service, False, "another one than the checkout makes; what differs is not recorded here")
    changes = tuple(differences(record, now))
    return Proof(service, False, f"older: {summary(changes)}", changes)


def not_ours(service: str) -> Proof:
    """The proof of a container whose image nobody builds here."""
    return Proof(service, None, "an image of somebody else's")
