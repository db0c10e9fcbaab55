"""Which images there are, which stands on which, and what a build of some of them makes, in order."""

from __future__ import annotations

import pytest

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.build import plan_bases, plan_bases_below, plan_full, plan_hollow, plan_targets
from cispeed_tasks.plan.targets import Project
from tests.builders import bind, build, project

CONFIG = """
bases:
  python: {image: "images/python:3.13", context: images/python}
  poetry: {image: images/poetry, context: images/poetry}
services:
  web: {base: poetry}
"""
FILES = {
    "images/python/Dockerfile": "FROM python:3.13-slim\n",
    "images/poetry/Dockerfile": "FROM images/python:3.13\nRUN pip install poetry\n",
    "web/poetry.lock": "",
    "api/Dockerfile": "FROM docker.io/images/poetry:latest AS deps\nWORKDIR /api\nCOPY . .\nRUN pip install .\nFROM debian\nCOPY --from=deps /api /api\n",
    "api/requirements.txt": "",
}
SERVICES = {
    "web": {"build": build("web"), "volumes": [bind("web", "/app")]},
    "api": {"build": build("api")},
    "worker": {"image": "shop-api", "command": ["work"]},
    "db": {"image": "postgres:17"},
}


def shop() -> Project:
    return project(CONFIG, SERVICES, FILES)


def test_bases_come_before_what_stands_on_them_in_one_build() -> None:
    assert (
        str(plan_full(shop(), SERVICES))
        == """\
root python:3.13-slim: pulled, or made where no registry answers
root debian: pulled, or made where no registry answers
build base-python → images/python:3.13: base image of the config (images/python/Dockerfile); needed below
build base-poetry → images/poetry: base image of the config (images/poetry/Dockerfile), on base-python; needed below
build web → shop-web:full: generated from the poetry template on images/poetry, on base-poetry and base-python
build api → shop-api:full: its own Dockerfile, on base-poetry"""
    )


def test_hollow_mode_builds_bases_and_the_hollow_half_of_dockerfiles() -> None:
    assert (
        str(plan_hollow(shop(), ["web", "api", "db"]))
        == """\
root python:3.13-slim: pulled, or made where no registry answers
root debian: pulled, or made where no registry answers
build base-python → images/python:3.13: base image of the config (images/python/Dockerfile); needed below
build base-poetry → images/poetry: base image of the config (images/poetry/Dockerfile), on base-python
build hollow-api → shop-api:hollow: the part of its Dockerfile that does not depend on the source"""
    )


def test_some_bases_are_built_by_name() -> None:
    assert [step.target.subject for step in plan_bases(shop(), ["python"]).steps] == ["python"]
    assert [step.target.subject for step in plan_bases(shop(), []).steps] == ["python", "poetry"]


def test_the_bases_below_services_are_built_and_no_other() -> None:
    assert [step.target.subject for step in plan_bases_below(shop(), ["web"]).steps if step.asked] == [
        "python",
        "poetry",
    ]
    assert plan_bases_below(shop(), ["db"]).steps == ()


def test_an_image_is_known_by_any_of_its_names() -> None:
    assert shop().targets["api"].contexts == {"docker.io/images/poetry:latest": "target:base-poetry"}


def test_a_service_that_shares_a_siblings_image_needs_that_image() -> None:
    assert [step.target.name for step in plan_full(shop(), ["worker"]).steps if step.asked] == ["api"]
    assert [step.target.name for step in plan_hollow(shop(), ["worker"]).steps if step.asked] == ["api"]
    assert shop().target_of("full", "worker") is None


@pytest.mark.parametrize("name", ["shop-api", "shop-api:latest", "docker.io/library/shop-api"])
def test_an_image_may_stand_on_another_services_image(name: str) -> None:
    files = {**FILES, "job/Dockerfile": f"FROM {name}\n"}
    job = project(CONFIG, {**SERVICES, "job": {"build": build("job")}}, files).targets["job"]
    assert (job.contexts, job.dependency_names) == ({name: "target:api"}, ("api",))


def test_a_service_without_a_build_provides_no_image() -> None:
    files = {"web/package.json": "", "job/Dockerfile": "FROM node:20\n"}
    services = {"web": {"image": "node:20", "volumes": [bind("web", "/app")]}, "job": {"build": build("job")}}
    found = project("", services, files)
    assert {name: target.contexts for name, target in found.targets.items()} == {"job": {}, "web": {}}
    assert plan_targets(found, ["web", "job"]).roots == ("node:20",)


def test_base_and_app_may_be_stages_of_one_dockerfile() -> None:
    text = "FROM python:3.13 AS base\nRUN apt-get update\nFROM base AS app\nCOPY . .\n"
    config = "bases: {python: {image: images/shared, context: web, target: base}}"
    found = project(config, {"web": {"build": build("web", target="app")}}, {"web/Dockerfile": text})
    assert (
        str(plan_full(found, ["web"]))
        == """\
root python:3.13: pulled, or made where no registry answers
build base-python → images/shared: base image of the config (web/Dockerfile); needed below
build web → shop-web:full: its own Dockerfile, on base-python"""
    )
    assert found.targets["web"].contexts == {"base": "target:base-python"}


def test_additional_contexts_and_what_else_a_build_says_are_kept() -> None:
    more = {"additional_contexts": {"lib": "/repo/lib", "b": "service:api"}, "shm_size": "1g", "cache_from": ["x"]}
    services = {**SERVICES, "job": {"build": build("job", target="t", args={"A": "1"}, **more)}}
    job = project(CONFIG, services, {**FILES, "job/Dockerfile": "FROM x AS t\n"}).targets["job"]
    assert (job.stage, job.args, job.contexts) == ("t", {"A": "1"}, {"lib": "/repo/lib", "b": "target:api"})
    assert (job.extra, job.dependency_names) == ({"shm-size": "1g"}, ("api",))


@pytest.mark.parametrize("context", ["https://host/a.git", "git@github.com:a/b.git", "github.com/a/b"])
def test_a_remote_context_is_planned_without_its_dockerfile(context: str) -> None:
    found = project("", {"web": {"build": {"context": context, "target": "prod"}}}, {})
    web = found.targets["web"]
    assert (list(found.targets), web.context, web.stage, str(web.dockerfile)) == (
        ["web"],
        context,
        "prod",
        "Dockerfile",
    )
    assert str(plan_full(found, ["web"])) == "build web → shop-web:full: its own Dockerfile"


def test_a_circle_is_named() -> None:
    config = "bases: {aa: {image: aa, context: a}, bb: {image: bb, context: b}}"
    with pytest.raises(ConfigError) as caught:
        project(config, {}, {"a/Dockerfile": "FROM bb\n", "b/Dockerfile": "FROM x\nCOPY --from=aa:latest / /\n"})
    assert str(caught.value) == (
        "these images stand on each other in a circle: base-aa → base-bb → base-aa; one FROM of them has to change"
    )


@pytest.mark.parametrize(
    ("config", "services", "files", "fault"),
    [
        ("bases: {aa: {image: a, context: a}}", {}, {}, "bases.aa: there is no file a/Dockerfile; correct context or dockerfile"),
        ("", {"web": {"build": build("web", additional_contexts={"b": "service:gone"})}}, {"web/Dockerfile": "FROM b"}, "web: stands on 'gone', which is no target; correct additional_contexts or FROM"),
        ("bases: {aa: {image: a, context: a}}", {}, {"a/Dockerfile": "CMD x"}, "aa: /repo/a/Dockerfile:1: CMD before the first FROM, where only ARG may stand; move it below"),
        ("bases: {aa: {image: a, context: a, target: t}}", {}, {"a/Dockerfile": "FROM x AS s"}, "aa: /repo/a/Dockerfile: the Dockerfile has no stage 't'; it has: s"),
        ("", {"a.b": {"build": build("x")}, "a-b": {"build": build("x")}}, {"x/Dockerfile": "FROM x"}, "two images would be called 'a-b' in bake: rename one of the services or bases"),
    ],
)  # fmt: skip
def test_faults(config: str, services: dict[str, object], files: dict[str, str], fault: str) -> None:
    with pytest.raises(ConfigError) as caught:
        project(config, services, files)
    assert str(caught.value) == fault


def test_where_every_image_is_somebody_elses_there_is_nothing_to_build() -> None:
    assert str(plan_full(project("", {"db": {"image": "postgres"}}, {}), ["db"])) == (
        "Nothing to build: every service uses an image of somebody else's."
    )
