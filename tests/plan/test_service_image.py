"""Who runs in a service's container, and which variables it has, as far as files tell."""

from __future__ import annotations

from typing import Any

import pytest

from cispeed_tasks.plan.service_image import service_image
from tests.builders import build, project

BASE = "bases: {py: {image: 'images/py:1', context: base}}"


def image(dockerfile: str, base: str = "FROM python:3.13\n", raw: dict[str, Any] | None = None, **entry: Any) -> Any:
    made = project(
        BASE, {"web": {"build": build("web"), **entry}}, {"web/Dockerfile": dockerfile, "base/Dockerfile": base}
    )
    return service_image(made, "web", raw or {})


@pytest.mark.parametrize(
    ("dockerfile", "is_root"),
    [
        ("FROM python:3.13-slim\n", True),
        ("FROM docker.io/library/node:20\n", True),
        ("FROM example.org/own/image\n", False),
        ("ARG X\nFROM $X\n", False),
        ("FROM python:3.13\nUSER app\n", False),
        ("FROM example.org/own/image\nUSER root\n", True),
        ("FROM example.org/own/image\nUSER 0:0\n", True),
        ("FROM python:3.13\nARG U\nUSER $U\n", False),
        ("FROM python:3.13 AS a\nUSER app\nFROM a\n", False),
        ("FROM python:3.13 AS a\nUSER app\nFROM python:3.13\n", True),
    ],
)
def test_root_is_only_who_is_root_for_certain(dockerfile: str, is_root: bool) -> None:
    assert image(dockerfile).runs_as_root is is_root


def test_the_bases_of_the_project_are_looked_through() -> None:
    found = image("FROM images/py:1\nENV A=1 B=2\n", "FROM python:3.13\nUSER app\nENV C c\n")
    assert (found.runs_as_root, set(found.variables)) == (False, {"A", "B", "C"})
    assert image("FROM images/py:1\n").runs_as_root is True


def test_compose_has_the_last_word() -> None:
    assert image("FROM python:3.13\n", user="1000:1000").runs_as_root is False
    assert image("FROM python:3.13\nUSER app\n", user="0").runs_as_root is True
    assert image("FROM python:3.13\n", user="0", raw={"user": "${UID}"}).runs_as_root is False
    assert image("FROM python:3.13\n", environment={"A": None}).variables == {"A"}


def test_an_image_alone() -> None:
    services = {"a": {"image": "node:20"}, "b": {"image": "own"}}
    made = project("", services, {})
    assert [service_image(made, name, {}).runs_as_root for name in services] == [True, False]


@pytest.mark.parametrize(
    ("line", "variable"),
    [
        ("poetry config virtualenvs.path /venvs", "POETRY_VIRTUALENVS_PATH"),
        ("poetry config cache-dir /c", "POETRY_CACHE_DIR"),
        ("pip config set global.cache-dir /c", "PIP_CACHE_DIR"),
        ("npm config set --location=global cache=/c", "npm_config_cache"),
        ("corepack enable && pnpm install --frozen-lockfile", "npm_config_store_dir"),
        ("npm config set --location=global fund=false", None),
    ],
)
def test_what_a_command_settles_counts_as_set(line: str, variable: str | None) -> None:
    assert image(f"FROM python:3.13\nRUN {line}\n").variables == ({variable} if variable else set())
