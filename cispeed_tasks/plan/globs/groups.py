"""Parentheses: regular expression groups, and the extglobs `!( ) @( ) +( ) ?( ) *( )`."""

from __future__ import annotations

import re

from cispeed_tasks.plan.globs.fragments import GLOBSTAR, NOT_SLASH, ONE_MORE, PLUS, STAR
from cispeed_tasks.plan.globs.scan import Kind, OpenExtglob, Scan, Token

_EXTGLOBS: dict[str, tuple[Kind, str, str]] = {
    "!": ("negate", "(?:(?!(?:", f")){STAR})"),
    "?": ("qmark", "(?:", ")?"),
    "+": ("plus", "(?:", ")+"),
    "*": ("star", "(?:", ")*"),
}
_ONLY_CLOSINGS = re.compile(r"\)+")
_EXTENSION = re.compile(r"\.[^\\/.]+")
_LOOKAROUND_OR_NAME = re.compile(r"<([!=]|\w+>)", re.ASCII)
_AFTER_QUESTION_MARK = ("!", "=", "<", ":")


def open_extglob(scan: Scan, char: str) -> None:
    """Read an extglob's sign and its opening parenthesis."""
    kind, source, close = _EXTGLOBS[char]
    extglob = OpenExtglob(kind, close, scan.parens)
    scan.open("parens")
    scan.push(Token(kind, char, "" if scan.output else ONE_MORE))
    scan.push(Token("paren", scan.advance(), source, is_extglob=True))
    scan.open_extglobs.append(extglob)


def open_paren(scan: Scan, char: str) -> None:
    """Read a `(` that no extglob's sign precedes."""
    scan.open("parens")
    scan.push(Token("paren", char))


def close_paren(scan: Scan, char: str) -> None:
    """Read a `)`."""
    if scan.open_extglobs and scan.parens == scan.open_extglobs[-1].parens + 1:
        extglob = scan.open_extglobs.pop()
        scan.push(Token("paren", char, _closing(scan, extglob), is_extglob=True))
    else:
        scan.push(Token("paren", char, ")" if scan.parens else r"\)"))
    scan.close("parens")


def _closing(scan: Scan, extglob: OpenExtglob) -> str:
    """Write an extglob's end: what `!(…)` excludes depends on what follows it."""
    if extglob.kind != "negate":
        return extglob.close
    star = GLOBSTAR if len(extglob.inner) > 1 and "/" in extglob.inner else STAR
    rest = scan.rest()
    if "*" in extglob.inner and _EXTENSION.fullmatch(rest):
        return f"){_translate_extension(rest)}){star})"
    if star != STAR or not rest or _ONLY_CLOSINGS.fullmatch(rest):
        return f")$)){star}"
    return extglob.close


def _translate_extension(rest: str) -> str:
    from cispeed_tasks.plan.globs.translate import scan_glob

    return scan_glob(rest).output


def read_question_mark(scan: Scan, char: str) -> None:
    """Read a `?`: an extglob's sign, a group's kind, a quantifier, or any one character."""
    if scan.last.value != "(" and scan.peek() == "(" and scan.peek(2) != "?":
        open_extglob(scan, char)
    elif scan.last.kind == "paren":
        scan.push(Token("text", char, rf"\{char}" if _is_literal_question_mark(scan) else char))
    else:
        scan.push(Token("qmark", char, NOT_SLASH))


def _is_literal_question_mark(scan: Scan) -> bool:
    after = scan.peek()
    is_no_group = scan.last.value == "(" and after not in _AFTER_QUESTION_MARK
    return is_no_group or (after == "<" and not _LOOKAROUND_OR_NAME.search(scan.rest()))


def read_exclamation_mark(scan: Scan, char: str) -> bool:
    """Read a `!`: an extglob's sign or, as the first character, the glob's negation; return whether it was one."""
    if scan.peek() == "(" and not (scan.peek(2) == "?" and scan.peek(3) in _AFTER_QUESTION_MARK):
        open_extglob(scan, char)
        return True
    if scan.index == 0:
        _read_negation(scan)
        return True
    return False


def _read_negation(scan: Scan) -> None:
    count = 1
    while scan.peek() == "!" and (scan.peek(2) != "(" or scan.peek(3) == "?"):
        scan.advance()
        scan.start += 1
        count += 1
    if count % 2:
        scan.is_negated = True
        scan.start += 1


def read_plus(scan: Scan, char: str) -> None:
    """Read a `+`: an extglob's sign, a quantifier behind a group, or itself."""
    if scan.peek() == "(" and scan.peek(2) != "?":
        open_extglob(scan, char)
    elif scan.last.value == "(":
        scan.push(Token("plus", char, PLUS))
    elif scan.last.kind in {"bracket", "paren", "brace"} or scan.parens > 0:
        scan.push(Token("plus", char))
    else:
        scan.push(Token("plus", PLUS))


def read_at(scan: Scan, char: str) -> None:
    """Read an `@`, which only marks the group behind it."""
    if scan.peek() == "(" and scan.peek(2) != "?":
        scan.push(Token("at", char, "", is_extglob=True))
    else:
        scan.push(Token("text", char))
