"""Where requests go, whom they trust, and what they take along."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cispeed_tasks.tools import registry_trust
from cispeed_tasks.tools.registry import Answer
from cispeed_tasks.tools.registry_head import Head, heads
from cispeed_tasks.tools.registry_http import is_loopback
from tests.http_servers import Reply, Request, Server, server
from tests.tools.conftest import auth

Write = Callable[[object], None]
DIGEST = f"sha256:{'ab' * 32}"
THERE = Reply(200, {"Docker-Content-Digest": DIGEST})
HERE = "0.0.0.0"  # noqa: S104  # this machine by a name that docker does not take for it
MAKE_CERTIFICATE = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=registry"]


def ask(*names: str, insecure: frozenset[str] = frozenset()) -> list[Head]:
    return list(heads(names, timeout=5, insecure=insecure).values())


def protected(request: Request) -> Reply | None:
    """The challenge of a registry that takes Basic; None for who answers it."""
    return None if request.authorization else Reply(401, {"WWW-Authenticate": 'Basic realm="x"'})


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate that signs itself, its key beside it; no variable points at another."""
    monkeypatch.setattr(registry_trust, "CERTIFICATES", tmp_path / "certs.d")
    for name in registry_trust.BUNDLES:
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "registry.pem"
    more = ["-addext", f"subjectAltName=IP:{HERE}", "-keyout", str(tmp_path / "key.pem"), "-out", str(path)]
    subprocess.run([*MAKE_CERTIFICATE, *more], check=True, capture_output=True, timeout=60)
    return path


@pytest.fixture
def secure(certificate: Path, docker_config: Write) -> Iterator[Server]:
    """A registry with that certificate."""
    docker_config({})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    with server(lambda _: THERE, HERE, context) as running:
        yield running


def test_an_unknown_certificate_is_not_trusted(secure: Server) -> None:
    (found,) = ask(f"{secure.address}/app:1")
    assert found.answer is Answer.SILENT
    assert "certificate verify failed" in found.words
    assert secure.asked == []


def test_the_engines_certificate_of_a_registry_is_trusted(secure: Server, certificate: Path) -> None:
    directory = registry_trust.CERTIFICATES / secure.address
    directory.mkdir(parents=True)
    (directory / "ca.crt").write_bytes(certificate.read_bytes())
    assert ask(f"{secure.address}/app:1") == [Head(Answer.THERE, DIGEST)]


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_variables_certificates_are_trusted(
    secure: Server, certificate: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(certificate))
    assert ask(f"{secure.address}/app:1") == [Head(Answer.THERE, DIGEST)]


def test_a_bundle_that_is_not_there(secure: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/bundle.pem")
    (found,) = ask(f"{secure.address}/app:1")
    assert found.answer is Answer.SILENT
    assert "certificate to check it with cannot be read: No such file" in found.words


def test_a_realm_without_tls_gets_no_password(certificate: Path, docker_config: Write) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    with server(lambda _: THERE) as realm:
        challenge = {"WWW-Authenticate": f'Bearer realm="http://{realm.address}/token"'}
        with server(lambda _: Reply(401, challenge), HERE, context) as running:
            directory = registry_trust.CERTIFICATES / running.address
            directory.mkdir(parents=True)
            (directory / "ca.crt").write_bytes(certificate.read_bytes())
            docker_config({"auths": {running.address: auth("me", "word")}})
            found = ask(f"{running.address}/app:1")
    assert found == [Head(Answer.SILENT, None, "the registry names a token realm without TLS")]
    assert realm.asked == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_another_host_takes_no_authorization_along(docker_config: Write, status: int) -> None:
    with server(lambda _: THERE, "localhost") as other:

        def answer(request: Request) -> Reply:
            return protected(request) or Reply(status, {"Location": f"http://{other.address}{request.path}"})

        with server(answer) as running:
            docker_config({"auths": {name: auth("me", "word") for name in (running.address, other.address)}})
            assert ask(f"{running.address}/app:1") == [Head(Answer.THERE, DIGEST)]
    assert running.rights()[-1] is not None
    assert other.rights() == [None]


def test_a_host_that_we_are_sent_on_to_may_not_ask_for_the_password(docker_config: Write) -> None:
    with server(lambda request: protected(request) or THERE, "localhost") as other:

        def answer(request: Request) -> Reply:
            return Reply(307, {"Location": f"http://{other.address}{request.path}"})

        with server(answer) as running:
            docker_config({"auths": {name: auth("me", "word") for name in (running.address, other.address)}})
            (found,) = ask(f"{running.address}/app:1")
    assert found.answer is Answer.ABSENT
    assert set(running.rights() + other.rights()) == {None}


def test_a_redirect_without_end(docker_config: Write) -> None:
    docker_config({})
    with server(lambda request: Reply(302, {"Location": request.path})) as running:
        (found,) = ask(f"{running.address}/app:1")
    assert found == Head(Answer.SILENT, None, f"{running.address}: TooManyRedirects")


def test_netrc_is_not_docker(docker_config: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docker_config({})
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password word\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with server(lambda _: THERE) as running:
        assert ask(f"{running.address}/app:1") == [Head(Answer.THERE, DIGEST)]
    assert running.rights() == [None]


def test_a_proxy_is_used_but_not_for_this_machine(docker_config: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    docker_config({})
    with server(lambda _: THERE) as proxy, server(lambda _: Reply(404)) as running:
        monkeypatch.setenv("HTTP_PROXY", f"http://me:word@{proxy.address}")
        monkeypatch.setenv("NO_PROXY", "b.test")
        names = ["a.test:5000/app:1", "b.test/app:1", f"{running.address}/app:1"]
        found = ask(*names, insecure=frozenset({"a.test:5000", "b.test"}))
    assert [head.answer for head in found] == [Answer.THERE, Answer.SILENT, Answer.ABSENT]
    assert [request.path for request in proxy.asked] == ["/v2/app/manifests/1"]
    assert len(running.asked) == 1


def test_a_proxy_that_is_gone_does_not_show_its_password(docker_config: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    docker_config({})
    monkeypatch.setenv("HTTPS_PROXY", "http://me:s3cret@127.0.0.1:1")
    (found,) = ask("registry.test/app:1")
    assert found == Head(Answer.SILENT, None, "registry.test: Connection refused")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *[
            ("localhost", True),
            ("localhost:5000", True),
            ("127.0.0.1:5000", True),
            ("127.9.9.9", True),
            ("[::1]:5", True),
        ],
        *[
            ("registry.corp:5000", False),
            ("localhost.corp", False),
            ("10.0.0.1", False),
            ("[::2]", False),
            ("[:::]", False),
        ],
    ],
)
def test_which_hosts_are_this_machine(host: str, *, expected: bool) -> None:
    assert is_loopback(host) is expected
