"""The base image that several services would share: its Dockerfile, and the lines of cispeed.yaml."""

from __future__ import annotations

from cispeed_tasks.plan.findings_model import SeenBuild
from cispeed_tasks.plan.optimize_base import shared_bases
from tests.builders import config
from tests.plan.seen_builds import seen

APT = "RUN apt-get update && apt-get install -y {}\n"


def build(name: str, text: str) -> SeenBuild:
    return seen(text, service=name, file=f"{name}/Dockerfile")


def test_what_is_repeated_goes_into_one_base() -> None:
    builds = [
        build("api", f"FROM python:3.13-slim\n{APT.format('gcc git curl')}RUN pip install poetry==2.5.1\n"),
        build("jobs", f"FROM python:3.13-slim\n{APT.format('git gcc')}RUN pip install poetry==2.5.1\n"),
        build("web", f"FROM node:20-slim\n{APT.format('git')}"),
    ]
    (base,) = shared_bases(builds)
    assert (
        base.dockerfile()
        == """\
# Made by cispeed: a base for api, jobs. It is yours: change it as you like.
FROM python:3.13-slim
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\
    rm -f /etc/apt/apt.conf.d/docker-clean \\
 && apt-get update \\
 && apt-get install -y --no-install-recommends gcc git
RUN --mount=type=cache,target=/root/.cache/pip \\
    pip config --global set global.prefer-binary true \\
 && python -m venv /opt/poetry \\
 && /opt/poetry/bin/pip install poetry==2.5.1 poetry-plugin-export==1.9.0 \\
 && ln -s /opt/poetry/bin/poetry /usr/local/bin/poetry
"""
    )
    assert (
        base.config()
        == """\
bases:
  python-poetry:
    image: images/python-poetry-base:3.13
    context: images/python-poetry-base
services:
  api: {base: python-poetry}
  jobs: {base: python-poetry}
"""
    )
    assert base.file == "images/python-poetry-base/Dockerfile"
    assert config(base.config()).services["jobs"].base == "python-poetry"


def test_a_base_without_python_has_no_pip() -> None:
    builds = [build(name, f"FROM example.org/node:20\n{APT.format('git')}") for name in ("a", "b")]
    (base,) = shared_bases(builds)
    assert base.dockerfile().splitlines()[-1] == " && apt-get install -y --no-install-recommends git"
    assert (base.name, base.tag) == ("node", "images/node-base:20")


def test_a_version_that_is_not_pinned_is_not_made_up() -> None:
    builds = [build(name, "FROM python\nRUN pip install uv\n") for name in ("a", "b")]
    (base,) = shared_bases(builds)
    assert "# hadolint ignore=DL3013\nRUN" in base.dockerfile()
    assert "/opt/uv/bin/pip install uv \\\n && ln -s /opt/uv/bin/uv /usr/local/bin/uv\n" in base.dockerfile()
    assert base.tag == "images/python-uv-base:1"


def test_nothing_in_common_proposes_nothing() -> None:
    builds = [build("a", f"FROM x\n{APT.format('git')}"), build("b", f"FROM x\n{APT.format('curl')}")]
    assert shared_bases(builds) == ()
