"""The optimised overlay: the same images by a plain `docker compose build`."""

from __future__ import annotations

from cispeed_tasks.plan.optimized import optimized_overlay
from cispeed_tasks.tools.compose_yaml import dump
from tests.builders import build, project

CANARY = "canary-51"


def test_the_overlay() -> None:
    config = """
bases: {poetry: {image: images/poetry, context: images/poetry, args: {PRICE: "5$"}}}
services: {web: {base: poetry}}
"""
    files = {
        "images/poetry/Dockerfile": "FROM python\n",
        "web/poetry.lock": "",
        "api/Dockerfile": "FROM images/poetry AS prod\n",
    }
    services = {
        "web": {"build": build("web")},
        "api": {"build": build("api", args={"TOKEN": CANARY}, target="prod", secrets=[{"source": "npmrc"}])},
        "worker": {"image": "shop-api"},
        "db": {"image": "postgres"},
    }
    raw = {
        "services": {
            "api": {"build": {"context": "./api", "args": {"TOKEN": "${TOKEN}"}, "secrets": [{"source": "npmrc"}]}}
        }
    }
    text = dump(optimized_overlay(project(config, services, files), raw), "Made by cispeed.")
    assert CANARY not in text
    assert (
        text
        == """\
# Made by cispeed.
services:
  base-poetry:
    image: images/poetry
    scale: 0
    build:
      context: ./images/poetry
      dockerfile: Dockerfile
      args:
        PRICE: 5$$
      labels:
        cispeed.project: shop
        cispeed.target: base-poetry
        cispeed.kind: base
  api:
    image: shop-api:full
    build: !override
      secrets:
      - source: npmrc
      context: ./api
      dockerfile: Dockerfile
      target: prod
      args:
        TOKEN: ${TOKEN}
      additional_contexts:
        images/poetry: service:base-poetry
      labels:
        cispeed.project: shop
        cispeed.target: api
        cispeed.kind: full
  web:
    image: shop-web:full
    build: !override
      context: ./web
      dockerfile: ../.cispeed/dockerfiles/web.Dockerfile
      additional_contexts:
        images/poetry: service:base-poetry
      labels:
        cispeed.project: shop
        cispeed.target: web
        cispeed.kind: full
  worker:
    image: shop-api:full
"""
    )


def test_an_inline_dockerfile_stays_as_the_compose_file_writes_it() -> None:
    services = {"web": {"build": build("web", dockerfile_inline=f"FROM x\nENV T={CANARY}\n")}}
    raw = {"services": {"web": {"build": {"context": "./web", "dockerfile_inline": "FROM x\nENV T=${TOKEN}\n"}}}}
    made = optimized_overlay(project("", services, {"web/package.json": ""}), raw)["services"]["web"]["build"].value
    assert made["dockerfile_inline"] == "FROM x\nENV T=${TOKEN}\n"
    assert "dockerfile" not in made
