"""Braces: alternatives, ranges, and braces that stand for themselves."""

from __future__ import annotations

from cispeed_tasks.plan.ecmascript.reader import is_valid
from cispeed_tasks.plan.globs.fragments import DOT, escaped
from cispeed_tasks.plan.globs.scan import OpenBrace, Scan, Token


def open_brace(scan: Scan, char: str) -> None:
    """Read a `{`."""
    scan.open("braces")
    token = Token("brace", char, "(")
    scan.open_braces.append(OpenBrace(token, output_start=len(scan.output), token_start=len(scan.tokens)))
    scan.push(token)


def close_brace(scan: Scan, char: str) -> None:
    """Read a `}`: braces without a comma or a range are literal ones."""
    if not scan.open_braces:
        scan.push(Token("text", char, char))
        return
    brace = scan.open_braces[-1]
    value, output = char, ")"
    if brace.has_dots:
        output = _range(_pop_range(scan))
        scan.must_rebuild = True
    elif not brace.has_comma:
        value = output = r"\}"
        _make_literal(scan, brace)
    scan.push(Token("brace", value, output))
    scan.close("braces")
    scan.open_braces.pop()


def _pop_range(scan: Scan) -> list[str]:
    """Remove the tokens back to the nearest brace; return what stood around the dots."""
    ends: list[str] = []
    while scan.tokens:
        token = scan.tokens.pop()
        if token.kind == "brace":
            break
        if token.kind != "dots":
            ends.insert(0, token.value)
    return ends


def _range(ends: list[str]) -> str:
    """Write `{1..3}` as the class `[1-3]`, whatever the ends are, unless that is no regular expression."""
    ordered = sorted(ends)
    source = f"[{'-'.join(ordered)}]"
    return source if is_valid(source) else "..".join(escaped(end) for end in ordered)


def _make_literal(scan: Scan, brace: OpenBrace) -> None:
    brace.token.value = brace.token.output = r"\{"
    inside = scan.tokens[brace.token_start :]
    scan.output = scan.output[: brace.output_start] + "".join(token.output or token.value for token in inside)


def read_comma(scan: Scan, char: str) -> None:
    """Read a `,`, which parts alternatives where a brace is the innermost thing open."""
    is_separator = bool(scan.open_braces) and scan.nesting[-1:] == ["braces"]
    if is_separator:
        scan.open_braces[-1].has_comma = True
    scan.push(Token("comma", char, "|" if is_separator else char))


def read_dot(scan: Scan, char: str) -> None:
    """Read a `.`; two of them in a brace are a range."""
    last = scan.last
    if scan.braces > 0 and last.kind == "dot":
        last.kind, last.value, last.output = "dots", last.value + char, DOT + char
        scan.open_braces[-1].has_dots = True
    elif scan.braces + scan.parens == 0 and last.kind not in {"start", "slash"}:
        scan.push(Token("text", char, DOT))
    else:
        scan.push(Token("dot", char, DOT))
