"""A BuildKit on another machine: that of a second engine, which has nothing, reached by buildx's remote driver.

No BuildKit daemon of its own can be had without a registry. An engine's is the same program; it takes gRPC on a
connection that asked for it by `POST /grpc` (that is how buildx reaches an engine), and here by a plain socket.
"""

from __future__ import annotations

import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UPGRADE = b"POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"


@contextmanager
def engine(directory: Path) -> Iterator[Path]:
    """Run a second engine without containers' networks, which would touch the first one's; gives its socket."""
    place = Path(tempfile.mkdtemp(prefix="cispeed-engine-", dir="/run"))  # a socket's path may not be long
    argv = ["dockerd", "--config-file", str(directory / "none.json"), "--data-root", str(directory / "data")]
    argv += ["--exec-root", str(place / "exec"), "--pidfile", str(place / "pid"), "--host", f"unix://{place}/socket"]
    argv += ["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"]
    (directory / "none.json").write_text('{"features": {"containerd-snapshotter": true}}\n')
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(argv, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait(place / "socket", process, directory / "log")
            yield place / "socket"
        finally:
            process.terminate()
            process.wait(30)
            subprocess.run(["rm", "-rf", str(place)], check=True, timeout=30)


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
def buildkit(path: Path) -> Iterator[str]:
    """Serve the BuildKit of the engine behind a socket on a port of its own; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, path), daemon=True).start()
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, path: Path) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        engine_side = _dial(path)
        for source, sink in ((client, engine_side), (engine_side, client)):
            threading.Thread(target=_copy, args=(source, sink), daemon=True).start()


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
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return
    finally:
        source.close()
