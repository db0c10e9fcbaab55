"""Which files pytest takes for tests, as its config files say: their texts in, a rule for each directory out."""

from __future__ import annotations

import configparser
import shlex
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from cispeed_tasks.plan.directories import inside, is_below, nearest, parent

CONFIG_FILES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
"""In the order in which pytest looks for its settings (docs.pytest.org, 'Configuration')."""
TEST_FOLDERS = frozenset({"tests", "test"})
_SKIPPED = frozenset({"node_modules", "site-packages", "venv"})
_OWN_FILES = frozenset(CONFIG_FILES[:4])


@dataclass(frozen=True)
class Settings:
    """What pytest collects below a directory."""

    python_files: tuple[str, ...] = ("test_*.py", "*_test.py")
    testpaths: tuple[str, ...] = ()


class TestFiles:
    """Tells test files from others, each by the nearest settings."""

    __test__ = False

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Read the texts of config files, by their paths; those that say nothing of pytest, or cannot be read, are passed by."""
        ordered = sorted(texts, key=lambda path: -CONFIG_FILES.index(path.rpartition("/")[2]))
        found = {path: _settings(path, texts[path]) for path in ordered}
        self._settings = {parent(path): settings for path, settings in found.items() if settings}

    def is_called_test(self, path: str) -> bool:
        """Tell whether pytest takes a Python file that it is pointed at for tests, by its name."""
        folders = path.split("/")[:-1]
        if not path.endswith(".py") or any(name in _SKIPPED or name.startswith(".") for name in folders):
            return False
        settings, name = self._nearest(path)
        return any(_matches(name, pattern) for pattern in settings.python_files)

    def is_in_testpaths(self, path: str) -> bool:
        """Tell whether `testpaths` lets pytest find a file.

        In a `tests` folder that is so also where they pass it by: they only say what a bare `pytest` runs.
        """
        settings, name = self._nearest(path)
        in_folder = not TEST_FOLDERS.isdisjoint(path.split("/")[:-1])
        return in_folder or not settings.testpaths or _is_in(name, settings.testpaths)

    def _nearest(self, path: str) -> tuple[Settings, str]:
        """Return the settings for a file, and its path from where they stand."""
        directory = nearest(path, self._settings)
        return (Settings(), path) if directory is None else (self._settings[directory], inside(path, directory))


def _matches(path: str, pattern: str) -> bool:
    return fnmatchcase(path if "/" in pattern else path.rpartition("/")[2], pattern)


def _is_in(path: str, testpaths: Iterable[str]) -> bool:
    return any(is_below(path, place) or fnmatchcase(path, f"{place}/*") or path == place for place in testpaths)


def _settings(path: str, text: str) -> Settings | None:
    name = path.rpartition("/")[2]
    try:
        section = _toml_section(name, text) if name.endswith(".toml") else _ini_section(name, text)
        patterns, places = (_words((section or {}).get(key)) for key in ("python_files", "testpaths"))
    except (ValueError, configparser.Error):
        return None
    if section is None:
        return Settings() if name in _OWN_FILES else None
    return Settings(patterns or Settings.python_files, tuple(place.removeprefix("./").rstrip("/") for place in places))


def _toml_section(name: str, text: str) -> Mapping[str, Any] | None:
    data = tomllib.loads(text)
    tool = data.get("tool") if name == "pyproject.toml" else data
    section = tool.get("pytest") if isinstance(tool, dict) else None
    section = section.get("ini_options", section) if isinstance(section, dict) else None
    return section if isinstance(section, dict) else None


def _ini_section(name: str, text: str) -> Mapping[str, Any] | None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    section = "tool:pytest" if name == "setup.cfg" else "pytest"
    return dict(parser[section]) if parser.has_section(section) else None


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(shlex.split(value))
    return tuple(str(word) for word in value) if isinstance(value, list) else ()
