"""What a user may do in a registry; the registry is this test's own server."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import formatdate
from functools import partial

import pytest

from cispeed_tasks.tools.registry_access import Access, access
from tests.http_servers import Reply, Request, server
from tests.tools.conftest import auth

Write = Callable[[object], None]
UPLOAD = "/v2/team/app/blobs/uploads/"


def open_to_all(request: Request) -> Reply:
    """A registry that asks nobody who they are, an hour behind our clock."""
    headers = {"Date": formatdate(time.time() - 3600, usegmt=True)}
    if request.method == "POST":
        return Reply(202, {**headers, "Location": f"{UPLOAD}1?state=x"})
    return Reply(404 if request.method == "HEAD" else 200, headers)


def test_who_may_push_leaves_no_upload_behind(docker_config: Write) -> None:
    docker_config({})
    with server(open_to_all) as running:
        found = access(f"{running.address}/team/app:x", timeout=5)
    assert (found.silence, found.may_read, found.may_push, found.has_login) == ("", True, True, False)
    assert found.skew == pytest.approx(3600, abs=5)
    asked = [(request.method, request.path) for request in running.asked]
    assert asked == [
        ("GET", "/v2/"),
        ("POST", UPLOAD),
        ("DELETE", f"{UPLOAD}1"),
        ("HEAD", "/v2/team/app/manifests/x"),
    ]


def with_rights(address: list[str], actions: str, request: Request) -> Reply:
    """A registry that sends to a token realm, whose tokens are for some actions only."""
    if request.path == "/token":
        is_wanted = request.fields["scope"][0] == f"repository:team/app:{actions}"
        return Reply(200, {}, b'{"token": "good"}') if is_wanted else Reply(200, {}, b'{"token": "other"}')
    if request.authorization == "Bearer good":
        return Reply(202, {"Location": f"{UPLOAD}1"}) if request.method == "POST" else Reply(404)
    challenge = f'Bearer realm="http://{address[0]}/token",service="x"'
    return Reply(403 if request.authorization else 401, {"WWW-Authenticate": challenge})


@pytest.mark.parametrize(
    ("actions", "may_read", "may_push"), [("pull", True, False), ("pull,push", False, True), ("none", False, False)]
)
def test_a_token_is_asked_for_each_right(docker_config: Write, actions: str, may_read: bool, may_push: bool) -> None:
    address: list[str] = []
    with server(partial(with_rights, address, actions)) as running:
        address.append(running.address)
        docker_config({"auths": {running.address: auth("me", "word")}})
        found = access(f"{running.address}/team/app:x", timeout=5)
    assert (found.silence, found.may_read, found.may_push, found.has_login) == ("", may_read, may_push, True)
    assert "word" not in repr(found)


def test_a_server_that_is_no_registry(docker_config: Write) -> None:
    docker_config({})
    with server(lambda _: Reply(404)) as running:
        found = access(f"{running.address}/team/app:x", timeout=5)
    assert found.silence == "it answered 404, as no registry does"
    assert [request.method for request in running.asked] == ["GET"]


def test_a_registry_that_does_not_know_whether_one_may_push(docker_config: Write) -> None:
    docker_config({})
    with server(lambda request: Reply(503 if request.method == "POST" else 200)) as running:
        assert access(f"{running.address}/team/app:x", timeout=5).may_push is None


def test_nobody_there(docker_config: Write) -> None:
    docker_config({})
    with server(open_to_all) as running:
        pass
    found = access(f"{running.address}/team/app:x", timeout=5)
    assert found == Access(running.address, f"{running.address}: Connection refused")


def test_a_name_that_no_image_can_have() -> None:
    assert access("ghcr.io/A B", timeout=1) == Access("ghcr.io/A B", "'ghcr.io/A B': invalid reference format")
