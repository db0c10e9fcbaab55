"""The texts that every match of an expression must begin with, end with, or hold: they say which texts are worth a try."""

from __future__ import annotations

from dataclasses import dataclass

from cispeed_tasks.plan.ecmascript.nodes import Capture, Choice, Edge, Look, Node, OneOf, Repeat, Sequence, Text

# Beyond every code unit: stands where the text itself begins or ends.
EDGE = "\U0010ffff"

_MOST_TEXTS = 100
_LONGEST = 200
_LARGEST_SET = 8
_MOST_PARTS = 100
_MOST_INNER = 3

# Each text, and whether what comes next follows it directly.
_Texts = dict[str, bool]
_ANYTHING: _Texts = {"": False}
_NOTHING: _Texts = {"": True}


@dataclass(frozen=True, slots=True)
class Literals:
    """What a match needs: it begins with one of `starts`, ends with one of `ends`, and holds one of each set in `inner`.

    None where nothing is known. A start that ends in `EDGE`, and an end that begins with it, is the whole text. A text
    in `inner` that ends in `EDGE` is where the whole text ends.
    """

    starts: frozenset[str] | None
    ends: frozenset[str] | None
    inner: tuple[frozenset[str], ...]


def find_literals(node: Node) -> Literals:
    """Return what every text that an expression matches has."""
    parts = node.parts if isinstance(node, Sequence) else (node,)
    starts = _texts(node, is_start=True) if parts[:1] == (Edge.START,) else _ANYTHING
    ends = _texts(node, is_start=False) if parts[-1:] == (Edge.END,) else _ANYTHING
    return Literals(_useful(starts), _useful(ends), _inner(parts))


def _useful(texts: _Texts) -> frozenset[str] | None:
    return frozenset(texts) if all(texts) else None


def _inner(parts: tuple[Node, ...]) -> tuple[frozenset[str], ...]:
    """Return the literal parts, each with what follows it, the longest ones first."""
    found: list[frozenset[str]] = []
    for index, part in enumerate(parts[:_MOST_PARTS]):
        if isinstance(part, Text | OneOf | Choice):
            texts = _useful(_texts_of_sequence(parts[index:], is_start=True))
            found.extend([texts] if texts and EDGE not in texts else [])
    return tuple(sorted(found, key=_shortest, reverse=True)[:_MOST_INNER])


def _shortest(texts: frozenset[str]) -> int:
    return min(map(len, texts))


def _texts(node: Node, *, is_start: bool) -> _Texts:
    """Return the texts that a match of the node begins with or, seen from the other side, ends with."""
    match node:
        case Text(value):
            return {value: True}
        case OneOf(units):
            return dict.fromkeys(units.members(), True) if 0 < units.size <= _LARGEST_SET else _ANYTHING
        case Sequence(parts):
            return _texts_of_sequence(parts, is_start=is_start)
        case Choice(options):
            return _union([_texts(option, is_start=is_start) for option in options])
        case Capture(body):
            return _texts(body, is_start=is_start)
        case Repeat(body, least, most):
            texts = _texts(body, is_start=is_start)
            texts = texts if most == 1 else dict.fromkeys(texts, False)
            return texts if least else _union([_NOTHING if most == 1 else _ANYTHING, texts])
        case Edge.START | Edge.END:
            return {EDGE: True} if (node is Edge.END) is is_start else _NOTHING
        case Edge() | Look():
            return _NOTHING
        case _:
            return _ANYTHING


def _texts_of_sequence(parts: tuple[Node, ...], *, is_start: bool) -> _Texts:
    texts = _NOTHING
    for part in parts if is_start else reversed(parts):
        if not any(texts.values()):
            break
        longer = _join(texts, _texts(part, is_start=is_start), is_start=is_start)
        if len(longer) > _MOST_TEXTS:
            return dict.fromkeys(texts, False)
        texts = longer
    return texts


def _join(texts: _Texts, following: _Texts, *, is_start: bool) -> _Texts:
    joined: _Texts = {}
    for text, goes_on in texts.items():
        if not goes_on or EDGE in text or len(text) > _LONGEST:
            joined[text] = joined.get(text, True) and goes_on and EDGE in text
            continue
        for more, more_goes_on in following.items():
            whole = text + more if is_start else more + text
            joined[whole] = joined.get(whole, True) and more_goes_on
    return joined


def _union(alternatives: list[_Texts]) -> _Texts:
    union: _Texts = {}
    for texts in alternatives:
        for text, goes_on in texts.items():
            union[text] = union.get(text, True) and goes_on
    return union if len(union) <= _MOST_TEXTS else _ANYTHING
