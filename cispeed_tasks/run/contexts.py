"""The build contexts of one project: each walked once, read only where it differs from what is remembered of it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cispeed_tasks.model import ContextFile, Target
from cispeed_tasks.plan.context_tree import ContextTree
from cispeed_tasks.plan.fingerprint import FILE, Input, digest
from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from cispeed_tasks.plan.inputs import Inputs
from cispeed_tasks.plan.places import relative
from cispeed_tasks.run.context_witness import Witness
from cispeed_tasks.run.derived_inputs import DerivedInputs, Known
from cispeed_tasks.tools import context
from cispeed_tasks.tools.file_digests import SETTLED_NANOSECONDS, FileDigests


@dataclass(frozen=True)
class SentContext:
    """What Docker would send of one context under one ignore file."""

    ignore: str
    entries: list[context.Entry]

    @cached_property
    def files(self) -> Mapping[str, ContextFile]:
        """The entries by their paths."""
        return {file.path: file for file in context.read_entries(self.entries)}

    @cached_property
    def tree(self) -> ContextTree:
        """The entries as COPY looks them up."""
        return ContextTree(self.files.values())

    @cached_property
    def signature(self) -> str:
        """While it is the same, so is every entry."""
        return context.signature(self.entries)


@dataclass(frozen=True)
class Memory:
    """What is remembered of one target's contexts, and how to remember it."""

    store: DerivedInputs | None
    key: str = ""
    signature: str = ""
    is_settled: bool = False

    @property
    def known(self) -> Known | None:
        """What was derived when the contexts were as they are."""
        return self.store.find(self.key, self.signature) if self.store else None

    def keep(self, derived: Inputs, files: str) -> None:
        """Remember what was derived, unless something changed so lately that it may change again unseen."""
        if self.store and self.is_settled:
            self.store.keep(self.key, self.signature, Known(derived, files))


class Contexts:
    """The contexts of one project. With `detailed`, every file is an input of its own, as explanations want it."""

    def __init__(self, root: Path, *, detailed: bool = False) -> None:
        self.root = root
        self._started = time.time_ns()
        self._digests = FileDigests(root)
        self._derived = None if detailed else DerivedInputs(root)
        self._seen: dict[tuple[str, str], SentContext] = {}
        self._ignores: dict[tuple[str, str | None], str] = {}

    def detailed(self) -> Contexts:
        """The same contexts, walked already, with every file as an input of its own."""
        other = Contexts(self.root, detailed=True)
        other._digests, other._seen = self._digests, self._seen  # its own class
        return other

    def of_target(self, target: Target) -> SentContext:
        """What a target is sent of its context; raises WorkFailed where that cannot be read."""
        if target.ignore_text is not None:
            return self.sent(target.context, target.ignore_text)
        has_file = not (target.generated or target.inline)
        return self._under_own_ignore(target.context, str(target.dockerfile) if has_file else None)

    def of_named(self, directory: str) -> SentContext:
        """What is sent of a directory that is a named context; only its own ignore file counts."""
        return self._under_own_ignore(directory, None)

    def _under_own_ignore(self, directory: str, dockerfile: str | None) -> SentContext:
        text = context.ignore_text(directory, dockerfile)
        self._ignores[directory, dockerfile] = text
        return self.sent(directory, text)

    def sent(self, directory: str, ignore: str) -> SentContext:
        """What is sent of a directory under an ignore file's text."""
        key = (directory, ignore)
        if key not in self._seen:
            self._seen[key] = SentContext(ignore, context.walk(Path(directory), read_ignore_file(ignore)))
        return self._seen[key]

    def memory(self, target: Target, onbuild: bool, sent: Sequence[SentContext]) -> Memory:
        """What is remembered of a target that is sent this of its context and of its named ones."""
        if self._derived is None:
            return Memory(None)
        contexts = [f"{name} {relative(value, self.root)}" for name, value in sorted(target.contexts.items())]
        args = [f"{key} {value}" for key, value in sorted(target.args.items())]
        place = relative(target.context, self.root)
        key = digest(target.name, target.dockerfile_text, target.stage, place, str(onbuild), *contexts, None, *args)
        last = max(context.last_change(one.entries) for one in sent)
        is_settled = last < self._started - SETTLED_NANOSECONDS
        return Memory(self._derived, key, digest(*(one.signature for one in sent)), is_settled)

    def inputs(self, directory: str, sent: SentContext, paths: Iterable[str]) -> list[Input]:
        """The inputs that are files of a context, named relative to the project's directory."""
        start, digest_of = relative(directory, self.root), self._digests.of(directory)
        prefix = "" if start == "." else f"{start}/"
        return [Input(FILE, prefix + path, _state(sent.files[path], digest_of)) for path in paths]

    def witness(self) -> Witness | None:
        """All that was seen, to compare it later; None where something changed so lately that it may change unseen."""
        limit = self._started - SETTLED_NANOSECONDS
        if any(context.last_change(one.entries) >= limit for one in self._seen.values()):
            return None
        sent = tuple((directory, text, one.signature) for (directory, text), one in self._seen.items())
        return Witness(tuple((*key, text) for key, text in self._ignores.items()), sent)

    def save(self) -> None:
        """Keep what was learnt for the next task."""
        self._digests.save()
        if self._derived is not None:
            self._derived.save()


def _state(file: ContextFile, digest_of: context.Digest) -> str:
    """What can change of an entry: its kind, all its permission bits, what a link says, and its content."""
    content = digest_of(file) if file.kind == "file" else file.link or ""
    return f"{file.kind} {file.mode:o} {content}"
