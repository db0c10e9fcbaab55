"""The filter of a service covers what its images and its mounts take, and nothing of other services."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cispeed_tasks.plan.changed_paths import on_one_line
from cispeed_tasks.plan.derived_filters import derived_filters
from cispeed_tasks.plan.detours import Detours
from cispeed_tasks.plan.packages import MANIFESTS
from cispeed_tasks.plan.source_patterns import escaped
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
    services: dict[str, Any],
    there: dict[str, str],
    config: str = "",
    top: Path = ROOT,
    links: Mapping[str, str] | None = None,
) -> dict[str, list[str]]:
    return derived_filters(project(config, services, there), top, SHARED, Detours(links or {}))


def test_a_service_takes_its_build_context_and_what_all_share() -> None:
    found = filters({"api": {"build": build("api")}, "web": {"image": "node:20"}}, files("api"))
    assert found == {"api": ["api/**", "compose.yaml", "cispeed.yaml"], "web": ["compose.yaml", "cispeed.yaml"]}
    assert matched(found, "api/.x/y", "apix/a", "compose.yaml", "sub/compose.yaml") == {
        "api/.x/y": ["api"],
        "apix/a": [],
        "compose.yaml": ["api", "web"],
        "sub/compose.yaml": [],
    }


def test_a_dockerfile_outside_of_its_context() -> None:
    there = {"docker/api.Dockerfile": "FROM python:3.13\nCOPY src /\n", "api/requirements.txt": ""}
    found = filters({"api": {"build": build("api", dockerfile="../docker/api.Dockerfile")}}, there)
    taken = ("docker/api.Dockerfile", "docker/api.Dockerfile.dockerignore", "api/.dockerignore", "api/src/a")
    assert matched(found, *taken) == {path: ["api"] for path in taken}
    beside = ("docker/web.Dockerfile", "api/Dockerfile", "api/a", "api/README.md")
    assert matched(found, *beside) == {path: [] for path in beside}


def test_a_service_takes_what_its_packages_are_found_by() -> None:
    found = filters({"api": {"build": build("api")}}, {"api/Dockerfile": "FROM python:3.13\n", "api/uv.lock": ""})
    paths = [f"api/{name}" for name in (*MANIFESTS, "requirements/dev.txt")]
    assert matched(found, *paths, "api/x") == {**{path: ["api"] for path in paths}, "api/x": []}


def test_a_generated_image_takes_its_source_the_manifests_and_the_dockerfile_whose_place_it_takes() -> None:
    there = {"app/poetry.lock": "", "app/.dockerignore": "*\n!poetry.lock\n!src\n", "images/b/Dockerfile": "FROM x\n"}
    config = "bases: {own: {image: base/own, context: images/b}}\nservices: {api: {base: own}}\n"
    found = filters({"api": {"build": build("app", dockerfile="../docker/api")}}, there, config)
    paths = (
        "app/src/a",
        "app/uv.lock",
        "app/requirements/x.txt",
        "app/.dockerignore",
        "docker/api",
        "images/b/Dockerfile",
    )
    assert matched(found, *paths) == {path: ["api"] for path in paths}
    assert matched(found, "app/README.md", "images/b/README.md") == {"app/README.md": [], "images/b/README.md": []}


def test_a_service_takes_what_its_images_stand_on() -> None:
    services = {
        "api": {"build": build("api")},
        "cli": {"build": build("cli"), "image": "shop/cli"},
        "job": {"build": build("job")},
        "copy": {"image": "shop/cli"},
    }
    there = files("api", "cli", "job") | {
        "images/python/Dockerfile": "FROM python:3.13\nCOPY x /\n",
        "images/extra/Dockerfile": "FROM base/python\nCOPY x* /\n",
        "job/Dockerfile": "FROM shop/cli\nCOPY . /\n",
    }
    config = (
        "bases:\n"
        "  python: {image: base/python, context: images/python}\n"
        "  extra: {image: base/extra, context: images/extra}\n"
        "services: {api: {base: extra}}\n"
    )
    found = filters(services, there, config)
    assert matched(found, "images/python/x", "images/python/y", "images/extra/x", "cli/x", "job/x") == {
        "images/python/x": ["api"],
        "images/python/y": [],
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
    inline = {"build": build("sub", dockerfile_inline="FROM scratch\nCOPY a /\n")}
    services = {"all": {"build": build("")}, "remote": remote, "inline": inline}
    found = filters(services, {"Dockerfile": "FROM scratch\nCOPY . /\n"})
    assert matched(found, "x/.y", "sub/a", "sub/Dockerfile", "Dockerfile") == {
        "x/.y": ["all"],
        "sub/a": ["all", "inline"],
        "sub/Dockerfile": ["all"],
        "Dockerfile": ["all"],
    }


def test_patterns_begin_at_the_root_of_the_repository() -> None:
    found = filters({"api": {"build": build("api")}}, files("api"), top=ROOT.parent)
    assert found["api"] == ["repo", "repo/api/**", "repo/compose.yaml", "repo/cispeed.yaml"]
    below = filters(
        {"api": {"build": build("api")}, "db": {"image": "x", "volumes": [bind("", "/all")]}},
        files("api"),
        top=ROOT / "api",
    )
    assert below == {"api": ["**"], "db": ["**"]}


def test_a_context_around_the_repository_takes_all_of_it() -> None:
    found = filters({"api": {"build": build("")}}, {"Dockerfile": "FROM scratch\nCOPY api/x /\n"}, top=ROOT / "api")
    assert found == {"api": ["**"]}


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
