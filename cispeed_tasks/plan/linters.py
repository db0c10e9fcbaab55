"""Which linters a project is configured for, and the commands that run them."""

from __future__ import annotations

import configparser
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

FILES = ("pyproject.toml", "setup.cfg", "tox.ini", "ruff.toml", ".ruff.toml", "mypy.ini", ".mypy.ini", ".isort.cfg")
OWN_FILES = {"ruff.toml": "ruff", ".ruff.toml": "ruff", "mypy.ini": "mypy", ".mypy.ini": "mypy", ".isort.cfg": "isort"}
"""Files whose being there configures a linter."""
SECTIONS = {"mypy": "mypy", "isort": "isort", "tool:isort": "isort"}
"""Sections of setup.cfg and tox.ini."""
KNOWN = ("ruff", "black", "isort", "mypy")
MYPY_PLACES = frozenset({"files", "packages", "modules", "package", "module"})


def linters(texts: Mapping[str, str]) -> tuple[str, ...]:
    """The commands of the configured linters.

    Args:
        texts: those of `FILES` that there are in the directory, by name.
    """
    tools = _pyproject(texts.get("pyproject.toml", ""))
    sections = {
        name: _sections(texts[name]) for name in ("setup.cfg", "tox.ini", "mypy.ini", ".mypy.ini") if name in texts
    }
    found = {name for name in tools if name in KNOWN}
    found |= {OWN_FILES[name] for name in texts if name in OWN_FILES}
    found |= {
        SECTIONS[part] for name in ("setup.cfg", "tox.ini") for part in sections.get(name, {}) if part in SECTIONS
    }
    commands = {
        "ruff": ["ruff check ."],
        "black": ["black --check ."],
        "isort": ["isort --check-only ."],
        "mypy": ["mypy" if _has_places(tools, sections) else "mypy ."],
    }
    if "format" in tools.get("ruff", {}) or _formats(texts):
        commands["ruff"].append("ruff format --check .")
    return tuple(command for name in KNOWN if name in found for command in commands[name])


def programs(commands: Iterable[str]) -> tuple[str, ...]:
    """The linters among the commands, as pip installs them."""
    words = [command.split()[0] for command in commands if command.split()]
    return tuple(name for name in KNOWN if name in words)


def _pyproject(text: str) -> dict[str, Any]:
    try:
        tools = tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError:  # whoever reads it for its own sake says so
        return {}
    return {name: table for name, table in tools.items() if isinstance(table, dict)} if isinstance(tools, dict) else {}


def _sections(text: str) -> dict[str, frozenset[str]]:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}
    return {name: frozenset(parser[name]) for name in parser.sections()}


def _has_places(tools: Mapping[str, Any], sections: Mapping[str, Mapping[str, frozenset[str]]]) -> bool:
    """Whether mypy's configuration says what it checks."""
    named = [frozenset(tools.get("mypy", {})), *(parts.get("mypy", frozenset()) for parts in sections.values())]
    return any(keys & MYPY_PLACES for keys in named)


def _formats(texts: Mapping[str, str]) -> bool:
    for name in ("ruff.toml", ".ruff.toml"):
        try:
            if "format" in tomllib.loads(texts.get(name, "")):
                return True
        except tomllib.TOMLDecodeError:
            continue
    return False
