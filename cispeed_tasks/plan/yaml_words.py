"""Words as they are written into YAML that people read: on one line, quoted only where they must be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

PLAIN = re.compile(r"[A-Za-z_][\w./-]*", re.ASCII)
MEANS_MORE = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
VISIBLE = re.compile(r"[^\s\x00-\x20\x7f-\xa0\ud800-\udfff\u2028\u2029\ufeff]+")
UNSAFE = re.compile(r"[\x7f-\x9f\ud800-\udfff\u2028\u2029\ufeff]")


def scalar(text: str) -> str:
    """A text as YAML reads it back, on one line."""
    return text if PLAIN.fullmatch(text) and text.lower() not in MEANS_MORE else _quoted(text)


def sequence(words: Iterable[str]) -> str:
    """A list as YAML reads it back, on one line; nothing for an empty one."""
    found = [scalar(word) for word in words]
    return f"[{', '.join(found)}]" if found else ""


def shown(text: str) -> str:
    """A text as it stands in a comment, quoted where its ends or its characters could not be seen."""
    return text if VISIBLE.fullmatch(text) else _quoted(text)


def listed(words: Iterable[str]) -> str:
    """Texts as they stand in a comment, separated by commas."""
    return ", ".join(shown(word) for word in words)


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)
