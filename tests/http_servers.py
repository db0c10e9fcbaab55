"""HTTP servers of a test's own, which answer as they are told and remember what they were asked."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    fields: dict[str, list[str]]
    """Those of the query, or of a form."""
    authorization: str | None
    accept: str
    client: tuple[str, int]
    """The other end of the connection."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class Server:
    address: str
    """Host and port."""
    asked: list[Request] = field(default_factory=list)

    def rights(self) -> list[str | None]:
        return [request.authorization for request in self.asked]


class _Many(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is no fault here."""


@contextmanager
def server(
    answer: Callable[[Request], Reply], host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """Run a server on a free port until the block is left."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            form = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            fields = parse_qs(form or parts.query)
            rights = self.headers.get("Authorization")
            accept, (host, port) = self.headers.get("Accept", ""), self.client_address[:2]
            request = Request(self.command, parts.path, fields, rights, accept, (host, port))
            running.asked.append(request)
            reply = answer(request)
            self.send_response_only(reply.status)
            own = {"Date": self.date_time_string(), "Content-Length": str(len(reply.body))}
            for name, value in (own | reply.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else reply.body)

        do_GET = do_HEAD = do_POST = do_DELETE = _serve  # noqa: N815  # the base class looks for these names

        def log_message(self, *_: object) -> None:
            """What was asked is in `asked`."""

    with _Many((host, 0), Handler) as web:
        if tls is not None:
            web.socket = tls.wrap_socket(web.socket, server_side=True)
        running = Server(f"{host}:{web.server_address[1]}")
        thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield running
        finally:
            web.shutdown()
            thread.join()
