"""The pieces of regular expression that picomatch 2.3.1 writes for POSIX paths with `dot: true`."""

from __future__ import annotations

SLASH = r"\/"
DOT = r"\."
PLUS = r"\+"
ONE_MORE = "(?=.)"
NOT_SLASH = "[^/]"
STAR = f"{NOT_SLASH}*?"

_SEGMENT_END = r"(?:\/|$)"
_DOTS = rf"\.{{1,2}}{_SEGMENT_END}"

# `.` and `..` are never matched by a wildcard: the first looks at a segment's start, the second finds one, the third stands
# behind a dot that was already read.
NO_DOTS = f"(?!{_DOTS})"
NO_DOTS_SEGMENT = rf"(?!(?:^|\/){_DOTS})"
NO_DOT_AFTER_DOT = rf"(?!\.{{0,1}}{_SEGMENT_END})"

GLOBSTAR = f"(?:(?:{NO_DOTS_SEGMENT}.)*?)"

# What may stand between `[:` and `:]`.
POSIX_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "ascii": r"\x00-\x7F",
    "blank": r" \t",
    "cntrl": r"\x00-\x1F\x7F",
    "digit": "0-9",
    "graph": r"\x21-\x7E",
    "lower": "a-z",
    "print": r"\x20-\x7E ",
    "punct": r"\-!\"#$%&'()\*+,./:;<=>?@[\]^_`{|}~".replace(r"\"", '"'),
    "space": r" \t\r\n\v\f",
    "upper": "A-Z",
    "word": "A-Za-z0-9_",
    "xdigit": "A-Fa-f0-9",
}

# Characters that make a bracket's content more than a list of plain letters.
SPECIAL = frozenset("-*+?.^${}(|)[]")


def escaped(text: str) -> str:
    """Return the text with a backslash before every special character."""
    return "".join(f"\\{char}" if char in SPECIAL else char for char in text)
