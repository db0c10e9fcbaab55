"""What answers mean, and what becomes of those that do not come; the servers are this test's own."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from cispeed_tasks.tools import ports
from cispeed_tasks.tools.registry import Answer
from cispeed_tasks.tools.registry_head import Head, heads
from tests.http_servers import Reply, Request, server

DIGEST = f"sha256:{'ab' * 32}"
THERE = Reply(200, {"Docker-Content-Digest": DIGEST})
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


@pytest.fixture(autouse=True)
def _anonymous(docker_config: Callable[[object], None]) -> None:
    docker_config({})


@contextmanager
def listener(serve: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[float]]]:
    """A host that accepts connections and then does what `serve` does; gives its address and when it accepted."""
    accepted: list[float] = []
    opened: list[socket.socket] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                opened.append(connection)
                accepted.append(time.monotonic())
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
        thread = threading.Thread(target=accept)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}", accepted
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in opened:
        connection.close()


def drip(connection: socket.socket) -> None:
    """An answer that is always under way and never there."""
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            time.sleep(0.05)
            connection.sendall(b"x")


def seconds(act: Callable[[], dict[str, Head]]) -> tuple[dict[str, Head], float]:
    started = time.monotonic()
    return act(), time.monotonic() - started


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (THERE, Head(Answer.THERE, DIGEST)),
        (Reply(200, {"Content-Type": f"{DOCKER_MANIFEST}; charset=utf-8"}), Head(Answer.THERE, None)),
        (Reply(200, {"Content-Type": "text/html"}), Head(Answer.SILENT, None, "answered 200 OK, no manifest")),
        (Reply(404), Head(Answer.ABSENT, None, "answered 404 Not Found")),
        (Reply(429), Head(Answer.SILENT, None, "answered 429 Too Many Requests")),
        (Reply(500), Head(Answer.SILENT, None, "answered 500 Internal Server Error")),
        (Reply(503), Head(Answer.SILENT, None, "answered 503 Service Unavailable")),
        (Reply(400), Head(Answer.SILENT, None, "answered 400 Bad Request")),
        (Reply(599), Head(Answer.SILENT, None, "answered 599")),
        (Reply(307), Head(Answer.SILENT, None, "answered 307 Temporary Redirect")),
    ],
)
def test_what_an_answer_means(reply: Reply, expected: Head) -> None:
    with server(lambda _: reply) as running:
        (found,) = heads([f"{running.address}/app:1"], timeout=5).values()
    assert (found.answer, found.digest) == (expected.answer, expected.digest)
    assert found.words.removeprefix(f"{running.address} ") == expected.words


def test_no_rights_after_all() -> None:
    with server(lambda _: Reply(403)) as running:
        (found,) = heads([f"{running.address}/app:1"], timeout=5).values()
    assert found.answer is Answer.ABSENT
    assert "403 Forbidden: the repository does not exist, or the rights" in found.words
    assert found.is_refused


def test_an_answer_that_is_no_answer_says_nothing_of_the_next() -> None:
    def answer(request: Request) -> Reply:
        return Reply(429) if request.path.endswith("/0") else THERE

    with server(answer) as running:
        found = heads([f"{running.address}/app:{tag}" for tag in range(5)], timeout=5, at_once=1)
    assert [head.answer for head in found.values()] == [Answer.SILENT, *[Answer.THERE] * 4]


def test_many_questions_are_asked_at_once() -> None:
    def answer(_: Request) -> Reply:
        time.sleep(0.2)
        return THERE

    with server(answer) as running:
        found, took = seconds(lambda: heads([f"{running.address}/app:{tag}" for tag in range(64)], timeout=20))
    assert {head.answer for head in found.values()} == {Answer.THERE}
    assert took < 4


def test_connections_are_kept() -> None:
    clients = set()

    def answer(request: Request) -> Reply:
        clients.add(request.client)
        time.sleep(0.02)
        return THERE

    with server(answer) as running:
        heads([f"{running.address}/app:{tag}" for tag in range(100)], timeout=20, at_once=4)
    assert len(clients) <= 4


def test_a_host_where_nothing_listens() -> None:
    address = f"127.0.0.1:{ports.free()}"
    found, took = seconds(lambda: heads([f"{address}/app:{tag}" for tag in range(500)], timeout=20))
    assert set(found.values()) == {Head(Answer.SILENT, None, f"{address}: Connection refused")}
    assert took < 5


def test_a_host_that_hangs_up_is_not_asked_again_and_again() -> None:
    with listener(lambda connection: connection.close()) as (address, accepted):
        found = heads([f"{address}/app:{tag}" for tag in range(500)], timeout=5, at_once=4)
    assert {head.answer for head in found.values()} == {Answer.SILENT}
    assert len(accepted) <= 4


def test_a_host_that_says_nothing() -> None:
    with listener(lambda _: None) as (address, accepted):
        found, took = seconds(lambda: heads([f"{address}/app:{tag}" for tag in range(100)], timeout=1, at_once=4))
    assert {head.answer for head in found.values()} == {Answer.SILENT}
    assert all(re.fullmatch(rf"{address}: no answer within [\d.]+ s", head.words) for head in found.values())
    assert took < 4
    assert len(accepted) <= 4


def test_a_host_that_never_ends_its_answer() -> None:
    with listener(drip) as (address, _):
        found, took = seconds(lambda: heads([f"{address}/app:1"], timeout=0.5))
    assert set(found.values()) == {Head(Answer.SILENT, None, f"{address}: no answer within 1 s")}
    assert took < 3


def test_nothing_is_asked_when_the_time_is_up() -> None:
    def answer(_: Request) -> Reply:
        time.sleep(0.3)
        return THERE

    with server(answer) as running:
        found, took = seconds(
            lambda: heads([f"{running.address}/app:{tag}" for tag in range(50)], timeout=1, at_once=1)
        )
        asked = len(running.asked)
        time.sleep(1)
        assert len(running.asked) <= asked + 1
    assert list(found.values())[-1].answer is Answer.SILENT
    assert took < 4


def test_silent_hosts_do_not_silence_the_others() -> None:
    with server(lambda _: THERE) as running, listener(lambda _: None) as (one, _), listener(lambda _: None) as (two, _):
        silent = [f"{host}/app:{tag}" for host in (one, two) for tag in range(100)]
        there = [f"{running.address}/app:{tag}" for tag in range(20)]
        found = heads([*silent, *there], timeout=4)
    assert {found[name].answer for name in there} == {Answer.THERE}
    assert {found[name].answer for name in silent} == {Answer.SILENT}
