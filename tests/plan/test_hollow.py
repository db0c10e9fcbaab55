"""Hollow mode's overlay, as text: base image, mounted source, and a volume for the packages."""

from __future__ import annotations

from typing import Any

import pytest

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.hollow import hollow_images, hollow_overlay, plan_dependencies
from cispeed_tasks.plan.mount_sources import Checkout
from cispeed_tasks.plan.targets import Project
from cispeed_tasks.tools.compose_yaml import dump
from tests.builders import bind, build, project, stack, volume

CONFIG = """
bases: {poetry: {image: images/poetry, context: images/poetry}}
services: {web: {base: poetry, hollow-command: flask --debug run}}
"""
FILES = {
    "images/poetry/Dockerfile": "FROM python\n",
    "web/poetry.lock": "",
    "web/package.json": "",
    "api/Dockerfile": 'FROM node:20\nWORKDIR /srv\nCOPY . .\nENTRYPOINT ["tini", "--"]\nCMD node $MAIN\n',
    "api/package-lock.json": "",
}
SERVICES: dict[str, Any] = {
    "web": {
        "image": "x",
        "volumes": [volume("cache", "/cache"), bind("web", "/app"), volume(None, "/app/.venv")],
        "container_name": "web",
    },
    "api": {
        "build": build("api"),
        "ports": [{"target": 80, "published": "80"}],
        "healthcheck": {"test": ["CMD", "up"]},
    },
    "worker": {"image": "shop-api", "command": ["work"], "volumes": [bind("api", "/srv")]},
    "static": {"image": "shop-api"},
    "front": {"image": "node:20", "volumes": [bind("api", "/srv")], "command": ["npm", "start"]},
    "db": {"image": "postgres:17", "volumes": [volume("data", "/data")]},
}


def overlay(found: Project, raw: dict[str, Any], *names: str, services: dict[str, Any] = SERVICES) -> str:
    """The services `names` of the overlay, and what stands beside them, without the start-up script."""
    shapes = found.shapes.values()
    digests = {"poetry": "p0", "npm": "n0"}
    dependencies = {s.service.name: plan_dependencies(s, "shop", digests) for s in shapes if s.can_be_hollow}
    made = hollow_overlay(found, stack(services, "shop-hollow"), raw, dependencies, None, Checkout({}))
    made["services"] = {name: made["services"][name] for name in names}
    return dump(made, "Made.")


def shop() -> Project:
    return project(CONFIG, SERVICES, FILES)


def test_each_service_runs_from_what_holds_no_source() -> None:
    assert hollow_images(shop()) == {
        "web": "images/poetry",
        "api": "shop-api:hollow",
        "worker": "shop-api:hollow",
        "static": "shop-api:full",
    }


def test_a_service_with_two_managers_on_a_base() -> None:
    raw = {"services": {"web": {"volumes": [{"type": "volume", "source": "${CACHE}", "target": "/cache"}]}}}
    assert (
        overlay(shop(), raw, "web", "db")
        == """\
# Made.
services:
  web:
    labels:
      cispeed.project: shop
      cispeed.mode: hollow
    container_name: !reset 'null'
    init: true
    image: images/poetry
    pull_policy: never
    develop:
      watch:
      - action: restart
        path: ./web/poetry.lock
      - action: restart
        path: ./web/package.json
    entrypoint: !override
    - /bin/sh
    - /cispeed/start.sh
    - poetry
    - /app
    - /cispeed/python
    - npm
    - /app
    - /app/node_modules
    - --
    user: 0:0
    working_dir: /app
    configs:
    - source: cispeed-start
      target: /cispeed/start.sh
    healthcheck:
      test:
      - CMD-SHELL
      - test -e /tmp/.cispeed-started && test "$$(( $$(date +%s) - $$(stat -c %Y /tmp/.cispeed-started) ))" -ge 2
      interval: 5s
      start_interval: 250ms
      start_period: 600s
    environment:
      PYTHONDONTWRITEBYTECODE: '1'
      PYTHONUNBUFFERED: '1'
    volumes: !override
    - type: bind
      source: ./web
      target: /app
    - type: volume
      source: ${CACHE}
      target: /cache
    - type: volume
      target: /app/.venv
    - type: volume
      source: shop-poetry-p0
      target: /cispeed/python
      volume:
        nocopy: true
    - type: volume
      source: shop-npm-n0
      target: /app/node_modules
      volume:
        nocopy: true
    command: !override
    - flask
    - --debug
    - run
  db:
    labels:
      cispeed.project: shop
      cispeed.mode: hollow
configs:
  cispeed-start:
    file: .cispeed/start.sh
volumes:
  shop-npm-n0:
    external: true
  shop-poetry-p0:
    external: true
"""
    )


def process(text: str) -> list[str]:
    """The words of the entry point that the script hands over to, and those of the command."""
    handed_over = text.split("    - --\n", maxsplit=1)[1].split("    user:", maxsplit=1)[0]
    _, _, command = text.partition("    command: !override\n")
    words = handed_over + command.split("configs:", maxsplit=1)[0]
    return [line.removeprefix("    - ") for line in words.splitlines()]


def test_the_dockerfiles_own_process_is_handed_over() -> None:
    text = overlay(shop(), {}, "api")
    assert process(text) == ["tini", "--", "/bin/sh", "-c", "node $$MAIN"]
    assert "    build: !reset 'null'\n" in text
    assert "      start_interval: 250ms\n      start_period: 300s\n" in text


def test_a_sibling_keeps_the_shared_images_entry_point_and_its_own_command() -> None:
    assert process(overlay(shop(), {}, "worker")) == ["tini", "--"]


def test_the_compose_files_entry_point_stands_before_the_dockerfiles() -> None:
    raw = {"services": {"api": {"entrypoint": ["dumb-init", "${FLAG}"]}}}
    assert process(overlay(shop(), raw, "api")) == ["dumb-init", "${FLAG}"]


def test_an_image_of_somebody_elses_with_a_source_installs_into_a_volume_too() -> None:
    text = overlay(shop(), {}, "front")
    assert "image:" not in text
    assert "source: shop-npm-n0\n      target: /srv/node_modules" in text


def test_services_that_cannot_be_hollow_run_as_compose_says() -> None:
    assert (
        overlay(shop(), {}, "static").split("configs:", maxsplit=1)[0]
        == """\
# Made.
services:
  static:
    labels:
      cispeed.project: shop
      cispeed.mode: hollow
    image: shop-api:full
    pull_policy: never
"""
    )


def changed(raw: dict[str, Any] | None = None, text: str = CONFIG, **entries: dict[str, Any]) -> str:
    """The overlay of services that stand beside the shop's or instead of them."""
    services = {**SERVICES, **entries}
    return overlay(project(text, services, FILES), raw or {}, *entries, services=services)


def test_a_check_of_the_services_own_is_not_replaced() -> None:
    assert "cispeed-started" not in overlay(shop(), {}, "api")
    assert "test -e /tmp/.cispeed-started" in overlay(shop(), {}, "worker")


def test_data_of_the_development_stack_is_left_alone() -> None:
    data = bind("pgdata", "/var/lib/postgresql/data")
    db = changed(db={"image": "postgres:17", "volumes": [data, bind("db", "/docker-entrypoint-initdb.d")]})
    assert (
        db.split("configs:", maxsplit=1)[0]
        == """\
# Made.
services:
  db:
    labels:
      cispeed.project: shop
      cispeed.mode: hollow
    volumes: !override
    - type: volume
      target: /var/lib/postgresql/data
    - type: bind
      target: /docker-entrypoint-initdb.d
      source: ./db
"""
    )
    web = changed(web={"image": "x", "volumes": [bind("web", "/app"), bind("uploads", "/data")]})
    assert "    - type: volume\n      target: /data\n" in web
    assert "/repo/uploads" not in web


def test_a_mount_keeps_its_words_and_gets_the_resolved_type() -> None:
    written = {"type": "volume", "source": "${HOME}/keys", "target": "/keys", "volume": {}}
    volumes = [bind("web", "/app"), {"type": "bind", "source": "/root/keys", "target": "/keys", "read_only": True}]
    text = changed({"services": {"web": {"volumes": [written]}}}, web={"image": "x", "volumes": volumes})
    assert (
        "    - type: bind\n      source: ${HOME}/keys\n      target: /keys\n      bind:\n        create_host_path: true\n"
        "      read_only: true\n    - type" in text
    )


def test_a_source_outside_the_checkout_stays_mounted() -> None:
    shared = {"type": "bind", "source": "/elsewhere/shared", "target": "/shared"}
    written = {"type": "bind", "source": "../elsewhere/shared", "target": "/shared"}
    text = changed(
        {"services": {"web": {"volumes": [written]}}}, web={"image": "x", "volumes": [bind("web", "/app"), shared]}
    )
    assert "    - type: bind\n      source: ../elsewhere/shared\n      target: /shared\n" in text


def test_a_virtual_environment_of_the_hosts_is_shielded() -> None:
    services = {"web": {"image": "python", "volumes": [bind("web", "/app")], "command": ["python"]}}
    files = {"web/requirements.txt": "", "web/.venv/pyvenv.cfg": ""}
    found = project("", services, files)
    dependencies = {"web": plan_dependencies(found.shapes["web"], "shop", {"pip": "p0"})}
    made = hollow_overlay(found, stack(services, "shop-hollow"), {}, dependencies, None, Checkout({}))
    assert made["services"]["web"]["volumes"].value[-1] == {"type": "tmpfs", "target": "/app/.venv"}


def test_packages_mounted_from_the_checkout_do_not_hide_the_volume() -> None:
    volumes = [bind("api", "/srv"), bind("api/node_modules", "/srv/node_modules")]
    text = changed(front={"image": "node:20", "volumes": volumes, "command": ["npm", "start"]})
    assert "/repo/api/node_modules" not in text
    assert text.count("target: /srv/node_modules") == 1


def test_an_entry_point_that_is_one_string_is_split() -> None:
    raw = {"services": {"api": {"entrypoint": "dumb-init '${A} b' run"}}}
    assert process(overlay(shop(), raw, "api")) == ["dumb-init", "${A} b", "run"]


def test_a_dockerfiles_process_counts_also_on_a_base_unless_the_config_names_one() -> None:
    based = CONFIG.replace("services: {", "services: {api: {base: poetry, managers: [npm]}, ")
    commanded = based.replace("managers: [npm]", "managers: [npm], command: node own.js")
    api = SERVICES["api"]
    assert process(changed(text=based, api=api)) == ["tini", "--", "/bin/sh", "-c", "node $$MAIN"]
    assert process(changed(text=commanded, api=api)) == ["node", "own.js"]


def test_a_service_that_nothing_says_the_process_of_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        changed(front={"image": "node:20", "volumes": [bind("api", "/srv")]})
    assert str(caught.value) == (
        "services.front: nothing says what it runs in hollow mode; write services.front.hollow-command"
    )
