"""A real registry says which manifests it has, to anybody and to those who log in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from cispeed_tasks.tools import ports
from cispeed_tasks.tools.registry import Answer
from cispeed_tasks.tools.registry_head import Head, heads
from tests.docker.registry import registry
from tests.tools.conftest import auth

Write = Callable[[object], None]
Helper = Callable[[str, str], Path]
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
ABSENT = f"sha256:{'0' * 64}"
USER, PASSWORD = "me", "open sesame"
HASH = "$2b$05$aBPS92M.BtOlOsYNT1ch.eb/bBE40Bpd4rpF1H6TDG5u3yljiH3K2"
HTPASSWD = """auth: {{htpasswd: {{realm: "the team's registry, private", path: {path}}}}}
"""


@pytest.fixture(scope="module")
def open_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with registry(tmp_path_factory.mktemp("open"), ports.free()) as address:
        yield address


@pytest.fixture(scope="module")
def private_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("private")
    users = directory / "users"
    users.write_text(f"{USER}:{HASH}\n")
    with registry(directory, ports.free(), HTPASSWD.format(path=users)) as address:
        yield address


def describe(kind: str, content: bytes) -> dict[str, object]:
    return {"mediaType": kind, "size": len(content), "digest": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def push(address: str, repository: str, tag: str, login: tuple[str, str] | None = None) -> dict[str, str]:
    """Put an image without layers under `tag` and an index of it under `<tag>-index`; gives their digests."""
    config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}).encode()
    layer = describe("application/vnd.oci.image.config.v1+json", config)
    manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": layer, "layers": []}).encode()
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [describe(MANIFEST, manifest)]}
    base = f"http://{address}/v2/{repository}"
    with requests.Session() as session:
        session.auth = login
        upload = session.post(f"{base}/blobs/uploads/", timeout=10).headers["Location"]
        session.put(upload, params={"digest": str(layer["digest"])}, data=config, timeout=10).raise_for_status()
        found = {}
        for name, kind, content in ((tag, MANIFEST, manifest), (f"{tag}-index", INDEX, json.dumps(index).encode())):
            put = session.put(f"{base}/manifests/{name}", headers={"Content-Type": kind}, data=content, timeout=10)
            put.raise_for_status()
            found[name] = put.headers["Docker-Content-Digest"]
    return found


def test_what_is_there_and_what_is_not(open_registry: str, docker_config: Write) -> None:
    docker_config({"auths": {open_registry: auth("nobody", "asked")}})
    app = f"{open_registry}/team/app"
    digests = push(open_registry, "team/app", "1")
    one, both = digests["1"], digests["1-index"]
    there = {f"{app}:1": one, f"{app}:1-index": both, f"{app}@{one}": one, f"{app}:gone@{both}": both}
    absent = [f"{app}:2", app, f"{app}@{ABSENT}", f"{app}:1@{ABSENT}", f"{open_registry}/team/other:1"]
    found = heads([*there, *absent, f"{app}:1"], timeout=10)
    assert found == {name: Head(Answer.THERE, digest) for name, digest in there.items()} | {
        name: Head(Answer.ABSENT, None, f"{open_registry} answered 404 Not Found") for name in absent
    }
    assert list(found) == [*there, *absent]


def test_a_private_registry_wants_a_password(private_registry: str, docker_config: Write) -> None:
    digest = push(private_registry, "team/app", "1", (USER, PASSWORD))["1"]
    there, absent = f"{private_registry}/team/app:1", f"{private_registry}/team/absent:1"
    docker_config({"auths": {private_registry: auth(USER, PASSWORD)}})
    found = heads([there, absent], timeout=10)
    assert found[there] == Head(Answer.THERE, digest)
    assert found[absent] == Head(Answer.ABSENT, None, f"{private_registry} answered 404 Not Found")


@pytest.mark.parametrize("config", [{}, {"auths": {"elsewhere": auth(USER, PASSWORD)}}, {"auths": None}])
def test_without_a_password(private_registry: str, docker_config: Write, config: dict[str, object]) -> None:
    docker_config(config)
    (found,) = heads([f"{private_registry}/team/app:1"], timeout=10).values()
    assert found.answer is Answer.ABSENT
    assert found.words == (
        f"{private_registry} answered 401 Unauthorized: "
        "the repository does not exist, or the rights to read it are missing (`docker login`)"
    )


def test_a_wrong_password_is_not_repeated(private_registry: str, docker_config: Write) -> None:
    docker_config({"auths": {private_registry: auth(USER, "wrong-password")}})
    (found,) = heads([f"{private_registry}/team/app:1"], timeout=10).values()
    assert found.answer is Answer.ABSENT
    assert "401" in found.words
    assert not any(secret in found.words for secret in ("wrong-password", auth(USER, "wrong-password")["auth"]))


def test_a_helper_knows_the_password_and_is_asked_once(
    private_registry: str, docker_config: Write, helper: Helper
) -> None:
    digest = push(private_registry, "team/helped", "1", (USER, PASSWORD))["1"]
    asked = helper("keys", f"""echo '{json.dumps({"Username": USER, "Secret": PASSWORD})}'""")
    docker_config({"credHelpers": {private_registry: "keys"}})
    names = [f"{private_registry}/team/{name}:1" for name in ("helped", *(f"absent{number}" for number in range(20)))]
    found = heads(names, timeout=10)
    assert found.pop(names[0]) == Head(Answer.THERE, digest)
    assert {head.answer for head in found.values()} == {Answer.ABSENT}
    assert asked.read_text() == f"{private_registry}\n"


def test_nothing_to_ask() -> None:
    assert heads([], timeout=1) == {}


def test_what_no_image_is_called_is_not_asked_for() -> None:
    assert heads(["Not//An image"], timeout=1) == {
        "Not//An image": Head(Answer.SILENT, None, "'Not//An image': invalid reference format")
    }
