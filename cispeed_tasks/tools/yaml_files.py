"""YAML text becomes data, read by PyYAML with the rules of js-yaml 4.1.0, which paths-filter uses.

Only where the two differ is a rule of PyYAML's scanner replaced here: tabs, colons and question marks in flow
collections, names of anchors, long keys, and line breaks beyond ASCII.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import yaml
from yaml.events import AliasEvent, DocumentStartEvent, Event, MappingStartEvent, ScalarEvent, SequenceStartEvent
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.scanner import Scanner, ScannerError
from yaml.tokens import AliasToken, AnchorToken, ScalarToken

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.tools import yaml_text
from cispeed_tasks.tools.yaml_data import Document, Piece, Position, build, fault


def parse_yaml(text: str, name: str) -> Document:
    """Return the data of a YAML text; `name` stands for the text in messages.

    Raises:
        ConfigError: the text is no YAML, holds more than one document, writes a key twice, or has a tag that no schema
            knows; the message begins with `NAME:LINE:COLUMN:`.
    """
    if "\0" in text:
        raise fault(name, yaml_text.position_at(text, text.index("\0")), "the text holds a null character")
    text = text.removeprefix("\ufeff") + ("" if text.endswith(("\n", "\r")) else "\n")
    substitutes = yaml_text.odd_break_substitutes(text)
    try:
        return build(_pieces(_Loader(text.translate(substitutes)), yaml_text.inverted(substitutes)), name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        position = Position(mark.line, mark.column) if mark else Position(0, 0)
        raise fault(name, position, _message(error, mark)) from None
    except ReaderError as error:
        raise fault(name, yaml_text.position_at(text, error.position), "the text holds a control character") from None
    except (ValueError, OverflowError):
        raise ConfigError(f"{name}: an escape such as \\UFFFFFFFF stands for no character; take it out") from None


def _message(error: yaml.MarkedYAMLError, mark: yaml.Mark | None) -> str:
    problem = error.problem or error.context or "this is no YAML"
    char = mark.buffer[mark.pointer : mark.pointer + 1] if mark and mark.buffer else ""
    return f"{problem}; put quotes around text that begins with {char}" if char and char in "%@`*&!{[" else problem


def _pieces(loader: _Loader, originals: dict[int, str]) -> Iterator[Piece]:
    while loader.check_event():
        yield _piece(loader.get_event(), originals)  # type: ignore[no-untyped-call]  # PyYAML has no types here


def _piece(event: Event, originals: dict[int, str]) -> Piece:
    mark = event.start_mark
    position = Position(mark.line, mark.column) if mark else Position(0, 0)
    match event:
        case ScalarEvent():
            value = yaml_text.joined_surrogates(event.value.translate(originals))
            return Piece("scalar", position, value, event.anchor, event.tag, is_plain=event.style is None)
        case MappingStartEvent():
            return Piece("mapping", position, anchor=event.anchor, tag=event.tag)
        case SequenceStartEvent():
            return Piece("sequence", position, anchor=event.anchor, tag=event.tag)
        case AliasEvent():
            return Piece("alias", position, anchor=event.anchor)
        case _:
            return Piece("document" if isinstance(event, DocumentStartEvent) else "end", position)


class _Loader(Reader, Scanner, Parser):
    """PyYAML's scanner and parser, joined as PyYAML joins them, with the scanning rules of js-yaml where they differ."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def stale_possible_simple_keys(self) -> None:
        """Let a key be of any length, but on one line."""
        for level, key in list(self.possible_simple_keys.items()):
            if key.line != self.line:
                if key.required:
                    raise ScannerError("while scanning a key", key.mark, "a ':' is missing", key.mark)
                del self.possible_simple_keys[level]

    def scan_to_next_token(self) -> None:
        """Skip white space, tabs included, and comments; nothing in a block may be indented by tabs."""
        while True:
            column = self.column
            blanks = self._match(yaml_text.BLANKS)
            self.forward(len(blanks[0]))
            self.forward(len(self._match(yaml_text.COMMENT)[0]))
            if not self.scan_line_break():  # type: ignore[no-untyped-call]  # PyYAML has no types here
                break
            self.allow_simple_key = self.allow_simple_key or not self.flow_level
        if "\t" in blanks[0] and not self.flow_level:
            self.allow_simple_key = False
            if column == 0 and len(blanks["spaces"]) <= self.indent and self.peek() != "\0":
                raise ScannerError(None, None, "tabs must not be used for indentation", self.get_mark())

    def check_document_start(self) -> bool:
        """Tell whether a document begins here; before the first one the `---` needs no space behind it."""
        if self.column or self.prefix(3) != "---":
            return False
        return self.peek(3) in yaml_text.END or self.tokens_taken + len(self.tokens) == 1

    def fetch_document_start(self) -> None:
        """Let a mapping begin on the line of a `---`."""
        super().fetch_document_start()
        self.allow_simple_key = True

    def scan_flow_scalar_spaces(self, double: bool, start_mark: yaml.Mark) -> list[str]:
        """Keep the blanks before a line break in quotes."""
        blanks = self._match(yaml_text.BLANKS)
        kept = [blanks[0]] if self.buffer[blanks.end()] in "\r\n" else []
        return kept + super().scan_flow_scalar_spaces(double, start_mark)

    def fetch_anchor(self) -> None:
        """Read an anchor; where a block could begin, it is the whole block's, and needs a line of its own."""
        self._fetch_property(super().fetch_anchor)

    def fetch_tag(self) -> None:
        """Read a tag, as an anchor is read."""
        self._fetch_property(super().fetch_tag)

    def _fetch_property(self, fetch: Callable[[], None]) -> None:
        may_begin_block = not self.flow_level and self.column > self.indent
        fetch()
        if may_begin_block:
            self.possible_simple_keys.pop(self.flow_level, None)

    def check_key(self) -> bool:
        """Tell whether a `?` marks a key: never inside a word."""
        return self.peek(1) in yaml_text.END

    def check_value(self) -> bool:
        """Tell whether a `:` marks a value: before white space, or behind what can only be a key."""
        if not self.flow_level:
            return self.peek(1) in yaml_text.END
        return self.peek(1) in yaml_text.FLOW_END or self.flow_level in self.possible_simple_keys

    def check_plain(self) -> bool:
        """Tell whether a plain scalar begins here."""
        end = yaml_text.FLOW_END if self.flow_level else yaml_text.END
        is_sign = self.peek() in "?-" and self.peek(1) in end
        return self.peek() not in yaml_text.CANNOT_BEGIN and not is_sign and bool(self._word())

    def scan_plain(self) -> ScalarToken:
        """Read a plain scalar, which goes on over line breaks as long as its lines are indented."""
        start = end = self.get_mark()
        text, gap = "", ""
        while word := self._word():
            text += gap + word
            self.forward(len(word))
            self.allow_simple_key = False
            end = self.get_mark()
            blanks = self._match(yaml_text.GAP)
            folded = self._folded(blanks)
            if folded is None:
                break
            gap = folded
            self.forward(len(blanks[0]))
        return ScalarToken(text, True, start, end)

    def _folded(self, gap: re.Match[str]) -> str | None:
        """Return what the white space behind a word stands for, or None where the scalar ends before it."""
        breaks = len(yaml_text.LINE_BREAK.findall(gap[0]))
        after = self.buffer[gap.end()]
        if not breaks:
            return gap[0] if after not in "#\0" else None
        is_over = len(gap["indent"]) <= self.indent or after in "#\0"
        if is_over or (not gap["indent"] and yaml_text.SEPARATOR.match(self.buffer, gap.end())):
            return None
        return "\n" * (breaks - 1) or " "

    def scan_anchor(self, TokenClass: type[AnchorToken | AliasToken]) -> AnchorToken | AliasToken:  # noqa: N803
        """Read the name of an anchor or an alias, of any characters."""
        start = self.get_mark()
        self.forward()
        name = self._match(yaml_text.NAME)
        if not name[0]:
            raise ScannerError(None, None, "a name is missing here", start)
        self.forward(len(name[0]))
        return TokenClass(name[0], start, self.get_mark())

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        return yaml_text.match_at(pattern, self.buffer, self.pointer)

    def _word(self) -> str:
        word = (yaml_text.FLOW_WORD if self.flow_level else yaml_text.WORD).match(self.buffer, self.pointer)
        return word[0] if word and not word[0].startswith("#") else ""
