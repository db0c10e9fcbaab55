"""A registry that sends to a token realm; realm and registry are this test's own server."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from cispeed_tasks.tools.registry import Answer
from cispeed_tasks.tools.registry_head import Head, heads
from cispeed_tasks.tools.registry_manifests import MANIFESTS
from cispeed_tasks.tools.registry_rights import challenges
from tests.http_servers import Reply, Request, Server, server
from tests.tools.conftest import auth

Write = Callable[[object], None]
DIGEST = f"sha256:{'ab' * 32}"
BASIC = f"Basic {base64.b64encode(b'me:word').decode()}"


def tokens(request: Request) -> Reply:
    """A realm whose token says what it was given for."""
    return Reply(200, {}, json.dumps({"token": f"for {request.fields['scope'][0]}"}).encode())


@contextmanager
def registry(realm: Callable[[Request], Reply] = tokens, challenge: str = "") -> Iterator[Server]:
    """A registry that shows a manifest to whoever has the realm's token for its repository."""

    def answer(request: Request) -> Reply:
        if request.path == "/token":
            return realm(request)
        repository = request.path.removeprefix("/v2/").rpartition("/manifests/")[0]
        if request.authorization == f"Bearer for repository:{repository}:pull":
            return Reply(200, {"Docker-Content-Digest": DIGEST})
        named = challenge or f'Bearer realm="http://{running.address}/token",service="the, registry"'
        return Reply(401, {"WWW-Authenticate": named})

    with server(answer) as running:
        yield running


def ask(running: Server, *names: str) -> list[Head]:
    return list(heads([f"{running.address}/{name}" for name in names], timeout=5).values())


def to_realm(running: Server) -> list[Request]:
    return [request for request in running.asked if request.path == "/token"]


def test_an_anonymous_token(docker_config: Write) -> None:
    docker_config({})
    with registry() as running:
        assert ask(running, "team/app:1") == [Head(Answer.THERE, DIGEST)]
    first, realm, second = running.asked
    assert (first.method, first.path, first.authorization) == ("HEAD", "/v2/team/app/manifests/1", None)
    assert (realm.method, realm.authorization) == ("GET", None)
    assert realm.fields == {"service": ["the, registry"], "scope": ["repository:team/app:pull"]}
    assert (second.method, second.path) == ("HEAD", "/v2/team/app/manifests/1")
    assert second.accept == ", ".join(MANIFESTS)


def test_the_realm_is_told_who_asks_and_the_registry_is_not(docker_config: Write) -> None:
    with registry() as running:
        docker_config({"auths": {running.address: auth("me", "word")}})
        assert ask(running, "team/app:1") == [Head(Answer.THERE, DIGEST)]
    assert running.rights() == [None, BASIC, "Bearer for repository:team/app:pull"]


def test_an_identity_token_is_handed_in_as_a_form(docker_config: Write) -> None:
    def realm(request: Request) -> Reply:
        return Reply(200, {}, json.dumps({"access_token": f"for {request.fields['scope'][0]}"}).encode())

    with registry(realm) as running:
        docker_config({"auths": {running.address: {"identitytoken": "long"}}})
        assert ask(running, "team/app:1") == [Head(Answer.THERE, DIGEST)]
    (asked,) = to_realm(running)
    assert (asked.method, asked.authorization) == ("POST", None)
    assert asked.fields["refresh_token"] == ["long"]
    assert asked.fields["grant_type"] == ["refresh_token"]


def test_a_form_with_a_token_is_not_sent_on(docker_config: Write) -> None:
    with server(lambda _: Reply(200)) as other:

        def realm(_: Request) -> Reply:
            return Reply(307, {"Location": f"http://{other.address}/token"})

        with registry(realm) as running:
            docker_config({"auths": {running.address: {"identitytoken": "long"}}})
            assert ask(running, "team/app:1") == [Head(Answer.SILENT, None, "the registry's token realm answered 307")]
    assert other.asked == []


def test_one_token_for_a_repository(docker_config: Write) -> None:
    docker_config({})
    with registry() as running:
        found = ask(running, *(f"team/app:{tag}" for tag in range(64)), *(f"team/other:{tag}" for tag in range(64)))
    assert {head.answer for head in found} == {Answer.THERE}
    scopes = sorted(request.fields["scope"][0] for request in to_realm(running))
    assert scopes == ["repository:team/app:pull", "repository:team/other:pull"]


@pytest.mark.parametrize("status", [401, 403])
def test_a_realm_that_refuses(docker_config: Write, status: int) -> None:
    with registry(lambda _: Reply(status, {}, b"word is wrong")) as running:
        docker_config({"auths": {running.address: auth("me", "word")}})
        found = ask(running, "team/app:1", "team/app:2")
    assert {head.answer for head in found} == {Answer.ABSENT}
    assert "the rights to read it are missing" in found[0].words
    assert len(to_realm(running)) == 1


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(429), "answered 429"),
        (Reply(503), "answered 503"),
        (Reply(404), "answered 404"),
        (Reply(200, {}, b"<html>"), "answered without a token"),
        (Reply(200, {}, b"[]"), "answered without a token"),
        (Reply(200, {}, b'{"token": ""}'), "answered without a token"),
        (Reply(200, {}, b'{"token": 7}'), "answered without a token"),
        (Reply(200, {}, b'{"token": "s3cret\\nEvil: yes"}'), "InvalidHeader"),
        (Reply(200, {}, b'{"token": "s3cret\\u0394"}'), "UnicodeEncodeError"),
    ],
)
def test_a_realm_that_gives_nothing(docker_config: Write, reply: Reply, words: str) -> None:
    docker_config({})
    with registry(lambda _: reply) as running:
        (found,) = ask(running, "team/app:1")
    assert (found.answer, found.digest) == (Answer.SILENT, None)
    assert words in found.words
    assert "s3cret" not in found.words


def test_a_realm_that_fails_is_not_asked_again_for_a_repository(docker_config: Write) -> None:
    docker_config({})
    with registry(lambda _: Reply(503)) as running:
        found = ask(running, *(f"team/app:{tag}" for tag in range(20)))
    assert {head.words for head in found} == {"the registry's token realm answered 503"}
    assert len(to_realm(running)) == 1


def test_an_identity_token_is_no_password(docker_config: Write) -> None:
    with registry(challenge='Basic realm="x"') as running:
        docker_config({"auths": {running.address: {"identitytoken": "long"}}})
        (found,) = ask(running, "team/app:1")
    assert found.answer is Answer.ABSENT
    assert running.rights() == [None]


@pytest.mark.parametrize("challenge", ["Negotiate", "Bearer", 'Bearer error="x"', 'Basic realm="http://x/token"', ","])
def test_challenges_that_cannot_be_answered(docker_config: Write, challenge: str) -> None:
    docker_config({})
    with registry(challenge=challenge) as running:
        (found,) = ask(running, "team/app:1")
    assert (found.answer, len(running.asked)) == (Answer.ABSENT, 1)


@pytest.mark.parametrize("realm", ["", "/token", "http://[x/token", "file:///etc/passwd", "http://user:pw@[::1"])
def test_realms_that_are_no_address(docker_config: Write, realm: str) -> None:
    docker_config({})
    with registry(challenge=f'Bearer realm="{realm}"') as running:
        (found,) = ask(running, "team/app:1")
    assert found.answer is Answer.SILENT
    assert "pw" not in found.words


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('Bearer realm="https://a/b?c=d",service=e', {"bearer": {"realm": "https://a/b?c=d", "service": "e"}}),
        ('Basic realm="x, y", Bearer realm = "z"', {"basic": {"realm": "x, y"}, "bearer": {"realm": "z"}}),
        (r'BASIC Realm="a \"b\"",service=""', {"basic": {"realm": 'a "b"', "service": ""}}),
        ("Negotiate, Basic", {"negotiate": {}, "basic": {}}),
        ("", {}),
    ],
)
def test_challenges_are_read(header: str, expected: dict[str, dict[str, str]]) -> None:
    assert challenges(header) == expected
