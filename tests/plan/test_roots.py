"""How root images are made from Debian's packages."""

from __future__ import annotations

import pytest

from cispeed_tasks.config_schema import RootConfig
from cispeed_tasks.plan.roots import LABELS, RECIPE, is_outdated, made_by, recipe_for
from tests.builders import config

KNOWN = [
    ("debian:trixie-slim", "trixie"),
    ("debian:12", "bookworm"),
    ("debian:13.1-slim", "trixie"),
    ("docker.io/library/debian:bookworm", "bookworm"),
    ("python:3.13-slim", "trixie"),
    ("python:3.11", "bookworm"),
    ("python:3.13.2-slim-trixie", "trixie"),
    ("node:20", "trixie"),
    ("library/node:18-bookworm-slim", "bookworm"),
    ("mcr.microsoft.com/playwright:v1.50.0-noble", "trixie"),
    ("registry:2", "trixie"),
    ("docker.io/library/registry:2.8", "trixie"),
]
UNKNOWN = ["debian:sid", "debian", "python:3.12", "python:3.13-alpine", "python:3.13-bookworm", "python", "node:22", "node:20-alpine", "node:lts", "postgres:17", "registry:3", "registry:20", "registry", "ghcr.io/a/python:3.13", "debian:12@sha256:00", "python:3.13-slim@sha256:00"]  # fmt: skip


@pytest.mark.parametrize(("name", "suite"), KNOWN)
def test_names_that_a_debian_release_can_stand_for(name: str, suite: str) -> None:
    recipe = recipe_for(name, {})
    assert recipe is not None
    assert (recipe.name, recipe.suite, recipe.parent) == (name, suite, f"debian:{suite}-slim")


@pytest.mark.parametrize("name", UNKNOWN)
def test_others_are_not_guessed(name: str) -> None:
    assert recipe_for(name, {}) is None


def test_a_plain_debian_needs_no_dockerfile() -> None:
    plain, python = recipe_for("debian:13", {}), recipe_for("python:3.13", {})
    assert plain is not None
    assert python is not None
    assert (plain.is_plain, python.is_plain) == (True, False)


def test_pythons_dockerfile() -> None:
    recipe = recipe_for("python:3.13-slim", {})
    assert recipe is not None
    assert (
        recipe.dockerfile()
        == """\
FROM debian:trixie-slim
ENV PIP_BREAK_SYSTEM_PACKAGES="1"
RUN apt-get update \\
 && apt-get install -y --no-install-recommends python3 python3-pip python3-venv \\
 && ln -sf /usr/bin/python3 /usr/local/bin/python \\
 && ln -sf /usr/bin/python3 /usr/local/bin/python3 \\
 && ln -sf /usr/bin/pip3 /usr/local/bin/pip \\
 && rm -rf /usr/lib/python3/dist-packages/packaging* /usr/lib/python3/dist-packages/wheel* \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
"""
    )


def test_a_registry_is_debians_with_the_official_images_names() -> None:
    recipe = recipe_for("registry:2", {})
    assert recipe is not None
    text = recipe.dockerfile()
    assert "apt-get install -y --no-install-recommends docker-registry \\\n && ln -s /usr/bin/docker-registry" in text
    assert text.endswith('\nENTRYPOINT ["registry", "serve", "/etc/docker/registry/config.yml"]\n')


def test_the_config_stands_before_what_is_known() -> None:
    text = "roots: {'python:3.13': {suite: bookworm, commands: [make-python], env: {A: b}}}"
    recipe = recipe_for("python:3.13", config(text).roots)
    assert recipe is not None
    assert (
        recipe.dockerfile()
        == """\
FROM debian:bookworm-slim
ENV A="b"
RUN make-python \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
"""
    )


def test_what_another_recipe_made_is_outdated() -> None:
    own = RootConfig(suite="trixie", packages=("curl",))
    recipe, other = recipe_for("tool:1", {"tool:1": own}), recipe_for("tool:1", {"tool:1": RootConfig(suite="trixie")})
    assert recipe is not None
    assert other is not None
    now, before = ({**LABELS, RECIPE: one.digest} for one in (recipe, other))
    assert not is_outdated("tool:1", made_by(now), {"tool:1": own})
    assert is_outdated("tool:1", made_by(before), {"tool:1": own})
    assert is_outdated("tool:1", made_by(LABELS), {"tool:1": own})


def test_what_was_pulled_or_has_no_recipe_is_never_outdated() -> None:
    assert made_by({}) is None
    assert not is_outdated("python:3.13-slim", None, {})
    assert not is_outdated("debian:13", made_by(LABELS), {})
    assert not is_outdated("shop/base:1", made_by(LABELS), {})
