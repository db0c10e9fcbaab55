"""The parts of README.md that commands print; `python -m tests.readme --write` writes them anew."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from cispeed_tasks.config import json_schema
from cispeed_tasks.plan.settings_table import settings_table

README = Path(__file__).parent.parent / "README.md"
PART = re.compile(r"(<!-- begin: (?P<name>[^>]+) -->\n).*?(<!-- end: (?P=name) -->)", re.DOTALL)
PRINTED = {"inv config-schema --table": lambda: settings_table(json_schema())}


def renewed(text: str) -> str:
    """The text with every generated part as its command prints it now."""
    return PART.sub(lambda found: f"{found[1]}{PRINTED[found['name']]()}\n{found[3]}", text)


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)


if __name__ == "__main__":
    found = README.read_text(encoding="utf-8")
    if sys.argv[1:] == ["--write"]:
        README.write_text(renewed(found), encoding="utf-8")
    elif found != renewed(found):
        sys.exit("README.md is not what the commands print: python -m tests.readme --write")
