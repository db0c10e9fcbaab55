"""The screens in README.md are what the sample's own run prints, but for its figures."""

from __future__ import annotations

import re

import pytest

from tests.docker.repositories import Repository
from tests.readme import README, blocks

SCREENS = blocks(README.read_text(encoding="utf-8"), "console")


def figures_aside(text: str) -> list[str]:
    return [re.sub(r"\d+(\.\d+)?", "N", line.rstrip()) for line in text.splitlines()]


def test_there_are_screens() -> None:
    assert SCREENS


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_is_what_is_printed(sample: Repository, screen: str) -> None:
    command, *lines = screen.splitlines()
    assert command.startswith("$ inv ")
    printed = figures_aside(sample.inv(*command.split()[2:]))
    assert [line for line in figures_aside("\n".join(lines)) if line not in printed] == []
