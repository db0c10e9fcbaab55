"""The state of a glob while it is read from left to right: its tokens so far and the regular expression they stand for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from cispeed_tasks.plan.globs.fragments import STAR

Kind = Literal[
    "start", "text", "star", "globstar", "slash", "dot", "dots", "paren", "bracket", "brace", "comma", "qmark", "plus",
    "at", "negate", "end",
]  # fmt: skip
Bracketing = Literal["parens", "braces"]


@dataclass(slots=True, eq=False)
class Token:
    """A piece of the glob; `output` is its regular expression where that is not the piece itself."""

    kind: Kind
    value: str
    output: str | None = None
    before: Token | None = None
    is_extglob: bool = False
    is_star_run: bool = False
    has_posix_class: bool = False

    @property
    def source(self) -> str:
        """The regular expression that this token adds."""
        return self.value if self.output is None else self.output


@dataclass(slots=True, eq=False)
class OpenBrace:
    """A `{` that is not closed yet: where it began, and what was seen in it."""

    token: Token
    output_start: int
    token_start: int
    has_comma: bool = False
    has_dots: bool = False


@dataclass(slots=True, eq=False)
class OpenExtglob:
    """An extglob such as `!(` that is not closed yet: how it will close, and its text so far."""

    kind: Kind
    close: str
    parens: int
    inner: str = ""


@dataclass(slots=True, eq=False)
class Scan:
    """A glob on its way to a regular expression; `index` is the character that was read last."""

    text: str
    index: int = -1
    start: int = 0
    output: str = ""
    is_negated: bool = False
    must_rebuild: bool = False
    in_bracket: bool = False
    in_quotes: bool = False
    braces: int = 0
    parens: int = 0
    last: Token = field(default_factory=lambda: Token("start", "", ""))
    tokens: list[Token] = field(default_factory=list)
    open_braces: list[OpenBrace] = field(default_factory=list)
    open_extglobs: list[OpenExtglob] = field(default_factory=list)
    nesting: list[Bracketing] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tokens.append(self.last)

    @property
    def bos(self) -> Token:
        """The token before the first character."""
        return self.tokens[0]

    @property
    def is_at_end(self) -> bool:
        """Whether every character was read."""
        return self.index == len(self.text) - 1

    def peek(self, distance: int = 1) -> str:
        """Return the character that comes `distance` after the last one, or nothing."""
        return self.text[self.index + distance : self.index + distance + 1]

    def advance(self) -> str:
        """Read one character."""
        self.index += 1
        return self.text[self.index : self.index + 1]

    def rest(self) -> str:
        """Return what was not read yet."""
        return self.text[self.index + 1 :]

    def open(self, kind: Bracketing) -> None:
        """Go one level deeper."""
        self._count(kind, 1)
        self.nesting.append(kind)

    def close(self, kind: Bracketing) -> None:
        """Come back one level, whichever kind was opened last: unbalanced globs depend on it."""
        self._count(kind, -1)
        if self.nesting:
            self.nesting.pop()

    def _count(self, kind: Bracketing, change: int) -> None:
        if kind == "parens":
            self.parens += change
        else:
            self.braces += change

    def drop_output(self, length: int) -> None:
        """Take back the end of the output; taking back nothing empties it, as a JavaScript slice up to `-0` does."""
        self.output = self.output[:-length] if length else ""

    def push(self, token: Token) -> None:
        """Add a token and its output; neighbouring texts become one."""
        if self.last.kind == "globstar" and not self._keeps_globstar(token):
            self._demote_globstar()
        if self.open_extglobs and token.kind != "paren":
            self.open_extglobs[-1].inner += token.value
        if token.value or token.output:
            self.output += token.source
        if self.last.kind == "text" and token.kind == "text":
            self._merge(token)
            return
        token.before = self.last
        self.tokens.append(token)
        self.last = token

    def _keeps_globstar(self, token: Token) -> bool:
        ends_alternative = self.braces > 0 and token.kind in {"comma", "brace"}
        return token.kind in {"slash", "paren"} or ends_alternative or token.is_extglob

    def _demote_globstar(self) -> None:
        """Make a `**` that has text beside it a plain star."""
        self.drop_output(len(self.last.source))
        self.last.kind, self.last.value, self.last.output = "star", "*", STAR
        self.output += STAR

    def _merge(self, token: Token) -> None:
        # The first text's own output is lost here when it had none: picomatch 2.3.1 does so, and a rebuilt glob shows it.
        self.last.value += token.value
        self.last.output = (self.last.output or "") + token.value

    def rebuild(self) -> None:
        """Write the output anew from the tokens, after one of them was changed in hindsight."""
        self.output = "".join(token.source for token in self.tokens)
