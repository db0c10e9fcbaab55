"""The pieces of a YAML text become data: anchors, merge keys, tags and keys, by the rules of js-yaml 4.1.0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.tools.yaml_scalars import NotOfTypeError, key_text, read_plain
from cispeed_tasks.tools.yaml_tags import CORE, MERGE, by_tag

# Where a value is in the data: the keys and list positions that lead to it.
Place = tuple[str | int, ...]

_DEEPEST = 100


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text, counted from 0."""

    line: int
    column: int

    def of(self, name: str) -> str:
        """Return the place as `NAME:LINE:COLUMN`, counted from 1."""
        return f"{name}:{self.line + 1}:{self.column + 1}"


@dataclass(frozen=True, slots=True)
class Piece:
    """What a YAML parser tells of a text, one after the other; a collection goes on to its `end`."""

    kind: Literal["document", "scalar", "sequence", "mapping", "alias", "end"]
    position: Position
    value: str = ""
    anchor: str | None = None
    tag: str | None = None
    is_plain: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """The data of a text and where its values begin. Keys are text, as in JavaScript."""

    name: str
    data: object
    positions: dict[Place, Position]

    def position(self, place: Place) -> Position:
        """Return where a value is or, if that came by an alias, what it is in."""
        while place not in self.positions and place:
            place = place[:-1]
        return self.positions.get(place, Position(0, 0))


def fault(name: str, position: Position, message: str) -> ConfigError:
    """Return the error that says what is wrong at a place of a text."""
    return ConfigError(f"{position.of(name)}: {message}")


def build(pieces: Iterator[Piece], name: str) -> Document:
    """Return the data of the one document that the pieces are of.

    Raises:
        ConfigError: there is no document or more than one, or something in it means nothing.
    """
    builder = _Builder(name)
    for piece in pieces:
        if piece.kind == "document" and builder.documents:
            raise fault(name, piece.position, "a second document begins here; one is expected")
        if piece.kind == "document":
            builder.documents.append(builder.value(next(pieces), pieces, ()))
    if not builder.documents:
        raise fault(name, Position(0, 0), "the text is empty")
    return Document(name, builder.documents[0], builder.positions)


class _Unfinished:
    """What an anchor stands for while its value is being read."""


@dataclass(slots=True)
class _Builder:
    name: str
    documents: list[object] = field(default_factory=list)
    positions: dict[Place, Position] = field(default_factory=dict)
    anchors: dict[str, object] = field(default_factory=dict)

    def value(self, piece: Piece, pieces: Iterator[Piece], place: Place) -> object:
        self.positions[place] = piece.position
        if piece.kind == "alias":
            return self._aliased(piece)
        if len(place) > _DEEPEST:
            raise fault(self.name, piece.position, f"values are nested more than {_DEEPEST} deep")
        if piece.anchor:
            self.anchors[piece.anchor] = _Unfinished
        value = self._tagged(piece, self._untagged(piece, pieces, place))
        if piece.anchor:
            self.anchors[piece.anchor] = value
        return value

    def _aliased(self, piece: Piece) -> object:
        value = self.anchors.get(piece.anchor or "", _Unfinished)
        if value is not _Unfinished:
            return value
        if piece.anchor in self.anchors:
            raise fault(self.name, piece.position, f"the alias *{piece.anchor} is inside of what it stands for")
        advice = "put quotes around a pattern that begins with *"
        raise fault(self.name, piece.position, f"there is no anchor &{piece.anchor} for this alias; {advice}")

    def _untagged(self, piece: Piece, pieces: Iterator[Piece], place: Place) -> object:
        if piece.kind == "sequence":
            return self._sequence(pieces, place)
        if piece.kind == "mapping":
            return self._mapping(pieces, place)
        return piece.value

    def _sequence(self, pieces: Iterator[Piece], place: Place) -> list[object]:
        values: list[object] = []
        while (piece := next(pieces)).kind != "end":
            values.append(self.value(piece, pieces, (*place, len(values))))
        return values

    def _mapping(self, pieces: Iterator[Piece], place: Place) -> dict[str, object]:
        mapping: dict[str, object] = {}
        merged: set[str] = set()
        while (piece := next(pieces)).kind != "end":
            key = self._key(piece, pieces, place)
            value = self.value(next(pieces), pieces, (*place, key))
            if _is_merge(piece):
                self._merge(piece, mapping, value, merged)
            elif key in mapping and key not in merged:
                raise fault(self.name, piece.position, f"the key {key!r} is there already")
            else:
                mapping[key] = value
                merged.discard(key)
        return mapping

    def _key(self, piece: Piece, pieces: Iterator[Piece], place: Place) -> str:
        key = self.value(piece, pieces, (*place, ""))
        if isinstance(key, list) and any(isinstance(each, list) for each in key):
            raise fault(self.name, piece.position, "a key cannot hold lists in a list")
        return key_text(key)

    def _merge(self, piece: Piece, mapping: dict[str, object], source: object, merged: set[str]) -> None:
        """Take the keys of a merge key's mappings that are not there yet; a later key of the mapping's own wins."""
        for each in source if isinstance(source, list) else [source]:
            if isinstance(each, list):
                each = {str(index): value for index, value in enumerate(each)}  # noqa: PLW2901
            if not isinstance(each, dict):
                raise fault(self.name, piece.position, "only mappings can be merged by <<")
            new = {key: value for key, value in each.items() if key not in mapping}
            mapping.update(new)
            merged.update(new)

    def _tagged(self, piece: Piece, value: object) -> object:
        """Return what a value becomes by its tag or, for a plain scalar without one, by its text."""
        if piece.is_plain and not piece.value:
            value = None
        if piece.tag in {None, "!"}:
            return read_plain(piece.value) if piece.is_plain and value and not piece.tag else value
        try:
            return by_tag(piece.tag or "", value)
        except NotOfTypeError:
            shown = (piece.tag or "").replace(CORE, "!!")
            advice = "" if shown.startswith("!!") else "; put quotes around a pattern that begins with !"
            raise fault(self.name, piece.position, f"the tag {shown} does not fit here{advice}") from None


def _is_merge(piece: Piece) -> bool:
    if piece.kind != "scalar" or piece.value != "<<":
        return False
    return piece.tag == MERGE or (piece.is_plain and piece.tag is None)
