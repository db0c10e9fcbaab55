"""What a user logs in with is found where `docker login` leaves it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cispeed_tasks.tools import registry_credentials
from cispeed_tasks.tools.registry_credentials import HUB_KEY, Credentials
from cispeed_tasks.tools.registry_reference import HUB_HOST
from tests.tools.conftest import auth

Write = Callable[[object], None]
Helper = Callable[[str, str], Path]
HOST = "registry.corp:5000"
ANSWER = """echo '{"ServerURL": "x", "Username": "robot", "Secret": "s3cret"}'"""


def find(host: str = HOST) -> Credentials | None:
    return registry_credentials.find(host, timeout=5)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (auth("me", "pass:word"), Credentials("me", "pass:word")),
        (auth("me", "padded\0\0"), Credentials("me", "padded")),
        ({"username": "me", "password": "word"}, Credentials("me", "word")),
        ({**auth("<token>", ""), "identitytoken": "long"}, Credentials("<token>", "long")),
        ({"auth": "no base64!"}, None),
        ({"auth": "bWU="}, None),
        ({"auth": "!bWU6d29yZA=="}, None),
        ({}, None),
        ("nonsense", None),
    ],
)
def test_an_entry_of_the_file(docker_config: Write, entry: object, expected: Credentials | None) -> None:
    docker_config({"auths": {"elsewhere.corp": auth("you", "word"), HOST: entry}})
    assert find() == expected


@pytest.mark.parametrize(
    ("key", "host"),
    [
        (HUB_KEY, HUB_HOST),
        ("index.docker.io", HUB_HOST),
        (f"https://{HOST}/v2/", HOST),
        (f"http://{HOST}", HOST),
    ],
)
def test_an_entry_is_found_by_its_host(docker_config: Write, key: str, host: str) -> None:
    docker_config({"auths": {key: auth("me", "word")}})
    assert find(host) == Credentials("me", "word")
    assert find("corp:5000") is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"auths": 3, "credHelpers": [1], "credsStore": ""}', "\udcff"])
def test_a_config_that_cannot_be_read_is_none(docker_config: Write, content: str) -> None:
    docker_config(content.encode(errors="surrogateescape").decode("latin-1"))
    assert find() is None


def test_no_config_is_none(docker_config: Write) -> None:
    assert docker_config is not None
    assert find() is None


def test_the_registrys_own_helper_comes_first(docker_config: Write, helper: Helper) -> None:
    asked = helper("own", ANSWER)
    docker_config({"credHelpers": {HOST: "own"}, "credsStore": "absent", "auths": {HOST: auth("me", "word")}})
    assert find() == Credentials("robot", "s3cret")
    assert asked.read_text() == f"{HOST}\n"


def test_the_store_is_asked_for_docker_hub_by_its_old_name(docker_config: Write, helper: Helper) -> None:
    asked = helper("store", ANSWER)
    docker_config({"credsStore": "store"})
    assert find(HUB_HOST) == Credentials("robot", "s3cret")
    assert asked.read_text() == f"{HUB_KEY}\n"


@pytest.mark.parametrize(
    "script",
    ["echo credentials not found in native keychain; exit 1", "echo nonsense", "echo []", "echo '{}'", "exec sleep 60"],
)
def test_a_helper_that_fails_is_none(docker_config: Write, helper: Helper, script: str) -> None:
    helper("bad", script)
    docker_config({"credsStore": "bad"})
    assert registry_credentials.find(HOST, timeout=0.5) is None


def test_a_helper_that_is_missing_or_no_program_is_none(docker_config: Write, helper: Helper) -> None:
    docker_config({"credHelpers": {HOST: "missing", "b.corp": "locked"}})
    asked = helper("locked", ANSWER)
    asked.with_name("docker-credential-locked").chmod(0o644)
    assert find() is None
    assert find("b.corp") is None


def test_a_secret_is_not_printed() -> None:
    assert "s3cret" not in repr(Credentials("robot", "s3cret"))
