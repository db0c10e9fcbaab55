"""Stars: `*` within a segment, `**` over segments, and the `**` that is only a star because of its neighbours."""

from __future__ import annotations

from cispeed_tasks.plan.globs.fragments import GLOBSTAR, NO_DOT_AFTER_DOT, NO_DOTS, ONE_MORE, SLASH, STAR
from cispeed_tasks.plan.globs.groups import open_extglob
from cispeed_tasks.plan.globs.scan import Scan, Token


def read_star(scan: Scan, char: str) -> None:
    """Read a `*`."""
    last = scan.last
    if last.kind == "globstar" or last.is_star_run:
        _make_run(scan, last, char)
    elif scan.peek() == "(" and scan.peek(2) not in {"", "?"}:
        open_extglob(scan, char)
    elif last.kind == "star":
        _read_second_star(scan, last, char)
    else:
        _read_first_star(scan, char)


def _make_run(scan: Scan, last: Token, char: str) -> None:
    """Make three and more stars one plain star."""
    last.kind, last.is_star_run = "star", True
    last.value += char
    last.output = STAR
    scan.must_rebuild = True


def _read_first_star(scan: Scan, char: str) -> None:
    last = scan.last
    if scan.index == scan.start or last.kind in {"slash", "dot"}:
        guard = NO_DOT_AFTER_DOT if last.kind == "dot" else NO_DOTS
        _append(scan, last, guard + ("" if scan.peek() == "*" else ONE_MORE))
    scan.push(Token("star", char, STAR))


def _append(scan: Scan, token: Token, source: str) -> None:
    scan.output += source
    token.output = (token.output or "") + source


def _read_second_star(scan: Scan, star: Token, char: str) -> None:
    prior = star.before or scan.bos
    opens_alternative = scan.braces > 0 and prior.kind in {"comma", "brace"}
    if prior.kind not in {"slash", "start", "paren"} and not opens_alternative:
        scan.push(Token("star", char, ""))
        return
    _skip_repeated_globstars(scan)
    star.value += char
    if prior.kind == "start" and scan.is_at_end:
        scan.output = _become(star, GLOBSTAR)
    elif prior.kind == "start" and scan.peek() == "/":
        scan.output = _become(star, rf"(?:^|{SLASH}|{GLOBSTAR}{SLASH})")
        _swallow_slash(scan)
    elif _is_inner_slash(prior) and scan.is_at_end and not _follows_star(prior):
        _join_to_slash(scan, prior, star, f"{GLOBSTAR}|$)")
    elif _is_inner_slash(prior) and scan.peek() == "/":
        end = "|$" if scan.peek(2) else ""
        _join_to_slash(scan, prior, star, f"{GLOBSTAR}{SLASH}|{SLASH}{end})")
        _swallow_slash(scan)
    else:
        scan.drop_output(len(star.source))
        scan.output += _become(star, GLOBSTAR)


def _skip_repeated_globstars(scan: Scan) -> None:
    while scan.text.startswith("/**", scan.index + 1) and scan.peek(4) in {"", "/"}:
        scan.index += 3


def _is_inner_slash(prior: Token) -> bool:
    return prior.kind == "slash" and prior.before is not None and prior.before.kind != "start"


def _follows_star(prior: Token) -> bool:
    return prior.before is not None and prior.before.kind in {"star", "globstar"}


def _become(star: Token, source: str) -> str:
    star.kind, star.output = "globstar", source
    return source


def _join_to_slash(scan: Scan, slash: Token, star: Token, source: str) -> None:
    """Put the slash before a `**` into one group with it, so that `a/**` matches `a` too."""
    scan.drop_output(len(slash.source + star.source))
    slash.output = f"(?:{slash.source}"
    scan.output += slash.output + _become(star, source)


def _swallow_slash(scan: Scan) -> None:
    scan.advance()
    scan.push(Token("slash", "/", ""))
