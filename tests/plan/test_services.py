"""What each service is, inferred from the Compose file and the checkout, or said by the config."""

from __future__ import annotations

from typing import Any

import pytest

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.image_names import canonical
from cispeed_tasks.plan.services import (
    ServiceShape,
    command_words,
    image_owner,
    shape_services,
    source_mount,
)
from tests.builders import bind, build, config, facts, stack, volume

FILES = {
    "web/Dockerfile": "FROM python:3.13\nARG HOME=/srv\nWORKDIR /srv/web\nCOPY . .\n",
    "web/requirements.txt": "",
    "front/package.json": "",
    "front/package-lock.json": "",
    "seed/data.sql": "",
}


def shape(entry: dict[str, Any], text: str = "", files: dict[str, str] = FILES) -> ServiceShape:
    return shape_services(stack({"web": entry}), config(text), facts(files))["web"]


def told(found: ServiceShape) -> str:
    packages = "+".join(p.manager for p in found.packages) or "nothing"
    return f"{found.image_source}: {found.source} at {found.workdir}, {packages}"


def test_a_build_context_is_the_source_and_its_dockerfile_names_the_directory() -> None:
    assert told(shape({"build": build("web")})) == "own: /repo/web at /srv/web, pip"


def test_a_bind_mount_of_packages_is_the_source() -> None:
    entry = {
        "build": build("web"),
        "volumes": [bind("seed", "/seed"), bind("front", "/app"), volume(None, "/app/node_modules")],
    }
    found = shape(entry)
    assert told(found) == "own: /repo/front at /app, npm"
    assert source_mount(found) == found.service.mounts[1]


def test_a_bind_mount_of_the_build_context_is_the_source_also_without_packages() -> None:
    files = {"go/Dockerfile": "FROM golang\n", "go/main.go": "", "seed/data.sql": ""}
    entry = {"build": build("go"), "volumes": [bind("seed", "/seed"), bind("go", "/src")]}
    assert told(shape(entry, files=files)) == "own: /repo/go at /src, nothing"


def test_an_image_with_a_mounted_source_gets_a_generated_dockerfile() -> None:
    assert (
        told(shape({"image": "node:20", "volumes": [bind("front", "/app")]})) == "generated: /repo/front at /app, npm"
    )


@pytest.mark.parametrize(
    "mounts", [[], [bind("seed", "/seed")], [{"type": "bind", "source": "/etc", "target": "/etc"}]]
)
def test_an_image_without_packages_in_the_checkout_is_used_as_it_is(mounts: list[dict[str, Any]]) -> None:
    found = shape({"image": "postgres:17", "volumes": mounts})
    assert (told(found), found.can_be_hollow) == ("image: None at /app, nothing", False)


def test_the_config_has_the_last_word() -> None:
    text = """\
bases: {node: {image: images/node, context: images/node}}
services: {web: {base: node, source: front, workdir: /work, managers: [pnpm]}}
"""
    found = shape({"build": build("web"), "working_dir": "/elsewhere"}, text)
    assert told(found) == "generated: /repo/front at /work, pnpm"


def test_the_compose_files_directory_stands_before_the_dockerfiles() -> None:
    assert shape({"build": build("web"), "working_dir": "/elsewhere"}).workdir == "/elsewhere"


def test_the_stage_and_build_arguments_choose_the_directory() -> None:
    text = "ARG HOME=/a\nFROM x AS one\nARG HOME\nWORKDIR $HOME\nFROM one AS two\nFROM x\nWORKDIR /three\n"
    files = {"web/Dockerfile": text}
    assert shape({"build": build("web", target="two")}, files=files).workdir == "/a"
    assert shape({"build": build("web", target="two", args={"HOME": "/b"})}, files=files).workdir == "/b"
    assert shape({"build": build("web")}, files=files).workdir == "/three"


def test_a_build_from_a_url_or_an_inline_dockerfile_has_no_file() -> None:
    assert shape({"build": {"context": "https://github.com/a/b.git"}}).dockerfile is None
    inline = shape({"build": build("web", dockerfile_inline="FROM x\n")})
    assert (inline.dockerfile, inline.image_source) == (None, "own")


@pytest.mark.parametrize(
    ("entry", "text", "fault"),
    [
        (
            {"build": build("gone")},
            "",
            "services.web: its Dockerfile /repo/gone/Dockerfile does not exist; correct build.dockerfile in the Compose file",
        ),
        (
            {},
            "services: {web: {dockerfile: x/Dockerfile}}",
            "services.web.dockerfile: there is no file 'x/Dockerfile'; correct the path",
        ),
        (
            {"build": build("seed")},
            "bases: {node: {image: i, context: c}}\nservices: {web: {base: node}}",
            (
                "services.web: no lock file or manifest of a package manager in /repo/seed, so no Dockerfile can be generated; "
                "write services.web.source, .managers or .dockerfile"
            ),
        ),
    ],
)
def test_faults(entry: dict[str, Any], text: str, fault: str) -> None:
    with pytest.raises(ConfigError) as caught:
        shape(entry, text)
    assert str(caught.value) == fault


def test_a_fault_in_a_dockerfile_names_its_service_and_line() -> None:
    with pytest.raises(
        ConfigError,
        match=r"^services\.web: the Dockerfile of web:1: RUN before the first FROM, where only ARG may stand; move it below$",
    ):
        shape({"build": build("web")}, files={"web/Dockerfile": "RUN x\n"})


def test_a_service_that_names_a_siblings_image_shares_it() -> None:
    services = {
        "api": {"build": build("web")},
        "named": {"build": build("web"), "image": "registry/app:1"},
        "worker": {"image": "shop-api", "volumes": [bind("web", "/srv")]},
        "beat": {"image": "registry/app:1"},
        "latest": {"image": "docker.io/library/shop-api:latest"},
        "db": {"image": "postgres"},
    }
    found = stack(services)
    owners = {name: image_owner(found, name) for name in services}
    assert owners == {"api": "api", "named": "named", "worker": "api", "beat": "named", "latest": "api", "db": "db"}
    shapes = shape_services(found, config(""), facts(FILES))
    assert told(shapes["worker"]) == "image: /repo/web at /srv, pip"
    assert shapes["worker"].can_be_hollow


@pytest.mark.parametrize(
    ("image", "name"),
    [("a", "a:latest"), ("docker.io/library/a:1", "a:1"), ("host:5000/a", "host:5000/a:latest"), ("a@sha256:0", "a@sha256:0")],
)  # fmt: skip
def test_one_image_has_one_name(image: str, name: str) -> None:
    assert canonical(image) == name


def test_a_command_with_a_shells_signs_runs_in_a_shell() -> None:
    assert command_words("flask --app 'a b' run") == ("flask", "--app", "a b", "run")
    assert command_words("migrate && serve") == ("/bin/sh", "-c", "migrate && serve")


@pytest.mark.parametrize("volumes", [[], [bind("web", "/app")]])
def test_a_stage_that_does_not_exist_is_refused_with_its_service(volumes: list[dict[str, Any]]) -> None:
    with pytest.raises(ConfigError, match=r"^services\.web: the Dockerfile has no stage 'gone'; it has: one$"):
        shape({"build": build("web", target="gone"), "volumes": volumes}, files={"web/Dockerfile": "FROM x AS one\n"})


def test_a_global_argument_is_not_known_in_a_stage_that_does_not_ask_for_it() -> None:
    files = {"web/Dockerfile": "ARG D=/a\nFROM x\nWORKDIR $D\n"}
    assert shape({"build": build("web")}, files=files).workdir == "/app"


def test_the_directory_comes_from_variables_of_the_stages() -> None:
    text = "FROM x AS one\nENV ROOT=/srv\nWORKDIR $ROOT\nFROM one\nARG NAME=web\nWORKDIR ${NAME}/src\n"
    assert shape({"build": build("web")}, files={"web/Dockerfile": text}).workdir == "/srv/web/src"
    args = build("web", args={"NAME": "api"})
    assert shape({"build": args}, files={"web/Dockerfile": text}).workdir == "/srv/api/src"


@pytest.mark.parametrize("context", ["git@github.com:a/b.git", "github.com/a/b", "ssh://git@host/a"])
def test_a_remote_context_has_no_source(context: str) -> None:
    found = shape({"build": {"context": context}})
    assert (found.dockerfile, found.source, found.can_be_hollow) == (None, None, False)


def test_the_config_may_name_the_context_of_its_dockerfile() -> None:
    text = "services: {web: {dockerfile: web/Dockerfile, context: front}}"
    assert shape({"build": build("seed")}, text).context == "/repo/front"


def test_an_image_that_only_serves_what_was_built_is_not_hollow() -> None:
    text = "FROM node:20 AS build\nWORKDIR /app\nCOPY . .\nFROM nginx:1\nCOPY --from=build /dist /x\n"
    files = {"web/Dockerfile": text, "web/package.json": ""}
    assert not shape({"build": build("web")}, files=files).can_be_hollow
    assert shape({"build": build("web", target="build")}, files=files).can_be_hollow
