"""The simple commands of a shell line, each with its words and where they stand; what is not understood is said."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

OPERATOR = re.compile(r"&&|\|\||[;|\n]|&(?!>)")
REDIRECTION = re.compile(r"(?:\d*|&)(?:>>?&?|<&?)[ \t]*")
HEREDOC = re.compile(r"\d*<<")
PLAIN = re.compile(r"[^\s'\"\\$`;|&()<>]+")
VARIABLE = re.compile(r"\$(?:\w+|\{[^}'\"`$]*\}|[@*#?!$-])")
SUBSTITUTION = re.compile(r"\$\([^()'\"`\n]*\)")
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
KEYWORDS = frozenset({"if", "then", "else", "elif", "do", "while", "until", "{", "!"})
BLOCKS = KEYWORDS - {"!"} | {"for", "fi", "done", "}"}


class NotUnderstoodError(Exception):
    """A shell line uses a form that is not read here."""


@dataclass(frozen=True)
class Word:
    """A word without its quotes; `start` and `end` are its place in the line."""

    text: str
    start: int
    end: int
    has_variable: bool = False
    has_command: bool = False
    """It holds the output of another command."""


@dataclass(frozen=True)
class Command:
    """A simple command between two operators, with what stands in front of its name."""

    words: tuple[Word, ...]
    before: str = ""
    """The operator in front of it; empty for the first."""
    after: str = ""

    @property
    def argv(self) -> tuple[Word, ...]:
        """The words from the command's name on: without keywords and assignments."""
        count = 0
        while count < len(self.words) and (
            self.words[count].text in KEYWORDS or ASSIGNMENT.match(self.words[count].text)
        ):
            count += 1
        return self.words[count:]

    @property
    def name(self) -> str:
        """What is run, without its directory; empty where nothing is."""
        return posixpath.basename(self.argv[0].text) if self.argv else ""

    @property
    def assigned(self) -> tuple[str, ...]:
        """The names of the variables that are set for it."""
        front = self.words[: len(self.words) - len(self.argv)]
        return tuple(word.text.partition("=")[0] for word in front if ASSIGNMENT.match(word.text))

    @property
    def text(self) -> str:
        """Its words from the name on, as a person reads them."""
        return " ".join(word.text for word in self.argv)

    @property
    def start(self) -> int:
        """Where its first word begins."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """Where its last word ends."""
        return self.words[-1].end

    @property
    def is_in_sequence(self) -> bool:
        """Whether it is run whatever came of others, or ends the line when it fails: nothing else hangs on it."""
        return {self.before, self.after} <= {"", "&&", ";", "\n"}


def read_commands(text: str) -> tuple[Command, ...] | None:
    """The commands of a shell line in order, those of blocks among them; None where a form is not understood."""
    try:
        return _Reader(text).commands()
    except NotUnderstoodError:
        return None


def has_blocks(commands: tuple[Command, ...]) -> bool:
    """Whether there are conditions, loops or braces, of which no command can be taken away without thought."""
    return any(command.words[0].text in BLOCKS for command in commands)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.position = text, 0

    def commands(self) -> tuple[Command, ...]:
        found: list[Command] = []
        words: list[Word] = []
        before = ""
        while (token := self._token()) is not None:
            if isinstance(token, Word):
                words.append(token)
                continue
            if words:
                found.append(Command(tuple(words), before, token))
                before, words = token, []
        if words:
            found.append(Command(tuple(words), before))
        return tuple(found)

    def _token(self) -> Word | str | None:
        """The next word, or the next operator as plain text; None at the end."""
        self._skip_blanks()
        if self.position == len(self.text):
            return None
        if HEREDOC.match(self.text, self.position):
            raise NotUnderstoodError
        if match := REDIRECTION.match(self.text, self.position):
            return self._word(match.end())
        if match := OPERATOR.match(self.text, self.position):
            self.position = match.end()
            return match[0]
        return self._word(self.position)

    def _skip_blanks(self) -> None:
        while self.position < len(self.text) and self.text[self.position] in " \t\r":
            self.position += 1
        if self.text.startswith("#", self.position):
            end = self.text.find("\n", self.position)
            self.position = len(self.text) if end < 0 else end

    def _word(self, begin: int) -> Word:
        """The word that begins here; a redirection in front of `begin` is part of it."""
        start, self.position = self.position, begin
        made = self.text[start:begin]
        has_variable = has_command = False
        while self.position < len(self.text) and self.text[self.position] not in " \t\r\n;|&<>":
            piece, variable, command = self._piece()
            made, has_variable, has_command = made + piece, has_variable or variable, has_command or command
        if self.position == start:
            raise NotUnderstoodError
        return Word(made, start, self.position, has_variable, has_command)

    def _piece(self) -> tuple[str, bool, bool]:
        char = self.text[self.position]
        if char == "'":
            return self._single_quoted(), False, False
        if char == '"':
            return self._double_quoted()
        if char == "\\":
            return self._escaped(), False, False
        if char in "$`":
            return self._expansion()
        match = PLAIN.match(self.text, self.position)
        if match is None:
            raise NotUnderstoodError
        self.position = match.end()
        return match[0], False, False

    def _single_quoted(self) -> str:
        end = self.text.find("'", self.position + 1)
        if end < 0:
            raise NotUnderstoodError
        start, self.position = self.position + 1, end + 1
        return self.text[start:end]

    def _escaped(self) -> str:
        if self.position + 1 >= len(self.text):
            raise NotUnderstoodError
        self.position += 2
        return self.text[self.position - 1]

    def _double_quoted(self) -> tuple[str, bool, bool]:
        self.position += 1
        made, has_variable, has_command = "", False, False
        while self.position < len(self.text) and self.text[self.position] != '"':
            if self.text[self.position] in "$`":
                piece, variable, command = self._expansion()
                made, has_variable, has_command = made + piece, has_variable or variable, has_command or command
                continue
            escaped = self.text[self.position] == "\\" and self.text[self.position + 1 : self.position + 2] in '"\\$`'
            made += self.text[self.position + escaped : self.position + escaped + 1]
            self.position += 1 + escaped
        if self.position >= len(self.text):
            raise NotUnderstoodError
        self.position += 1
        return made, has_variable, has_command

    def _expansion(self) -> tuple[str, bool, bool]:
        start = self.position
        if match := VARIABLE.match(self.text, start):
            self.position = match.end()
            return match[0], True, False
        if match := SUBSTITUTION.match(self.text, start):
            self.position = match.end()
            return match[0], False, True
        if self.text[start] == "$" and self.text[start + 1 : start + 2] in {"", " ", '"', "/"}:
            self.position += 1
            return "$", False, False
        raise NotUnderstoodError
