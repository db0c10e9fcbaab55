"""Lists of files as text for programs, by the formats of paths-filter v4.0.3.

From that version on, a name of several lines is quoted like any other that is not safe as it stands (GHSA-7hc6-8hq5-9q2m).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

from cispeed_tasks.plan.ecmascript.units import SPACE

_CSV_SAFE = re.compile(r"[a-zA-Z0-9._+:@%/-]*")
_SAFE = re.compile(r"[a-zA-Z0-9,._+:@%/-]*")
_UNSAFE = re.compile(r"([^a-zA-Z0-9,._+:@%/-])")
_SAFE_BUT_FOR_QUOTES = re.compile(rf"[a-zA-Z0-9,._+:@%/'{''.join(SPACE.members())}-]*")


def to_csv(paths: Sequence[str]) -> str:
    """Return the names joined by commas, in double quotes where they hold more than safe characters."""
    return ",".join(path if _CSV_SAFE.fullmatch(path) else f'"{path.replace(chr(34), chr(34) * 2)}"' for path in paths)


def to_json(paths: Sequence[str]) -> str:
    """Return the names as a JSON list without spaces."""
    return json.dumps(list(paths), ensure_ascii=False, separators=(",", ":"))


def to_escaped(paths: Sequence[str]) -> str:
    """Return the names joined by spaces, with a backslash before every character that is not safe."""
    return " ".join(_UNSAFE.sub(r"\\\1", path) for path in paths)


def to_shell(paths: Sequence[str]) -> str:
    """Return the names joined by spaces, quoted as a POSIX shell needs it."""
    return " ".join(map(_quoted, paths))


def _quoted(text: str) -> str:
    if _SAFE.fullmatch(text):
        return text
    if "'" not in text:
        return f"'{text}'"
    if _SAFE_BUT_FOR_QUOTES.fullmatch(text):
        return f'"{text}"'
    return r"\'".join(_quoted(part) for part in text.split("'"))


# By the word of paths-filter's input `list-files`.
STYLES: dict[str, Callable[[Sequence[str]], str]] = {
    "none": lambda _: "",
    "csv": to_csv,
    "json": to_json,
    "shell": to_shell,
    "escape": to_escaped,
}
