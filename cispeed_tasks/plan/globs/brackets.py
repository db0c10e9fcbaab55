"""Square brackets: character classes, POSIX classes, and brackets that stand for themselves."""

from __future__ import annotations

from cispeed_tasks.plan.globs.fragments import ONE_MORE, POSIX_CLASSES, SPECIAL, escaped
from cispeed_tasks.plan.globs.scan import Scan, Token

_OPENINGS = ("[", "[^")


def open_bracket(scan: Scan, char: str) -> None:
    """Read a `[`, which is a literal one when no `]` follows."""
    scan.in_bracket = "]" in scan.rest()
    scan.push(Token("bracket", char if scan.in_bracket else rf"\{char}"))


def stays_in_bracket(scan: Scan, char: str) -> bool:
    """Whether the character belongs to the open class: a `]` directly behind the opening does."""
    return scan.in_bracket and (char != "]" or scan.last.value in _OPENINGS)


def read_in_bracket(scan: Scan, char: str) -> None:
    """Read a character inside a class."""
    if char == ":" and _replace_posix_class(scan):
        return
    is_literal = (
        (char == "[" and scan.peek() != ":")
        or (char == "-" and scan.peek() == "]")
        or (char == "]" and scan.last.value in _OPENINGS)
    )
    _extend(scan, rf"\{char}" if is_literal else char)


def _replace_posix_class(scan: Scan) -> bool:
    """At the second `:` of `[:alpha:]`, put the class's characters in its place."""
    token = scan.last
    inner = token.value[1:]
    if "[" not in inner:
        return False
    token.has_posix_class = True
    if ":" not in inner:
        return False
    before, _, name = token.value.rpartition("[")
    characters = POSIX_CLASSES.get(name[1:])
    if characters is None:
        return False
    token.value = before + characters
    scan.must_rebuild = True
    scan.advance()
    if not scan.bos.output and len(scan.tokens) > 1 and scan.tokens[1] is token:
        scan.bos.output = ONE_MORE
    return True


def _extend(scan: Scan, text: str) -> None:
    scan.last.value += text
    scan.output += text


def close_bracket(scan: Scan, char: str) -> None:
    """Read a `]`: the class's end, or a literal one where no class is open."""
    token = scan.last
    if (token.kind == "bracket" and len(token.value) == 1) or not scan.in_bracket:
        scan.push(Token("text", char, rf"\{char}"))
        return
    scan.in_bracket = False
    inner = token.value[1:]
    _extend(scan, f"/{char}" if _must_exclude_slash(token, inner) else char)
    if not SPECIAL.intersection(inner):
        _match_literally_too(scan, token)


def _must_exclude_slash(token: Token, inner: str) -> bool:
    return not token.has_posix_class and inner.startswith("^") and "/" not in inner


def _match_literally_too(scan: Scan, token: Token) -> None:
    """Let `[id]` match both one of its letters and the text `[id]`, as it may be a file's name."""
    scan.drop_output(len(token.value))
    token.value = f"(?:{escaped(token.value)}|{token.value})"
    scan.output += token.value
