"""The filter of a service covers what its images and its mounts take, and nothing of other services."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cispeed_tasks.plan.changed_paths import on_one_line
from cispeed_tasks.plan.derived_filters import derived_filters, escaped
from cispeed_tasks.run.changes import match_filters
from tests.builders import ROOT, bind, build, project, volume

SHARED = (ROOT / "compose.yaml", ROOT / "cispeed.yaml")
PYTHON = {"Dockerfile": "FROM python:3.13\nCOPY . /app\n", "requirements.txt": ""}


def files(*directories: str) -> dict[str, str]:
    return {f"{directory}/{name}": text for directory in directories for name, text in PYTHON.items()}


def matched(filters: dict[str, list[str]], *paths: str) -> dict[str, list[str]]:
    """For each path the services that it belongs to."""
    found = match_filters(json.dumps(filters), [(path, "modified") for path in paths])
    return {path: [name for name in filters if path in found[name]] for path in paths}


def filters(
    services: dict[str, Any], there: dict[str, str], config: str = "", top: Path = ROOT
) -> dict[str, list[str]]:
    return derived_filters(project(config, services, there), top, SHARED)


def test_a_service_takes_its_build_context_and_what_all_share() -> None:
    found = filters({"api": {"build": build("api")}, "web": {"image": "node:20"}}, files("api"))
    assert found == {
        "api": ["api/**", "api/Dockerfile", "api/Dockerfile.dockerignore", "compose.yaml", "cispeed.yaml"],
        "web": ["compose.yaml", "cispeed.yaml"],
    }
    assert matched(found, "api/.x/y", "apix/a", "compose.yaml", "sub/compose.yaml") == {
        "api/.x/y": ["api"],
        "apix/a": [],
        "compose.yaml": ["api", "web"],
        "sub/compose.yaml": [],
    }


def test_a_dockerfile_outside_of_its_context() -> None:
    there = {"docker/api.Dockerfile": "FROM python:3.13\n", "api/requirements.txt": ""}
    found = filters({"api": {"build": build("api", dockerfile="../docker/api.Dockerfile")}}, there)
    paths = ("docker/api.Dockerfile", "docker/api.Dockerfile.dockerignore", "docker/web.Dockerfile", "api/a")
    assert matched(found, *paths) == {paths[0]: ["api"], paths[1]: ["api"], paths[2]: [], paths[3]: ["api"]}


def test_a_service_takes_what_its_images_stand_on() -> None:
    services = {
        "api": {"build": build("api")},
        "cli": {"build": build("cli"), "image": "shop/cli"},
        "job": {"build": build("job")},
        "copy": {"image": "shop/cli"},
    }
    there = files("api", "cli", "job") | {
        "images/python/Dockerfile": "FROM python:3.13\n",
        "images/extra/Dockerfile": "FROM base/python\n",
        "job/Dockerfile": "FROM shop/cli\n",
    }
    config = (
        "bases:\n"
        "  python: {image: base/python, context: images/python}\n"
        "  extra: {image: base/extra, context: images/extra}\n"
        "services: {api: {base: extra}}\n"
    )
    found = filters(services, there, config)
    assert matched(found, "images/python/x", "images/extra/x", "cli/x", "job/x") == {
        "images/python/x": ["api"],
        "images/extra/x": ["api"],
        "cli/x": ["cli", "copy", "job"],
        "job/x": ["job"],
    }


def test_named_contexts_and_mounts() -> None:
    services = {
        "api": {"build": build("api", additional_contexts={"lib": str(ROOT / "lib"), "web": "docker-image://x"})},
        "db": {
            "image": "postgres",
            "volumes": [bind("db/init", "/init"), volume("data", "/d"), bind("../outside", "/o"), bind("a.conf", "/c")],
        },
    }
    found = filters(services, files("api"))
    assert matched(found, "lib/x", "db/init/1.sql", "db/x", "outside/x", "a.conf", "data") == {
        "lib/x": ["api"],
        "db/init/1.sql": ["db"],
        "db/x": [],
        "outside/x": [],
        "a.conf": ["db"],
        "data": [],
    }


def test_contexts_that_are_no_directories_and_the_root_itself() -> None:
    remote = {"build": {"context": "https://example.com/x.git", "dockerfile": "Dockerfile"}}
    found = filters({"all": {"build": build("")}, "remote": remote}, {"Dockerfile": "FROM scratch\n"})
    assert matched(found, "x/.y") == {"x/.y": ["all"]}


def test_patterns_begin_at_the_root_of_the_repository() -> None:
    found = filters({"api": {"build": build("api")}}, files("api"), top=ROOT.parent)
    assert found["api"][0] == "repo/api/**"
    below = filters({"api": {"build": build("api")}}, files("api"), top=ROOT / "api")
    assert below["api"] == ["**", "Dockerfile", "Dockerfile.dockerignore"]


PARTS = st.text("ab.*?[]{}()!+@|^$\"'\\,;#~-&<> \n\r\u2028é😀\udcff", min_size=1, max_size=6).filter(
    lambda part: part not in {".", ".."}
)


@given(st.lists(PARTS, min_size=1, max_size=3).map("/".join), PARTS)
def test_a_path_matches_its_own_pattern(directory: str, name: str) -> None:
    patterns = {"directory": [f"{escaped(directory)}/**"], "file": [escaped(directory)]}
    directory, inside, beside = map(on_one_line, (directory, f"{directory}/{name}", f"{directory}x/{name}"))
    found = match_filters(json.dumps(patterns), [(path, "added") for path in (directory, inside, beside)])
    assert found == {"directory": [directory, inside], "file": [directory]}


@pytest.mark.parametrize("name", ["(group)", "[id]", "!x", "a,b", "@scope", "$x", "{a}", "a*"])
def test_signs_of_patterns_stand_for_themselves(name: str) -> None:
    assert match_filters(
        json.dumps({"f": [f"{escaped(name)}/**"]}), [(f"{name}/x", ""), ("group/x", ""), ("i/x", "")]
    ) == {"f": [f"{name}/x"]}
