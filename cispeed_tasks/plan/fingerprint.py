"""The fingerprint of a target: a hash of everything that can change its image, and what differs between two of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

SCHEMA = "1"
LABEL = "cispeed.fingerprint"
FILE = "file"
TAG_DIGITS = 32
RECORDED_DIGITS = 16
GUESSABLE_DIGITS = 3
"""A build argument may be a short secret, which a longer digest would let one guess."""


class Input(NamedTuple):
    """One thing that can change an image. A named tuple, since there may be tens of thousands of them."""

    kind: str
    """schema, dockerfile, setting, argument, ignore file, file, base, image, remote or age."""
    name: str
    """What it is called in the user's words; paths are relative to the project's directory."""
    state: str
    """A text that says what it is now, in which what may be secret or long is a digest."""


@dataclass(frozen=True)
class Fingerprint:
    """The fingerprint of one target; `value` is 64 hexadecimal digits."""

    target: str
    value: str
    inputs: tuple[Input, ...] = field(repr=False)
    whole: str | None = None
    """Why its whole context counts; None where the inputs were derived."""
    unknown: str | None = None
    """Why an image of this fingerprint may be out of date all the same, so that it is always built; None where not."""
    files: str = ""
    """The hash of those inputs that are files; `inputs` leaves them out where it was known without looking at each."""

    @property
    def tag(self) -> str:
        """The tag that says to an engine or a registry which fingerprint an image has."""
        return fingerprint_tag(self.value)


@dataclass(frozen=True)
class Record:
    """What is remembered of the inputs of an image that was built: their digests, shortened, by kind and name."""

    value: str
    digests: Mapping[tuple[str, str], str]


def fingerprint_tag(value: str) -> str:
    """The tag of a fingerprint's value: within the 128 characters of the OCI distribution spec, and never a user's."""
    return f"fp-{value[:TAG_DIGITS]}"


def digest(*parts: str | bytes | None) -> str:
    """The SHA-256 of some parts, each with its length, so that no two lists of parts are hashed alike; None is no text."""
    state = hashlib.sha256()
    for part in parts:
        content = part.encode(errors="surrogateescape") if isinstance(part, str) else part
        state.update(b"-" if content is None else b"%d:" % len(content) + content)
    return state.hexdigest()


def combine(
    target: str,
    inputs: Iterable[Input],
    *,
    whole: str | None = None,
    unknown: str | None = None,
    known_files: str | None = None,
) -> Fingerprint:
    """The fingerprint of a target with these inputs; their order counts for nothing.

    Args:
        target: its name.
        inputs: what can change its image.
        whole: why its whole context counts.
        unknown: why it may be out of date all the same.
        known_files: what `Fingerprint.files` was of the inputs that are files, which are then not among `inputs`.
    """
    ordered = tuple(sorted(inputs))
    files = known_files or _hash([one for one in ordered if one.kind == FILE])
    others = [one for one in ordered if one.kind != FILE]
    return Fingerprint(target, _hash([*others, Input("files", "", files)]), ordered, whole, unknown, files)


def _hash(inputs: Iterable[Input]) -> str:
    text = "".join(f"{len(kind)}:{kind}{len(name)}:{name}{len(state)}:{state}" for kind, name, state in inputs)
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


def record_text(found: Fingerprint) -> str:
    """What is kept of a fingerprint beside its image, to say later what differs; no digest in it tells an argument."""
    rows = [[one.kind, one.name, _shortened(one)] for one in found.inputs]
    lines = ",\n".join(json.dumps(row) for row in rows)
    return f'{{"schema": {SCHEMA}, "target": {json.dumps(found.target)}, "fingerprint": "{found.value}", "inputs": [\n{lines}\n]}}\n'


def read_record(text: str) -> Record | None:
    """Read what `record_text` wrote; None where it is damaged or of another schema."""
    try:
        data = json.loads(text)
        if data["schema"] != int(SCHEMA):
            return None
        return Record(data["fingerprint"], {(kind, name): short for kind, name, short in data["inputs"]})
    except (ValueError, KeyError, TypeError):
        return None


def recorded(found: Fingerprint) -> Record:
    """What would be remembered of a fingerprint."""
    return Record(found.value, {(one.kind, one.name): _shortened(one) for one in found.inputs})


def differences(old: Record, new: Fingerprint) -> list[str]:
    """What differs since an image was built, in the user's words, what matters most first."""
    now = {(one.kind, one.name): _shortened(one) for one in new.inputs}
    keys = sorted(old.digests.keys() | now.keys(), key=_order)
    found = [_words(key, old.digests.get(key), now.get(key)) for key in keys if old.digests.get(key) != now.get(key)]
    if not found and old.value != new.value:
        return ["a build argument changed"]
    return found


def summary(found: Sequence[str]) -> str:
    """The first of some differences, and how many more there are."""
    return found[0] + (f" (and {len(found) - 1} more)" if len(found) > 1 else "") if found else "nothing changed"


def _shortened(one: Input) -> str:
    return digest(one.state)[: GUESSABLE_DIGITS if one.kind == "argument" else RECORDED_DIGITS]


ORDER = ("schema", "age", "base", "image", "dockerfile", "ignore file", "argument", "setting", "remote")
OVER = " is over"


def _order(key: tuple[str, str]) -> tuple[int, str]:
    kind, name = key
    return (ORDER.index(kind) if kind in ORDER else len(ORDER), name)


def _words(key: tuple[str, str], old: str | None, new: str | None) -> str:
    kind, name = key
    what = {
        "schema": "the version of cispeed's fingerprints",
        "age": f"the time that {name} may be kept",
        "base": f"base {name}",
        "image": f"image {name}",
        "argument": f"build argument {name}",
        "setting": f"the build setting {name}",
    }.get(kind, name)
    if kind == "age":
        return f"{what}{OVER}"
    return f"{what} {'is new' if old is None else 'is gone' if new is None else 'changed'}"
