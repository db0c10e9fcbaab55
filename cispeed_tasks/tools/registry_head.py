"""Registries, asked which manifests they have: one HEAD for each reference, all at once, and no engine between."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from queue import Empty, SimpleQueue

from cispeed_tasks.tools.registry_http import is_loopback
from cispeed_tasks.tools.registry_manifests import Head, Registry, Time, silent
from cispeed_tasks.tools.registry_reference import Reference, parse

__all__ = ["Head", "heads"]


def heads(
    references: Sequence[str], *, timeout: float, at_once: int = 32, insecure: frozenset[str] = frozenset()
) -> dict[str, Head]:
    """Ask the registries whether manifests exist; never raises for what a registry does.

    A registry that left one question without any answer is not asked the remaining ones: they are SILENT at once. So is
    a reference that no image can have.

    Args:
        references: names with a tag or a digest, as in `docker pull`; a name twice is one question.
        timeout: seconds after which a registry counts as silent; the whole takes twice that at most.
        at_once: how many questions are open at the same time.
        insecure: hosts, with their ports, that are asked by http; hosts of this machine always are.

    Returns:
        An answer for each reference, in their order.
    """
    clock = Time(timeout, time.monotonic() + 2 * timeout)
    asked, found = _read(references)
    with _registries(asked, clock, at_once, insecure) as registries:
        questions = _in_turn(asked)
        threads = [
            # A daemon is not waited for when the process ends: looking a name up cannot be interrupted.
            threading.Thread(target=_work, args=(questions, registries, found), daemon=True)
            for _ in range(min(at_once, len(asked)))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, clock.end - time.monotonic()))
        return {text: found.get(text) or _late(asked[text], timeout) for text in references}


def _read(references: Sequence[str]) -> tuple[dict[str, Reference], dict[str, Head]]:
    """The references that can be asked for, and the answers for those that cannot."""
    asked: dict[str, Reference] = {}
    faulty: dict[str, Head] = {}
    for text in references:
        try:
            asked[text] = parse(text)
        except ValueError as error:
            faulty[text] = silent(f"{text!r}: {error}")
    return asked, faulty


@contextmanager
def _registries(
    asked: Mapping[str, Reference], clock: Time, at_once: int, insecure: frozenset[str]
) -> Iterator[dict[str, Registry]]:
    registries = {
        host: Registry(host, plain=host in insecure or is_loopback(host), clock=clock, at_once=at_once)
        for host in {reference.host for reference in asked.values()}
    }
    try:
        yield registries
    finally:
        for registry in registries.values():
            registry.close()


def _in_turn(asked: Mapping[str, Reference]) -> SimpleQueue[tuple[str, Reference]]:
    """The questions, from each registry one at a time: a silent one shall not keep all threads waiting."""
    of_host: dict[str, list[tuple[str, Reference]]] = {}
    for text, reference in asked.items():
        of_host.setdefault(reference.host, []).append((text, reference))
    questions: SimpleQueue[tuple[str, Reference]] = SimpleQueue()
    for row in zip_longest(*of_host.values()):
        for question in row:
            if question is not None:
                questions.put(question)
    return questions


def _work(
    questions: SimpleQueue[tuple[str, Reference]], registries: Mapping[str, Registry], found: dict[str, Head]
) -> None:
    """Answer questions until none is left; one thread of many."""
    while True:
        try:
            text, reference = questions.get_nowait()
        except Empty:
            return
        found[text] = registries[reference.host].ask(reference)


def _late(reference: Reference, timeout: float) -> Head:
    return silent(f"{reference.host}: no answer within {2 * timeout:g} s")
