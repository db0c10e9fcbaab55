"""The bake file: paths relative to the project, and no value of the environment in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cispeed_tasks.plan.bake import BakeFile, bake_file, relative
from tests.builders import ROOT, bind, build, project

CANARY = "canary-7f3a"


def bake(args: dict[str, dict[str, str]], raw: dict[str, dict[str, str | None]], **more: Any) -> BakeFile:
    """The bake file of services with these build arguments, resolved and as the files write them."""
    services = {name: {"build": build(name, args=values, **more)} for name, values in args.items()}
    found = project("", services, {f"{name}/Dockerfile": "FROM x\n" for name in args})
    return bake_file(found.targets.values(), "shop", ROOT, raw)


def test_the_whole_file() -> None:
    config = "bases: {node: {image: images/node, context: images/node, args: {A: '1 ${B} %{c}'}}}\nservices: {web: {base: node}}"
    files = {"images/node/Dockerfile": "FROM node\n", "web/package.json": "", "api/Dockerfile": "FROM x AS prod\n"}
    services = {"web": {"image": "x", "volumes": [bind("web", "/app")]}, "api": {"build": build("api", target="prod")}}
    found = bake_file(project(config, services, files).targets.values(), "shop", ROOT, {})
    attest = ["type=provenance,disabled=true"]
    assert (found.environment, found.outside) == ({}, ())
    assert found.definition == {
        "group": {
            "default": {"targets": ["base-node", "api", "web"]},
            "all-base": {"targets": ["base-node"]},
            "all-full": {"targets": ["api", "web"]},
        },
        "target": {
            "base-node": {
                "context": "./images/node",
                "dockerfile": "Dockerfile",
                "args": {"A": "1 $${B} %%{c}"},
                "tags": ["images/node"],
                "labels": {"cispeed.project": "shop", "cispeed.target": "base-node", "cispeed.kind": "base"},
                "attest": attest,
            },
            "api": {
                "context": "./api",
                "dockerfile": "Dockerfile",
                "target": "prod",
                "tags": ["shop-api:full"],
                "labels": {"cispeed.project": "shop", "cispeed.target": "api", "cispeed.kind": "full"},
                "attest": attest,
            },
            "web": {
                "context": "./web",
                "dockerfile": "../.cispeed/dockerfiles/web.Dockerfile",
                "contexts": {"images/node": "target:base-node"},
                "tags": ["shop-web:full"],
                "labels": {"cispeed.project": "shop", "cispeed.target": "web", "cispeed.kind": "full"},
                "attest": attest,
            },
        },
    }


def test_no_value_of_the_environment_is_written() -> None:
    args = {
        "TOKEN": CANARY,
        "URL": f"https://{CANARY}@host",
        "BARE": CANARY,
        "FIXED": "as written",
        "DEFAULTED": CANARY,
    }
    raw = {
        "TOKEN": "${TOKEN}",
        "URL": "https://${TOKEN}@host",
        "BARE": None,
        "FIXED": "as written",
        "DEFAULTED": "${D:-none}",
    }
    found = bake({"web": args}, {"web": raw})
    assert CANARY not in json.dumps(found.definition)
    assert found.definition["variable"] == {
        "D": {"default": "none"},
        "TOKEN": {"default": ""},
        "WEB_BARE": {"default": ""},
        "WEB_URL": {"default": ""},
    }
    assert found.definition["target"]["web"]["args"] == {
        "BARE": "${WEB_BARE}",
        "DEFAULTED": "${D}",
        "FIXED": "as written",
        "TOKEN": "${TOKEN}",
        "URL": "${WEB_URL}",
    }
    assert found.environment == {
        "D": CANARY,
        "TOKEN": CANARY,
        "WEB_BARE": CANARY,
        "WEB_URL": f"https://{CANARY}@host",
    }


def test_where_the_files_cannot_be_seen_raw_every_argument_counts_as_a_secret() -> None:
    found = bake({"web": {"TOKEN": CANARY}}, {})
    assert CANARY not in json.dumps(found.definition)
    assert found.environment == {"WEB_TOKEN": CANARY}


def test_one_variable_with_two_defaults_keeps_both_values() -> None:
    args = {"one": {"PORT": "1"}, "two": {"PORT": "2"}}
    raw: dict[str, dict[str, str | None]] = {"one": {"PORT": "${PORT:-1}"}, "two": {"PORT": "${PORT:-2}"}}
    found = bake(args, raw)
    values = {name: target["args"]["PORT"] for name, target in found.definition["target"].items()}
    assert values == {"one": "${PORT}", "two": "${TWO_PORT}"}
    assert found.environment == {"PORT": "1", "TWO_PORT": "2"}


def test_secrets_are_named_by_id_and_empty_settings_left_out() -> None:
    secrets = [{"source": "token", "target": "id1"}, {"source": "plain"}]
    target = bake({"web": {}}, {}, secrets=secrets, ssh=["default"], network="host", platforms=[]).definition["target"][
        "web"
    ]
    assert {key: target.get(key) for key in ("secret", "ssh", "network", "platforms")} == {
        "secret": [{"id": "id1"}, {"id": "plain"}],
        "ssh": ["default"],
        "network": "host",
        "platforms": None,
    }


def test_a_secret_is_where_the_compose_file_says_that_it_is() -> None:
    secrets = {
        "file": {"name": "shop_file", "file": "/repo/token.txt"},
        "env": {"name": "shop_env", "environment": "TOKEN"},
    }
    wanted = [{"source": "file", "target": "id1"}, {"source": "env"}, {"source": "gone"}]
    services = {"web": {"build": build("web", secrets=wanted)}}
    found = project("", services, {"web/Dockerfile": "FROM x\n"}, secrets=secrets)
    assert bake_file(found.targets.values(), "shop", ROOT, {}).definition["target"]["web"]["secret"] == [
        {"id": "id1", "src": "/repo/token.txt"},
        {"id": "env", "env": "TOKEN"},
        {"id": "gone"},
    ]


def test_hosts_are_a_map() -> None:
    hosts = ["host.docker.internal=host-gateway", "six=::1", "old:10.0.0.1"]
    target = bake({"web": {}}, {}, extra_hosts=hosts).definition["target"]["web"]
    assert target["extra-hosts"] == {"host.docker.internal": "host-gateway", "six": "::1", "old": "10.0.0.1"}


def inline(text: str, raw: dict[str, str]) -> BakeFile:
    """The bake file of a service with an inline Dockerfile, which Compose hands over with its values filled in."""
    found = project("", {"web": {"build": build("web", dockerfile_inline=text)}}, {"web/package.json": ""})
    return bake_file(found.targets.values(), "shop", ROOT, {}, raw)


@pytest.mark.parametrize("raw", [{"web": "FROM x\nENV T=${TOKEN} A=$$B\n"}, {}])
def test_a_value_in_an_inline_dockerfile_is_not_written(raw: dict[str, str]) -> None:
    text = f"FROM x\nENV T={CANARY} A=$B\n"
    found = inline(text, raw)
    assert CANARY not in json.dumps(found.definition)
    web = found.definition["target"]["web"]
    assert (web["dockerfile-inline"], "dockerfile" in web) == ("${WEB_DOCKERFILE}", False)
    assert found.definition["variable"] == {"WEB_DOCKERFILE": {"default": ""}}
    assert found.environment == {"WEB_DOCKERFILE": text}


def test_an_inline_dockerfile_without_a_value_is_written_as_it_is() -> None:
    found = inline("FROM x\nENV A=${B}\n", {"web": "FROM x\nENV A=$${B}\n"})
    assert found.definition["target"]["web"]["dockerfile-inline"] == "FROM x\nENV A=$${B}\n"
    assert found.environment == {}


def test_an_inline_dockerfile_is_no_file_and_has_no_hollow_half() -> None:
    text = f"FROM {CANARY}\nCOPY . /app\nRUN apt-get update\n"
    targets = project("", {"web": {"build": build("web", dockerfile_inline=text)}}, {"web/package.json": ""}).targets
    assert [(t.name, t.inline, t.generated) for t in targets.values()] == [("web", True, False)]


def test_directories_outside_the_project_have_to_be_allowed() -> None:
    services = {"web": {"build": {"context": "/elsewhere/web", "additional_contexts": {"lib": "/libs"}}}}
    found = project("", services, {"/elsewhere/web/Dockerfile": "FROM x\n"})
    made = bake_file(found.targets.values(), "shop", ROOT, {})
    assert made.outside == ("/elsewhere/web", "/libs")
    assert made.definition["target"]["web"]["context"] == "../elsewhere/web"
    assert made.definition["target"]["web"]["contexts"] == {"lib": "../libs"}


def test_a_context_that_is_a_url_stays_one() -> None:
    services = {"web": {"build": {"context": "https://github.com/a/b.git#main", "dockerfile_inline": "FROM x\n"}}}
    made = bake_file(project("", services, {}).targets.values(), "shop", ROOT, {})
    assert made.definition["target"]["web"]["context"] == "https://github.com/a/b.git#main"
    assert made.outside == ()


def test_paths_are_written_relative_with_slashes() -> None:
    paths = ("/repo/web", "/repo", "/other/x")
    assert [relative(path, Path("/repo")) for path in paths] == ["./web", ".", "../other/x"]
