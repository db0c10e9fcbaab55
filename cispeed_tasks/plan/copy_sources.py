"""What COPY, ADD and the mounts of RUN name as their sources."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cispeed_tasks.plan.dockerfile import HEREDOC, Instruction, json_words, mounts
from cispeed_tasks.plan.dockerfile_scope import Scope
from cispeed_tasks.plan.dockerfile_words import Uncertain, flag_text
from cispeed_tasks.plan.ignore_patterns import IgnoreFile, ignore_patterns

WITHOUT_CONTEXT = {"cache", "tmpfs", "secret", "ssh"}
"""The types of mount that never show the context."""
ALIASES = {"src": "source"}
ODD_SPACE = re.compile(r"[^\S\t\v\f\r ]|[\ud800-\udfff]")
"""White space that parts words for Python but not for the engine, and bytes that the engine reads in its own way."""


@dataclass(frozen=True)
class Copied:
    """What a COPY or ADD takes from outside the build: its sources, and what it leaves out below them."""

    sources: tuple[str, ...] = ()
    exclude: IgnoreFile | None = None
    checksum: str | None = None


def read_copy(instruction: Instruction, scope: Scope) -> Copied:
    """Read a COPY or ADD; one that copies from a stage or an image takes nothing.

    Raises:
        Uncertain: what it takes cannot be known.
    """
    flags = [(name, flag_text(value, scope.dockerfile.escape)) for name, value in instruction.flags]
    if source := instruction.flag("from"):
        # The engine takes `+1` for a number.
        if ("from", source) not in flags or source.startswith(("+", "-")):
            raise Uncertain("--from is written in an unusual way")
        return Copied()
    exclude = _exclusions([value for name, value in flags if name == "exclude"])
    checksum = next((scope.expand(value) for name, value in flags if name == "checksum"), None)
    return Copied(tuple(map(scope.expand, _words(instruction))), exclude, checksum)


def is_remote(source: str) -> bool:
    """Whether ADD might fetch a source; what it might also take from the context is then looked up there as well."""
    return "://" in source or source.startswith("github.com/") or re.match(r"[\w.-]+@[\w.-]+:", source) is not None


def mount_sources(instruction: Instruction, scope: Scope) -> Iterator[str]:
    """The sources of those mounts of a RUN that show the context; raises Uncertain."""
    known = mounts(instruction)
    for position, value in enumerate(value for name, value in instruction.flags if name == "mount"):
        fields = [field.partition("=") for field in next(csv.reader([flag_text(value, scope.dockerfile.escape)]), [])]
        options = {ALIASES.get(key.lower(), key.lower()): scope.expand(text) for key, _, text in fields}
        if options.get("from", "") != known[position].get("from", ""):
            raise Uncertain("from= is quoted in an unusual way")
        kind = options.get("type", "bind").lower()
        if kind not in {"bind", *WITHOUT_CONTEXT}:
            raise Uncertain(f"a mount of type {kind} is not understood here")
        if kind == "bind" and not options.get("from"):
            yield options.get("source", "")


def _words(instruction: Instruction) -> tuple[str, ...]:
    """The words that name sources, heredocs left out; raises Uncertain where they cannot be told apart."""
    is_json = json_words(instruction.rest) is not None
    if ODD_SPACE.search(instruction.rest) or (not is_json and _begins_with_json(instruction.rest)):
        raise Uncertain("its words cannot be told apart")
    documents = 0 if is_json else sum(1 for word in instruction.rest.split() if HEREDOC.fullmatch(word))
    words = instruction.words()
    if documents != len(instruction.heredocs) or len(words) + documents < 2:  # noqa: PLR2004
        raise Uncertain("its words cannot be told apart")
    return words[:-1]


def _begins_with_json(text: str) -> bool:
    """Whether there is a list with something behind it, which the engine may overlook."""
    try:
        json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return text.startswith("[")


def _exclusions(patterns: list[str]) -> IgnoreFile | None:
    """What `--exclude` leaves out; nothing where a frontend might read a pattern in another way than the engine's own."""
    return None if any(re.search(r"[$\\'\"`]", pattern) for pattern in patterns) else ignore_patterns(patterns)
