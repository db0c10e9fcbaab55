"""Requests to one registry: proxies, redirects and faults. The only door to the library `requests`."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cispeed_tasks.tools import registry_trust

if TYPE_CHECKING:
    from requests import PreparedRequest, Session
    from requests.adapters import HTTPAdapter


class Fault(Exception):
    """A request without an answer that can be used.

    Its text is for a person: it names the host and the cause, never an address's query, a header or a body, which may
    hold credentials. `of_connection` says that the host as a whole did not answer.
    """

    def __init__(self, words: str, *, of_connection: bool = False) -> None:
        super().__init__(words)
        self.of_connection = of_connection


@dataclass(frozen=True)
class Response:
    """An answer: `headers` are found in any case; `moved` says that redirects led to another scheme, host or port."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    moved: bool


class Connection:
    """The connections that one registry's questions share, also those to its token realm.

    Its threads may share it: the library's pools are made for that, and its cookie jar, which is not, stays empty.

    Args:
        host: the registry's name with its port.
        plain: http, not https.
        at_once: how many threads use it.

    Raises:
        OSError: a certificate cannot be read.
    """

    def __init__(self, host: str, *, plain: bool, at_once: int) -> None:
        self.address = f"{'http' if plain else 'https'}://{host}"
        self.is_plain = plain
        self._session = _session(host, at_once)

    def send(
        self,
        method: str,
        url: str,
        *,
        timeout: float,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a request; `timeout` is in seconds, for the connection and again for the silence after it.

        Redirects are followed, without Authorization where they leave the host, but not with a form, which would go
        along.

        Raises:
            Fault: nothing came back.
        """
        where = _where(url)
        if timeout <= 0:
            raise Fault(f"{where}: the time was up before it was asked")
        try:
            answer = self._session.request(
                method,
                url,
                headers=dict(headers or {}),
                params=params,
                data=form,
                timeout=timeout,
                proxies=_proxies(url),
                allow_redirects=form is None,
            )
            moved = _origin(answer.url) != _origin(url)
        except (OSError, ValueError) as error:  # every exception of the library is one of these
            raise _fault(error, where, timeout) from error
        return Response(answer.status_code, answer.headers, answer.content, moved)

    def close(self) -> None:
        """Give the connections up, also those whose answers are still awaited."""
        self._session.close()


def is_loopback(host: str) -> bool:
    """Whether a host, with or without its port, is this machine: docker speaks http with such registries."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _session(host: str, at_once: int) -> Session:
    from http.cookiejar import DefaultCookiePolicy

    from requests import Session
    from requests.adapters import HTTPAdapter
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    session = Session()
    session.trust_env = False  # it would send what ~/.netrc holds for a host, which docker does not
    session.headers["User-Agent"] = "cispeed-tasks"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    session.mount("http://", HTTPAdapter(pool_maxsize=at_once))
    session.mount("https://", _adapter(registry_trust.context(host, otherwise=DEFAULT_CA_BUNDLE_PATH), at_once))
    return session


def _adapter(context: ssl.SSLContext, at_once: int) -> HTTPAdapter:
    """The library's adapter with our context, which it would load with its own certificates for each connection."""
    from requests.adapters import HTTPAdapter

    class Adapter(HTTPAdapter):
        def build_connection_pool_key_attributes(
            self, request: PreparedRequest, verify: bool | str, cert: str | tuple[str, str] | None = None
        ) -> tuple[Any, Any]:
            host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
            return host, {**pool, "ssl_context": context}

        def cert_verify(self, *_: object) -> None:
            """The context verifies."""

    return Adapter(pool_maxsize=at_once)


def _proxies(url: str) -> dict[str, str]:
    """The environment's proxies for an address; none for this machine, as in Go's ProxyFromEnvironment."""
    from requests.utils import get_environ_proxies

    return {} if is_loopback(urlsplit(url).netloc) else dict(get_environ_proxies(url))


def _where(url: str) -> str:
    """The host and port of an address, for a person; a registry may have written it, so it may be anything."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return "an address that cannot be read"


def _origin(url: str) -> tuple[str, str]:
    return urlsplit(url).scheme.lower(), urlsplit(url).netloc.lower()


def _fault(error: Exception, where: str, timeout: float) -> Fault:
    """The library's own texts are left out: they quote addresses, and headers that it finds malformed."""
    from requests.exceptions import ConnectionError as NoConnection
    from requests.exceptions import Timeout

    words = f"no answer within {timeout:.3g} s" if isinstance(error, Timeout) else _cause(error)
    return Fault(f"{where}: {words}", of_connection=isinstance(error, NoConnection | Timeout))


def _cause(error: BaseException) -> str:
    """The system's words at the bottom of a chain of exceptions."""
    from requests.exceptions import RequestException

    words = type(error).__name__
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, OSError) and not isinstance(below, RequestException):
            words = below.strerror or str(below) or type(below).__name__
        below = below.__cause__ or below.__context__
    return words
