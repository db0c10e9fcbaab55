"""Fill in `$VAR`, `${VAR}`, `${VAR:-default}` and `${VAR:+other}` as a Dockerfile does."""

from __future__ import annotations

import re
from collections.abc import Mapping

VARIABLE = re.compile(
    r"\\\$|\$(?:(?P<bare>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?:(?P<form>:?[-+])(?P<word>(?:\$\{[^}]*\}|[^}])*))?\})"
)

PREDEFINED = {
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
}
"""Platform arguments that BuildKit fills in by itself; their value is not known here."""


def expand(text: str, values: Mapping[str, str | None]) -> str | None:
    """`text` with its variables filled in, or None when one of them has no known value or form."""
    unknown = False

    def fill(match: re.Match[str]) -> str:
        nonlocal unknown
        if match[0] == "\\$":
            return "$"
        name = match["bare"] or match["name"]
        value = values.get(name)
        form, word = match["form"], match["word"]
        if form in {":-", "-"} and (value is None or (form == ":-" and not value)):
            value = expand(word, values)
        elif form in {":+", "+"}:
            value = expand(word, values) if value or (form == "+" and value is not None) else ""
        if value is None:
            unknown = True
        return value or ""

    filled = VARIABLE.sub(fill, text)
    return None if unknown or "${" in filled else filled
