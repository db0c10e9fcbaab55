"""Full mode's overlay, as text, and the layers that hold what images do not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cispeed_tasks.model import ContextFile, Override, Target
from cispeed_tasks.plan.full import FullMode, full_overlay, literal_mode, plan_full_mode, what_breaks
from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from cispeed_tasks.plan.mount_layers import kept_parts
from cispeed_tasks.plan.service_targets import read_target
from cispeed_tasks.tools.compose_yaml import dump
from tests.builders import bind, build, checkout, project, stack, volume

CONFIG = """
bases: {node: {image: images/node, context: images/node}}
services: {web: {base: node, command: "echo $HOME"}}
"""
FILES = {
    "images/node/Dockerfile": "FROM node:20\n",
    "web/package.json": "",
    "api/Dockerfile": "FROM x\nCOPY . /srv\n",
    "api/requirements.txt": "",
    "api/.env": "",
    "api/.dockerignore": ".env\n",
    "db/init/a.sql": "",
    "db/conf": "echo $PATH",
    "proxy.conf": "listen $port",
}
SERVICES: dict[str, Any] = {
    "db": {
        "image": "postgres:17",
        "volumes": [volume("data", "/data"), bind("db/conf", "/etc/db.conf"), bind("db/init", "/init")],
    },
    "web": {
        "image": "x",
        "volumes": [bind("web", "/app"), volume(None, "/app/node_modules")],
        "develop": {"watch": []},
    },
    "api": {"build": build("api"), "volumes": [bind("api", "/srv"), bind("db", "/db")], "depends_on": {"db": {}}},
    "worker": {"image": "shop-api", "volumes": [bind("api", "/srv")]},
    "proxy": {"image": "nginx:1", "volumes": [bind("proxy.conf", "/etc/nginx.conf")]},
}
RAW: dict[str, Any] = {
    "services": {
        "db": {
            "image": "postgres:${TAG:-17}",
            "volumes": [
                {"type": "volume", "source": "${DATA:-data}", "target": "/data"},
                bind("db/conf", "/etc/db.conf"),
                bind("db/${INIT}", "${PLACE:-/init}"),
            ],
        }
    }
}


def shop(raw: dict[str, Any] | None = None) -> FullMode:
    found = project(CONFIG, SERVICES, FILES)
    return plan_full_mode(found, checkout(found, FILES, ["api/.env"]), raw or {})


def test_every_mount_is_decided() -> None:
    assert (
        str(shop())
        == """\
drop api:/srv (source in the image): the image holds it; as secrets: .env
bake api:/db (source not in the image): a layer on the image holds it (2 files)
keep db:/data (named volume): a volume of this stack's own
bake db:/etc/db.conf (file for an image of others): a layer on the image holds it
bake db:/init (source not in the image): a layer on the image holds it (1 file)
config proxy:/etc/nginx.conf (file for an image of others): small, so it is handed over when the container is made
drop web:/app (source in the image): the image holds it
drop web:/app/node_modules (dependency shield): the image holds the packages
drop worker:/srv (source in the image): the image holds it; as secrets: .env"""
    )


def test_the_overlay() -> None:
    resolved = stack(SERVICES, "shop-full", volumes={"data": {"name": "shared", "external": True}})
    assert (
        dump(full_overlay(shop(RAW), resolved, RAW, {"web": ()}), "Made.")
        == """\
# Made.
services:
  api:
    labels:
      cispeed.project: shop
      cispeed.mode: full
    image: shop-api:full-mounts
    pull_policy: never
    build: !reset 'null'
    volumes: !override []
    secrets:
    - source: cispeed-api-1
      target: /srv/.env
  db:
    labels:
      cispeed.project: shop
      cispeed.mode: full
    image: shop-db:full-mounts
    pull_policy: never
    volumes: !override
    - type: volume
      source: ${DATA:-data}
      target: /data
  proxy:
    labels:
      cispeed.project: shop
      cispeed.mode: full
    volumes: !override []
    configs:
    - source: cispeed-proxy-1
      target: /etc/nginx.conf
      mode: '0644'
  web:
    labels:
      cispeed.project: shop
      cispeed.mode: full
    init: true
    ports: !override []
    image: shop-web:full
    pull_policy: never
    command: !override
    - /bin/sh
    - -c
    - echo $$HOME
    volumes: !override []
    develop: !reset 'null'
  worker:
    labels:
      cispeed.project: shop
      cispeed.mode: full
    image: shop-api:full
    pull_policy: never
    volumes: !override []
    secrets:
    - source: cispeed-worker-1
      target: /srv/.env
volumes:
  data: !override
    name: shop-full_data
secrets:
  cispeed-api-1:
    file: ./api/.env
  cispeed-worker-1:
    file: ./api/.env
configs:
  cispeed-proxy-1:
    content: listen $$port
"""
    )


def layer(service: str, raw: dict[str, Any] | None = None) -> Target:
    found = shop(raw).project.target_of("mounts", service)
    assert found is not None
    return found


def test_a_layer_holds_what_was_mounted_shallow_paths_first() -> None:
    db = layer("db")
    assert (
        db.dockerfile_text
        == """\
# Made by cispeed: what db has mounted in development and its image does not hold.
FROM postgres:17
COPY ["init/", "/init/"]
COPY ["conf", "/etc/db.conf"]
"""
    )
    assert (db.name, db.tag, db.contexts, db.context) == ("mounts-db", "shop-db:full-mounts", {}, "/repo/db")
    assert (db.ignore_text or "").splitlines()[1:6] == ["*", "!init", "!conf", "**/node_modules", "**/.venv"]


def test_what_comes_from_variables_is_an_argument() -> None:
    db = layer("db", RAW)
    assert db.dockerfile_text.splitlines()[1:] == [
        "ARG CISPEED_IMAGE",
        "FROM ${CISPEED_IMAGE}",
        "ARG CISPEED_SOURCE_1",
        "ARG CISPEED_TARGET_1",
        'COPY ["${CISPEED_SOURCE_1}/", "${CISPEED_TARGET_1}/"]',
        'COPY ["db/conf", "/etc/db.conf"]',
    ]
    assert db.args == {"CISPEED_IMAGE": "postgres:17", "CISPEED_SOURCE_1": "db/init", "CISPEED_TARGET_1": "/init"}
    assert "init" not in str(db.ignore_text)
    assert read_target(db).root_image(None) == "postgres:17"


def test_of_a_source_with_a_variable_only_the_parts_are_copied_that_are_kept() -> None:
    kinds = {"a": "file", "b": "file", "c": "directory", "c/x": "file", "c/y": "file", "d": "directory", "d/e": "file"}
    entries = [ContextFile(name, kind) for name, kind in kinds.items()]
    assert kept_parts(entries, ["b", "c/y"]) == {"": ["a", "d/"], "c": ["x"]}
    assert kept_parts(entries, ["d"]) == {"": ["a", "b", "c/"]}


@pytest.mark.parametrize("name", ["#.env#", "!keep.env", " a", "a ", "a*b", "[x]", "a?b", "back\\slash", "plain"])
def test_what_a_layer_leaves_out_is_left_out_whatever_it_is_called(name: str) -> None:
    files = {**FILES, f"web2/{name}": "", "web2/index.html": ""}
    services: dict[str, Any] = {
        "front": {"image": "nginx:1", "volumes": [bind("web2", "/html"), bind(f"web2/{name}", f"/html/{name}")]}
    }
    found = project("", services, files)
    mode = plan_full_mode(found, checkout(found, files, [f"web2/{name}"]), {})
    layer = mode.project.target_of("mounts", "front")
    assert layer is not None
    ignore = read_ignore_file(str(layer.ignore_text))
    assert ignore.excludes(name)
    assert not ignore.excludes("index.html")


def test_a_layer_keeps_whose_things_are() -> None:
    found = project(CONFIG, SERVICES, FILES)
    seen = checkout(found, FILES)
    init = replace(seen.sources["/repo/db/init"], owners={"": "1000:1000", "a.sql": "70:70"})
    mode = plan_full_mode(found, replace(seen, sources={**seen.sources, "/repo/db/init": init}), {})
    db = mode.project.target_of("mounts", "db")
    assert db is not None
    assert db.dockerfile_text.splitlines()[2:] == [
        'COPY --chown=1000:1000 ["init/", "/init/"]',
        'COPY --chown=70:70 ["init/a.sql", "/init/a.sql"]',
        'COPY ["conf", "/etc/db.conf"]',
    ]


def test_a_layer_on_an_image_that_is_built_stands_on_its_target() -> None:
    api = layer("api")
    assert api.dockerfile_text.splitlines()[1:] == ["FROM shop-api:full", 'COPY ["./", "/db/"]']
    assert (api.contexts, api.dependency_names) == ({"shop-api:full": "target:api"}, ("api",))
    assert api.cause == "1 mount that its image does not hold"


def test_the_literal_mode_removes_every_mount_and_says_what_breaks() -> None:
    found = project(CONFIG, SERVICES, FILES)
    seen = checkout(found, FILES)
    mode = literal_mode(found, seen, plan_full_mode(found, seen, {}).decisions)
    overlay = full_overlay(mode, stack(SERVICES, "shop-full"), {}, None)
    mounted = [name for name, entry in SERVICES.items() if entry.get("volumes")]
    assert {name: overlay["services"][name]["volumes"] for name in mounted} == dict.fromkeys(mounted, Override([]))
    assert overlay["services"]["db"].get("image") is None
    assert what_breaks(mode) == (
        "api:/db (source not in the image): its image does not hold it",
        "db:/data (named volume): what was written there is lost with the container, and shared with nobody",
        "db:/etc/db.conf (file for an image of others): its image does not hold it",
        "db:/init (source not in the image): its image does not hold it",
        "proxy:/etc/nginx.conf (file for an image of others): its image does not hold it",
    )


def test_what_is_made_below_a_source_is_a_volume_for_those_who_read_it() -> None:
    services: dict[str, Any] = {
        "builder": {"image": "node", "volumes": [bind("web", "/app")]},
        "front": {"image": "nginx:1", "volumes": [bind("web/dist", "/html")]},
    }
    found = project("", services, FILES)
    mode = plan_full_mode(found, checkout(found, FILES), {})
    assert "fresh builder:/app/dist (output below a source): a volume that is shared with those who read it" in str(
        mode
    )
    overlay = full_overlay(mode, stack(services, "shop-full"), {}, None)
    shared = {name: [entry["target"] for entry in overlay["services"][name]["volumes"].value] for name in services}
    assert shared == {"builder": ["/app/dist"], "front": ["/html"]}
    assert overlay["volumes"] == {"cispeed-web-dist": {}}


def test_a_volume_that_an_image_fills_is_filled_by_the_writer_alone() -> None:
    services: dict[str, Any] = {
        "app": {"build": build("api"), "volumes": [bind("api", "/srv")]},
        "front": {"image": "nginx:1", "volumes": [bind("api", "/code", read_only=True)]},
    }
    found = project("", services, FILES)
    mode = plan_full_mode(found, checkout(found, FILES), {})
    overlay = full_overlay(mode, stack(services, "shop-full"), {}, None)
    volumes = {name: overlay["services"][name]["volumes"].value for name in services}
    assert volumes == {
        "app": [{"type": "volume", "source": "cispeed-api", "target": "/srv"}],
        "front": [
            {
                "type": "volume",
                "source": "cispeed-api",
                "target": "/code",
                "read_only": True,
                "volume": {"nocopy": True},
            }
        ],
    }
    assert overlay["volumes"] == {"cispeed-api": {}}
    assert mode.filled_volumes == {"cispeed-api": ("app", "front")}
