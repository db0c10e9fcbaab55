"""Which linters a project is configured for."""

from __future__ import annotations

import pytest

from cispeed_tasks.plan.linters import linters, programs

CASES = [
    ({}, ()),
    ({"pyproject.toml": "[project]\nname = 'x'\n"}, ()),
    ({"pyproject.toml": "[tool.ruff]\nline-length = 99\n"}, ("ruff check .",)),
    ({"pyproject.toml": "[tool.ruff.lint]\n[tool.ruff.format]\n"}, ("ruff check .", "ruff format --check .")),
    ({"ruff.toml": ""}, ("ruff check .",)),
    ({".ruff.toml": "[format]\nquote-style = 'single'\n"}, ("ruff check .", "ruff format --check .")),
    (
        {"pyproject.toml": "[tool.mypy]\n[tool.isort]\n[tool.black]\n[tool.ruff]\n"},
        ("ruff check .", "black --check .", "isort --check-only .", "mypy ."),
    ),
    ({"pyproject.toml": "[tool.mypy]\nfiles = ['a']\n"}, ("mypy",)),
    ({"setup.cfg": "[mypy]\npackages = a\n"}, ("mypy",)),
    ({"setup.cfg": "[mypy-a.*]\nx = 1\n[metadata]\nname = a\n"}, ()),
    ({"tox.ini": "[tool:isort]\nprofile = black\n[mypy]\n"}, ("isort --check-only .", "mypy .")),
    ({"mypy.ini": "[mypy]\nfiles = a\n"}, ("mypy",)),
    ({".isort.cfg": "[settings]\n"}, ("isort --check-only .",)),
    ({"pyproject.toml": "no TOML [", "setup.cfg": "no section"}, ()),
    ({"pyproject.toml": "tool = 1\n"}, ()),
]


@pytest.mark.parametrize(("texts", "commands"), CASES)
def test_what_is_configured_is_run(texts: dict[str, str], commands: tuple[str, ...]) -> None:
    assert linters(texts) == commands


def test_the_programs_of_commands_are_installed_once() -> None:
    assert programs(["ruff check .", "ruff format --check .", "mypy", "make lint", " "]) == ("ruff", "mypy")
