"""The rules of `docker compose watch`: text of a Dockerfile in, a line a rule out."""

from __future__ import annotations

from typing import Any

import pytest

from cispeed_tasks.plan.watch import watch_rules
from tests.builders import bind, build, project, stack
from tests.plan.test_hollow import overlay

FILES = {
    "web/pages/index.html": "",
    "web/app/main.js": "",
    "web/app/package.json": "",
    "web/nginx.conf": "",
    "web/package.json": "",
    "web/package-lock.json": "",
}


def rules(dockerfile: str, text: str = "", **entry: Any) -> list[str]:
    """Action, path and target of each rule of the service `web`."""
    services = {"web": {"build": build("web"), **entry}}
    found = watch_rules(project(text, services, {**FILES, "web/Dockerfile": dockerfile}), "web")
    return [" ".join([rule["action"], rule["path"], *([rule["target"]] if "target" in rule else [])]) for rule in found]


def test_a_mounted_source_needs_no_rule_and_its_lock_file_restarts_the_service() -> None:
    assert rules("FROM node\nWORKDIR /app\nCOPY package*.json ./\nCOPY app app\nRUN npm ci\n") == [
        "restart ./web/package-lock.json"
    ]


def test_what_an_image_only_copies_is_synchronised() -> None:
    assert rules("FROM nginx\nCOPY nginx.conf /etc/nginx/nginx.conf\nCOPY pages /usr/share/nginx/html\n") == [
        "rebuild ./web/Dockerfile",
        "sync ./web/nginx.conf /etc/nginx/nginx.conf",
        "sync ./web/pages /usr/share/nginx/html",
    ]


def test_lock_files_in_what_is_synchronised_are_a_new_image() -> None:
    assert rules("FROM nginx\nCOPY app /srv/app\n") == [
        "rebuild ./web/Dockerfile",
        "sync ./web/app /srv/app",
        "rebuild ./web/app/package.json",
    ]


def test_what_an_image_is_built_of_is_a_new_image() -> None:
    text = """\
FROM node AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY app app
RUN npm run build
FROM nginx
COPY nginx.conf /etc/nginx/nginx.conf
COPY --from=build /app/dist /usr/share/nginx/html
"""
    # The final stage holds something that was made, so that nothing is put into it.
    assert rules(text) == [
        "rebuild ./web/Dockerfile",
        "rebuild ./web/app",
        "rebuild ./web/nginx.conf",
        "rebuild ./web/package-lock.json",
        "rebuild ./web/package.json",
    ]


def test_a_user_who_may_not_write_there_gets_a_new_image() -> None:
    assert rules("FROM nginx\nCOPY pages /srv\nUSER nginx\n") == ["rebuild ./web/Dockerfile", "rebuild ./web/pages"]


def test_where_a_copy_is_not_certain_anything_in_the_context_counts() -> None:
    assert rules("FROM nginx\nCOPY $WHAT /srv\n") == ["rebuild ./web", "rebuild ./web/Dockerfile"][::-1]


def test_what_is_mounted_is_not_synchronised() -> None:
    assert rules("FROM nginx\nCOPY pages /srv\n", volumes=[bind("web/pages", "/srv")]) == ["rebuild ./web/Dockerfile"]


@pytest.mark.parametrize(
    "entry",
    [{"image": "nginx", "build": None}, {"build": {"context": "https://example.org/x.git"}}],
)
def test_what_is_not_built_here_has_no_rules(entry: dict[str, Any]) -> None:
    assert rules("FROM nginx\nCOPY pages /srv\n", **entry) == []


def overlay_of(**entry: Any) -> str:
    services = {"web": {"build": build("web"), **entry}}
    files = {**FILES, "web/Dockerfile": "FROM nginx\nCOPY pages /srv\n"}
    text = overlay(project("", services, files), {}, "web", services=services)
    return text.split("configs:", maxsplit=1)[0]


def test_a_watched_image_keeps_its_build_section_and_the_name_of_its_image() -> None:
    assert (
        overlay_of()
        == """\
# Made.
services:
  web:
    labels:
      cispeed.project: shop
      cispeed.mode: hollow
    image: shop-web:full
    pull_policy: never
    develop:
      watch:
      - action: rebuild
        path: ./web/Dockerfile
      - action: sync
        path: ./web/pages
        target: /srv
        ignore:
        - '**/.git'
        - '**/node_modules'
        - '**/.venv'
        - '**/__pycache__'
        - '**/.cispeed'
"""
    )


def test_rules_of_the_users_own_stay_for_an_image_and_go_for_a_mounted_source() -> None:
    own = {"develop": {"watch": [{"action": "rebuild", "path": "/repo/web"}]}}
    assert "develop" not in overlay_of(**own)
    services = {"web": {"build": build("web"), **own}}
    files = {**FILES, "web/Dockerfile": "FROM node\nWORKDIR /app\nCOPY . .\nCMD node app\n"}
    found = overlay(project("", services, files), {}, "web", services=services)
    assert stack(services).services["web"].raw["develop"]
    assert (
        "    develop: !override\n      watch:\n      - action: restart\n        path: ./web/package-lock.json\n"
        in found
    )
