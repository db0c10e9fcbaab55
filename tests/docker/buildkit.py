"""A BuildKit on another machine: that of a second engine, which has nothing, reached by buildx's remote driver.

No BuildKit daemon of its own can be had without a registry. An engine's is the same program; it takes gRPC on a
connection that asked for it by `POST /grpc` (that is how buildx reaches an engine), and here by a plain socket.
"""

from __future__ import annotations

import ctypes
import shlex
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

UPGRADE = b"POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"


@dataclass(frozen=True)
class Engine:
    """A second engine: its socket, and the process whose network namespace it is in."""

    path: Path
    pid: int


@contextmanager
def engine(directory: Path) -> Iterator[Engine]:
    """Run a second engine in a network namespace of its own, which has no way out.

    In the same one, it would take the first one's bridge and rules away.
    """
    place = Path(tempfile.mkdtemp(prefix="cispeed-engine-", dir="/run"))  # a socket's path may not be long
    argv = ["dockerd", "--config-file", str(directory / "none.json"), "--data-root", str(directory / "data")]
    argv += ["--exec-root", str(place / "exec"), "--pidfile", str(place / "pid"), "--host", f"unix://{place}/socket"]
    argv += ["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"]
    (directory / "none.json").write_text('{"features": {"containerd-snapshotter": true}}\n')
    script = f"ip link set lo up && exec {shlex.join(argv)}"
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", script], stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait(place / "socket", process, directory / "log")
            yield Engine(place / "socket", process.pid)
        finally:
            process.terminate()
            process.wait(30)
            shutil.rmtree(place, ignore_errors=True)


def _wait(path: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            _dial(path).close()
        except OSError as error:
            if time.monotonic() > deadline or process.poll() is not None:
                words = log.read_text(errors="replace")[-3000:]
                raise AssertionError(f"no second engine ({error}):\n{words}") from error
            time.sleep(0.1)
        else:
            return


@contextmanager
def buildkit(second: Engine) -> Iterator[str]:
    """Serve the BuildKit of an engine on a port of this machine; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener, _forwarded(listener, lambda: _dial(second.path)):
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def reached_from(second: Engine, port: int) -> Iterator[None]:
    """Let an engine reach a port of this machine as a port of its own."""
    made: list[socket.socket] = []
    thread = threading.Thread(target=lambda: made.append(_listener_inside(second.pid, port)))
    thread.start()
    thread.join()
    with made[0] as listener, _forwarded(listener, lambda: socket.create_connection(("127.0.0.1", port))):
        yield


def _listener_inside(pid: int, port: int) -> socket.socket:
    """A listener in another network namespace; only the thread that makes it goes there."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path(f"/proc/{pid}/ns/net").open("rb") as namespace:
        if libc.setns(namespace.fileno(), 0):
            raise OSError(ctypes.get_errno(), "setns")
    return socket.create_server(("127.0.0.1", port))


@contextmanager
def _forwarded(listener: socket.socket, dial: Callable[[], socket.socket]) -> Iterator[None]:
    relays: list[threading.Thread] = []
    accepting = threading.Thread(target=_accept, args=(listener, dial, relays))
    accepting.start()
    try:
        yield
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        for thread in (accepting, *relays):
            thread.join(30)


def _accept(listener: socket.socket, dial: Callable[[], socket.socket], relays: list[threading.Thread]) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        try:
            other = dial()
        except OSError:
            client.close()
            continue
        relays.append(threading.Thread(target=_relay, args=(client, other), daemon=True))
        relays[-1].start()


def _relay(client: socket.socket, other: socket.socket) -> None:
    with client, other:
        back = threading.Thread(target=_copy, args=(other, client), daemon=True)
        back.start()
        _copy(client, other)
        with suppress(OSError):  # BuildKit itself would keep its side open
            other.shutdown(socket.SHUT_RDWR)
        back.join()


def _dial(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
        connection.sendall(UPGRADE)
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += connection.recv(1) or _ended(answer)
    except OSError:
        connection.close()
        raise
    return connection


def _ended(answer: bytes) -> bytes:
    raise OSError(f"the engine ended the connection after {answer!r}")


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
