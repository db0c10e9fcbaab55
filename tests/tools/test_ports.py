"""Ports of this machine."""

from __future__ import annotations

import socket

from cispeed_tasks.tools import ports


def test_a_port_that_listens_is_taken_and_free_afterwards() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert not ports.is_free(port)
        assert ports.is_free(port, "udp")
    assert ports.is_free(port)


def test_a_datagram_port_is_one_of_its_own() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        assert not ports.is_free(port, "udp")


def test_a_free_port_is_free() -> None:
    assert ports.is_free(ports.free())


def test_who_listens_answers_and_who_ended_does_not() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert ports.answers("127.0.0.1", port)
    assert not ports.answers("127.0.0.1", port)
