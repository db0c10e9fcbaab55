"""Full mode's overlay, as text, and the layers that hold what images do not."""

from __future__ import annotations

from typing import Any

from cispeed_tasks.model import Target
from cispeed_tasks.plan.full import FullMode, full_overlay, plan_full_mode
from cispeed_tasks.tools.compose_yaml import dump
from tests.builders import bind, build, project, stack, volume

CONFIG = """
bases: {node: {image: images/node, context: images/node}}
services: {web: {base: node, command: "echo $HOME"}}
"""
FILES = {
    "images/node/Dockerfile": "FROM node:20\n",
    "web/package.json": "",
    "api/Dockerfile": "FROM x\nCOPY . /srv\n",
    "api/requirements.txt": "",
    "db/init/a.sql": "",
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
}
RAW = {"services": {"db": {"volumes": [{"type": "volume", "source": "${DATA:-data}", "target": "/data"}]}}}


def shop() -> FullMode:
    existing = {"/repo/web", "/repo/api", "/repo/db", "/repo/db/init", "/repo/db/conf"}
    return plan_full_mode(
        project(CONFIG, SERVICES, FILES), frozenset(existing), frozenset(existing - {"/repo/db/conf"})
    )


def test_every_mount_is_decided() -> None:
    assert (
        str(shop())
        == """\
drop api:/srv (source in the image): the image holds it
bake api:/db (source not in the image): a layer on the image holds it
keep db:/data (named volume): a volume of this stack's own
bake db:/etc/db.conf (source not in the image): a layer on the image holds it
bake db:/init (source not in the image): a layer on the image holds it
drop web:/app (source in the image): the image holds it
drop web:/app/node_modules (dependency volume): the image holds the packages
drop worker:/srv (source in the image): the image holds it"""
    )


def test_the_overlay() -> None:
    resolved = stack(SERVICES, "shop-full", volumes={"data": {"name": "shared", "external": True}})
    assert (
        dump(full_overlay(shop(), resolved, RAW, {"web": ()}), "Made.")
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
  web:
    labels:
      cispeed.project: shop
      cispeed.mode: full
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
volumes:
  data: !override
    name: shop-full_data
"""
    )


def layer(service: str) -> Target:
    found = shop().project.target_of("mounts", service)
    assert found is not None
    return found


def test_a_layer_holds_what_was_mounted_shallow_paths_first() -> None:
    db = layer("db")
    assert (
        db.dockerfile_text
        == """\
# Made by cispeed: what db has mounted in development and its image does not hold.
FROM postgres:17
COPY ["db/init/", "/init/"]
COPY ["db/conf", "/etc/db.conf"]
"""
    )
    assert (db.name, db.tag, db.contexts, db.context) == ("mounts-db", "shop-db:full-mounts", {}, "/repo")
    assert (
        db.ignore_text
        == """\
# Made by cispeed; it stands in place of the checkout's own, which would drop what is mounted.
**/node_modules
**/.venv
**/__pycache__
**/.git
.cispeed
"""
    )


def test_a_layer_on_an_image_that_is_built_stands_on_its_target() -> None:
    api = layer("api")
    assert api.dockerfile_text.splitlines()[1:] == ["FROM shop-api:full", 'COPY ["db/", "/db/"]']
    assert (api.contexts, api.dependency_names) == ({"shop-api:full": "target:api"}, ("api",))
    assert api.cause == "1 mounts that its image does not hold"
