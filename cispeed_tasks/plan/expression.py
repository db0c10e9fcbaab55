"""An expression in GitHub's expression language as a tree, in the order that its operators bind."""

from __future__ import annotations

from dataclasses import dataclass

from cispeed_tasks.plan.expression_functions import ARGUMENTS
from cispeed_tasks.plan.expression_values import Value
from cispeed_tasks.plan.expression_words import ExpressionError, Word, words

_BINDS = {"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4}
_DEEPEST = 50
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal."""

    value: Value


@dataclass(frozen=True, slots=True)
class Name:
    """A context, such as github."""

    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class Index:
    """A property or an element of something; without an index, `*`: all of them."""

    of: Node
    index: Node | None


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    of: Node


@dataclass(frozen=True, slots=True)
class Operation:
    """Two values and what stands between them."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments; the name is in lower case."""

    name: str
    arguments: tuple[Node, ...]
    offset: int


Node = Constant | Name | Index | Not | Operation | Call


def parse(expression: str) -> Node:
    """Return the tree of an expression.

    Raises:
        ExpressionError: it is not written as the language wants it, or calls what is no function.
    """
    found = words(expression)
    if len(found) > _LONGEST:
        raise ExpressionError(f"it is longer than {_LONGEST} words", found[_LONGEST].offset)
    parser = _Parser(found)
    tree = parser.expression(0)
    parser.expect("")
    return tree


def parts(node: Node) -> list[Node]:
    """Return a node and all in it."""
    match node:
        case Index():
            inner = [node.of, *([node.index] if node.index else [])]
        case Not():
            inner = [node.of]
        case Operation():
            inner = [node.left, node.right]
        case Call():
            inner = list(node.arguments)
        case _:
            inner = []
    return [node, *(part for each in inner for part in parts(each))]


class _Parser:
    """A parser by binding power: each operator takes what binds stronger on its right."""

    def __init__(self, found: list[Word]) -> None:
        self._words = found
        self._next = 0
        self._depth = 0

    @property
    def _here(self) -> Word:
        return self._words[self._next]

    def _takes(self, sign: str) -> bool:
        is_here = self._here.text == sign and self._here.kind in {"sign", "end"}
        self._next += is_here and bool(sign)
        return is_here

    def expect(self, sign: str) -> None:
        if not self._takes(sign):
            wanted = f"{sign!r} is missing before it" if sign else "the expression should end before it"
            raise self._unexpected(wanted)

    def _unexpected(self, more: str = "") -> ExpressionError:
        here = self._here
        what = "the expression ends too early" if here.kind == "end" else f"{here.text!r} is not expected here"
        return ExpressionError(f"{what}; {more}" if more else what, here.offset)

    def expression(self, least: int) -> Node:
        self._deeper()
        left = self._prefixed()
        while self._here.kind == "sign" and _BINDS.get(self._here.text, 0) > least:
            sign = self._here.text
            self._next += 1
            left = Operation(sign, left, self.expression(_BINDS[sign]))
        self._depth -= 1
        return left

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ExpressionError(f"it is nested more than {_DEEPEST} deep", self._here.offset)

    def _prefixed(self) -> Node:
        if self._takes("!"):
            self._deeper()
            node = Not(self._prefixed())
            self._depth -= 1
            return node
        return self._indexed(self._primary())

    def _indexed(self, node: Node) -> Node:
        while not isinstance(node, Constant):
            if self._takes("["):
                node = Index(node, None if self._takes("*") else self.expression(0))
                self.expect("]")
            elif self._takes("."):
                node = Index(node, self._property())
            else:
                break
        return node

    def _property(self) -> Node | None:
        if self._takes("*"):
            return None
        if self._here.kind != "name":
            raise self._unexpected("the name of a property belongs here")
        self._next += 1
        return Constant(self._words[self._next - 1].text)

    def _primary(self) -> Node:
        word = self._here
        if self._takes("("):
            inner = self.expression(0)
            self.expect(")")
            return inner
        if word.kind not in {"value", "name"}:
            raise self._unexpected()
        self._next += 1
        if word.kind == "value":
            return Constant(word.value)
        return self._call(word) if self._takes("(") else Name(word.text.lower(), word.offset)

    def _call(self, word: Word) -> Call:
        arguments: list[Node] = []
        while not self._takes(")"):
            if arguments:
                self.expect(",")
            arguments.append(self.expression(0))
        name = word.text.lower()
        if name not in ARGUMENTS:
            raise ExpressionError(f"there is no function {word.text}", word.offset)
        least, most = ARGUMENTS[name]
        if not least <= len(arguments) <= most or (name == "case" and len(arguments) % 2 == 0):
            raise ExpressionError(f"{word.text} takes {_wanted(name)}, and has {len(arguments)}", word.offset)
        return Call(name, tuple(arguments), word.offset)


def _wanted(name: str) -> str:
    least, most = ARGUMENTS[name]
    if name == "case":
        return "an odd number of arguments, at least 3"
    words = f"{least}" if least == most else f"at least {least}" if most > least + 1 else f"{least} or {most}"
    return f"{words} argument{'' if words.endswith('1') else 's'}"
