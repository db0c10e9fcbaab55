"""README.md says nothing that the program does not: tasks, keys, files and generated tables are compared with it."""

from __future__ import annotations

import re

import pytest

from cispeed_tasks import ns
from cispeed_tasks.config import parse_config
from tests.readme import PRINTED, README, blocks, renewed

TEXT = README.read_text(encoding="utf-8")
TASKS = set(ns.task_names)
OWN = {"lint", "pictures", "test"}
"""Tasks of this project's own tasks.py."""


def test_generated_parts_are_what_the_commands_print() -> None:
    for name in PRINTED:
        assert f"<!-- begin: {name} -->" in TEXT
    assert renewed(TEXT) == TEXT, "python -m tests.readme --write"


def test_every_task_is_told_of() -> None:
    assert [name for name in sorted(TASKS) if f"`{name}" not in TEXT] == []


@pytest.mark.parametrize("name", sorted(set(re.findall(r"(?:`|\$ |^|&& )inv ([a-z][a-z-]+)", TEXT, re.MULTILINE))))
def test_every_task_that_is_named_exists(name: str) -> None:
    assert name in TASKS | OWN


@pytest.mark.parametrize("text", blocks(TEXT, "yaml"))
def test_every_config_is_a_good_one(text: str) -> None:
    parse_config(text, README)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\((?!https?:|#)([^)]+)\)", TEXT))) or ["LICENSE"])
def test_every_file_that_is_linked_exists(path: str) -> None:
    assert (README.parent / path.partition("#")[0]).exists()


def test_every_heading_that_is_linked_exists() -> None:
    headings = {re.sub(r"[^a-z0-9 -]", "", line.lower()).strip().replace(" ", "-") for line in _headings()}
    assert {link for link in re.findall(r"\]\(#([^)]+)\)", TEXT) if link not in headings} == set()


def _headings() -> list[str]:
    return [line.lstrip("# ") for line in TEXT.splitlines() if line.startswith("#")]
