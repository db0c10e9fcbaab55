"""The first cispeed.yaml: what stands in it, that it loads, and that no value of a variable does."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cispeed_tasks.plan.init import Seen, config_text, registry_name
from tests.builders import bind, build, config, project

FILES = {
    "api/Dockerfile": "FROM python:3.13\nWORKDIR /code\nCOPY . .\nCMD python -m api\n",
    "api/requirements.txt": "",
    "api/alembic.ini": "",
    "web/Dockerfile": "FROM node:20\nCOPY . .\n",
    "web/package.json": "{}",
}
SERVICES: dict[str, Any] = {
    "api": {"build": build("api")},
    "db": {"image": "postgres:resolved"},
    "web": {"build": build("web"), "volumes": [bind("web", "/srv/resolved")]},
}
RAW = {
    "services": {
        "api": {"build": {"context": "/repo/api", "dockerfile": "Dockerfile", "args": {"A": "${A}"}}},
        "db": {"image": "postgres:${TAG}"},
        "web": {"build": {"context": "/repo/web"}, "volumes": [{"target": "/srv/web"}]},
    }
}


def seen(
    text: str = "", services: dict[str, Any] | None = None, files: dict[str, str] | None = None, **more: Any
) -> Seen:
    made = project(text, services or SERVICES, FILES if files is None else files)
    return Seen(**{"project": made, "raw": RAW, "files": ("compose.yaml",), **more})


def lines(found: Seen) -> list[str]:
    """What is written behind the explanation at the top."""
    return config_text(found).split("\n\n", 1)[1].splitlines()


def uncommented(text: str) -> str:
    """The text with every suggestion put in force."""
    kept, inside = [], False
    for line in text.splitlines():
        inside = bool(re.match(r"#[a-z]", line)) or (inside and line.startswith("#  "))
        kept.append(line[1:] if inside else line)
    return "\n".join(kept)


def test_what_is_inferred_stands_there_as_comments() -> None:
    assert lines(seen()) == [
        "# Compose files: compose.yaml, as Compose takes them by itself.",
        "",
        "# The services, as they are understood: package manager, source → its place in the container, image.",
        "#   api  pip in api → /code; its own api/Dockerfile",
        "#   db   the image postgres:${TAG}",
        "#   web  npm in web → /srv/resolved; its own web/Dockerfile",
        "#services:",
        "#  web:",
        "#    managers: [npm]  # no lock file beside package.json, so npm installs what is newest",
        '#    hollow-command: "npm run start"  # nothing says what it runs',
        "",
        "# What the tests may need once the services are ready, in this order:",
        "#prepare:",
        "#  - service: api",
        '#    command: "alembic upgrade head"  # there is alembic.ini',
    ]


def test_every_suggestion_may_be_put_in_force() -> None:
    found = seen(
        other_files=("compose.prod.yaml", "compose.ci.yaml"),
        profiles=("1", "on", "tools"),
        playwright=("a/b/c", "d/e/f"),
        remote="git@github.com:Acme/Shop.git",
    )
    made = config(uncommented(config_text(found)))
    assert made.compose == ("compose.yaml", "compose.ci.yaml")
    assert made.profiles == ("1", "on", "tools")
    assert made.registry == "ghcr.io/acme/shop"
    assert made.playwright.directory == "a/b/c"
    assert made.services["web"].managers == ("npm",)
    assert made.services["web"].hollow_command == "npm run start"
    assert [(one.service, one.command) for one in made.prepare] == [("api", "alembic upgrade head")]


def test_of_itself_it_says_nothing() -> None:
    assert config(config_text(seen(profiles=("tools",), other_files=("compose.prod.yaml",)))) == config("")


def test_no_value_of_a_variable_is_written() -> None:
    raw = {
        "services": {
            "db": {"image": "postgres:${TAG:-17}"},
            "web": {"build": {"context": "/repo/web"}, "volumes": [{"target": "/srv/${PLACE}"}]},
        }
    }
    text = config_text(seen(raw=raw))
    assert "resolved" not in text
    assert "#   web  npm in where variables of the Compose files say; a Dockerfile of its own" in text.splitlines()
    assert "resolved" not in config_text(seen(raw={}))


def test_a_workdir_that_a_build_argument_makes_is_not_written() -> None:
    files = {**FILES, "api/Dockerfile": "FROM python:3.13\nARG A\nWORKDIR /$A\nCOPY . .\nCMD x\n"}
    services = {"api": {"build": build("api", args={"A": "resolved"})}}
    assert "resolved" not in config_text(seen(services=services, files=files))


@pytest.mark.parametrize(
    ("text", "more", "wanted"),
    [
        ("compose: [deploy/compose.yaml]", {}, "compose: [deploy/compose.yaml]"),
        ("profiles: ['1', tools]", {}, 'profiles: ["1", tools]'),
        ("", {"by_variable": True}, "# Compose files: those that the variable COMPOSE_FILE names."),
        ("", {"playwright": ("a/b/c",)}, "  directory: a/b/c"),
        ("", {"playwright": ("a/b/c d",)}, '  directory: "a/b/c d"'),
        ("", {"playwright": ("a/b/c", "a/b/d")}, "#  directory: a/b/c"),
        ("", {"other_files": ("docker/compose.yaml",)}, "# Not in force: docker/compose.yaml."),
    ],
)
def test_a_line_where_it_is_needed(text: str, more: dict[str, Any], wanted: str) -> None:
    assert wanted in lines(seen(text, **more))


def test_tests_that_are_found_by_themselves_need_no_key() -> None:
    files = {**FILES, "e2e/package.json": "{}", "e2e/playwright.config.ts": ""}
    text = config_text(seen(files=files, playwright=("e2e", "old/deep/e2e")))
    assert "# Playwright: tests in e2e." in text.splitlines()
    assert config(text) == config("")
    assert config(uncommented(text)).playwright.directory == "old/deep/e2e"


def test_what_no_key_settles_is_said_in_words() -> None:
    services = {"web": {"image": "node:20", "volumes": [bind("web", "/app")], "command": ["npm", "start"]}}
    files = {"web/package-lock.json": "", "web/requirements.txt": ""}
    (remark,) = [line for line in lines(seen(services=services, files=files)) if line.startswith("# Assumed")]
    assert remark.startswith("# Assumed: web: its image is generated for pip; ")


def test_migrations_that_a_service_runs_already_are_not_suggested() -> None:
    services = {**SERVICES, "migrate": {"image": "shop-api", "command": ["alembic", "upgrade", "head"]}}
    assert "#prepare:" not in config_text(seen(services=services))


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://github.com/Acme/Shop.git", "ghcr.io/acme/shop"),
        ("https://github.com/acme/shop", "ghcr.io/acme/shop"),
        ("https://user:secret@github.com/acme/shop.js.git/", "ghcr.io/acme/shop.js"),
        ("git@github.com:acme/shop.git", "ghcr.io/acme/shop"),
        ("ssh://git@github.com:22/acme/shop.git", "ghcr.io/acme/shop"),
        ("https://gitlab.com/acme/shop.git", None),
        ("https://example.org/github.com/acme/shop", None),
        ("https://github.com.example.org/acme/shop", None),
        ("/srv/git/shop.git", None),
        (None, None),
    ],
)
def test_the_name_at_github_s_registry(address: str | None, name: str | None) -> None:
    assert registry_name(address) == name
