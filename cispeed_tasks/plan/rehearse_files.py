"""What a step leaves in the files GITHUB_OUTPUT, GITHUB_ENV and GITHUB_PATH (docs.github.com, 'Workflow commands')."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cispeed_tasks.plan.expression_words import ExpressionError

_SETTING = re.compile(r"(?P<name>[^=<]+?)(?:=(?P<value>.*)|<<(?P<delimiter>.+))", re.DOTALL)


def settings(written: str, file: str) -> dict[str, str]:
    """Return the names and values of `NAME=VALUE` lines and of `NAME<<DELIMITER` blocks.

    Raises:
        ExpressionError: a line is neither, or a block has no end; the message names `file`.
    """
    return dict(_settings(iter(_split(written)), file))


def lines(written: str) -> list[str]:
    """Return the lines that are not empty."""
    return [line for line in _split(written) if line.strip()]


def _split(written: str) -> list[str]:
    return [line.removesuffix("\r") for line in written.split("\n")]


def _settings(found: Iterator[str], file: str) -> Iterator[tuple[str, str]]:
    for line in found:
        if not line.strip():
            continue
        match = _SETTING.fullmatch(line)
        if match is None:
            raise ExpressionError(f"{file}: {line!r} is neither NAME=VALUE nor NAME<<DELIMITER")
        if match["delimiter"] is None:
            yield match["name"], match["value"]
        else:
            yield match["name"], _block(found, match["delimiter"], match["name"], file)


def _block(found: Iterator[str], delimiter: str, name: str, file: str) -> str:
    kept: list[str] = []
    for line in found:
        if line == delimiter:
            return "\n".join(kept)
        kept.append(line)
    raise ExpressionError(f"{file}: the value of {name} has no end: no line is {delimiter!r}")
