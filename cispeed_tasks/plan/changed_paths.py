"""Changed paths and the statuses that filters ask for, from git's letters and from lists that a user hands over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cispeed_tasks.errors import UsageError

# A path relative to the repository's root, and the word of its status.
Change = tuple[str, str]

STATUSES = {"A": "added", "C": "copied", "D": "deleted", "M": "modified", "R": "renamed", "U": "unmerged", "T": ""}
"""git's letters (git-diff, '--diff-filter'). A changed type has no word in paths-filter: rules with a status pass it by."""

_WORDS = frozenset(STATUSES.values()) | {"changed", "unchanged", "removed"}
_LETTER = re.compile(r"([ACDMRUT])\d*")
_ESCAPE = re.compile(r"\\([0-7]{3}|.)", re.DOTALL)
_LINE_BREAK = re.compile(r"[\n\r\u2028\u2029]")
_CONTROLS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def with_words(changes: Iterable[tuple[str, str]]) -> tuple[Change, ...]:
    """Return git's (letter, path) as (path, word)."""
    return tuple((path, STATUSES.get(letter, "")) for letter, path in changes)


def with_untracked(changes: Sequence[Change], untracked: Iterable[str]) -> tuple[Change, ...]:
    """Return the changes and the untracked files, which are added; one that git calls deleted is only modified."""
    # git names another repository inside of this one by its directory, and does not look into it.
    present = {path.removesuffix("/"): None for path in untracked}
    seen = [(path, "modified" if path in present and word == "deleted" else word) for path, word in changes]
    known = {path for path, _ in seen}
    return (*seen, *((path, "added") for path in present if path not in known))


def on_one_line(path: str) -> str:
    """Return a path with a question mark for each line break, which the wildcards of patterns do not match."""
    return _LINE_BREAK.sub("?", path)


def read_list(text: str) -> tuple[Change, ...]:
    """Read `STATUS<TAB>PATH` or a bare path, which is modified, from every line, or from every part between NULs.

    The status is a letter or a word; a renamed file (`R100<TAB>OLD<TAB>NEW`) is one added and one deleted, as
    paths-filter has it. In lines a path may be quoted as git quotes it.

    Raises:
        UsageError: a status is unknown, or a path absolute.
    """
    is_exact = "\0" in text
    records = text.split("\0") if is_exact else [line.removesuffix("\r") for line in text.split("\n")]
    changes = []
    for number, record in enumerate(records, start=1):
        if record:
            changes += list(_changes(record, f"--files-from, {'part' if is_exact else 'line'} {number}", is_exact))
    return tuple(changes)


def _changes(record: str, place: str, is_exact: bool) -> Iterator[Change]:
    status, *paths = record.split("\t") if "\t" in record else ("modified", record)
    letter = _LETTER.fullmatch(status)
    word = STATUSES[letter[1]] if letter else status.strip().lower()
    if not letter and (not word or word not in _WORDS):
        known = ", ".join(sorted(filter(None, _WORDS)))
        raise UsageError(f"{place}: {status!r} is no status; write one of {known}, or git's letter for it")
    names = [_path(path, place, is_exact) for path in paths]
    if word in {"renamed", "copied"} and len(names) > 1:
        yield names[-1], "added"
        yield from [(names[0], "deleted")] if word == "renamed" else []
    else:
        yield from ((name, "deleted" if word == "removed" else word) for name in names)


def _path(path: str, place: str, is_exact: bool) -> str:
    if not is_exact and len(path) > 1 and path[0] == path[-1] == '"':
        path = _unquoted(path[1:-1])
    if path.startswith("/"):
        raise UsageError(f"{place}: {path} is absolute; write paths as they are below the repository's root")
    return path.removeprefix("./")


def _unquoted(text: str) -> str:
    """Take back git's quoting (git-config, 'core.quotePath'): C's escapes, and bytes in octal."""

    def byte(match: re.Match[str]) -> str:
        escaped = match[1]
        return chr(int(escaped, 8)) if len(escaped) > 1 else _CONTROLS.get(escaped, escaped)

    as_bytes = text.encode("utf-8", "surrogateescape").decode("latin-1")
    return _ESCAPE.sub(byte, as_bytes).encode("latin-1").decode("utf-8", "surrogateescape")
