"""What this user may do with a registry, and what time it is there; asked without an engine, and leaving nothing behind."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from cispeed_tasks.tools import registry_credentials
from cispeed_tasks.tools.registry import Answer
from cispeed_tasks.tools.registry_credentials import Credentials
from cispeed_tasks.tools.registry_head import heads
from cispeed_tasks.tools.registry_http import Connection, Fault, Response, is_loopback
from cispeed_tasks.tools.registry_reference import Reference, parse
from cispeed_tasks.tools.registry_rights import authorization


@dataclass(frozen=True)
class Access:
    """What was found out of one registry; None where it could not be."""

    host: str
    silence: str = ""
    """Why it cannot be reached; empty where it answers."""
    skew: float | None = None
    """Seconds that this machine's clock is ahead of the registry's, to within a second."""
    may_read: bool | None = None
    may_push: bool | None = None
    has_login: bool = False


def access(text: str, *, timeout: float, insecure: frozenset[str] = frozenset()) -> Access:
    """Ask a registry for the rights to one repository; never raises for what a registry does.

    The right to push is asked for as go-containerregistry's CheckPushPermission does: an upload is begun and given up.

    Args:
        text: an image's name with its registry, as in `docker pull`; whether there is one does not matter.
        timeout: seconds that each answer may take.
        insecure: hosts, with their ports, that are asked by http; hosts of this machine always are.
    """
    try:
        reference = parse(text)
    except ValueError as error:
        return Access(text, f"{text!r}: {error}")
    try:
        connection = Connection(
            reference.host, plain=reference.host in insecure or is_loopback(reference.host), at_once=1
        )
    except OSError as error:
        return Access(reference.host, f"a certificate to check it with cannot be read: {error.strerror or error}")
    try:
        found = _asked(connection, reference, timeout)
    except Fault as fault:
        return Access(reference.host, str(fault))
    finally:
        connection.close()
    if found.silence:
        return found
    head = heads([text], timeout=timeout, insecure=insecure)[text]
    may_read = None if head.answer is Answer.SILENT else not head.is_refused
    return replace(found, may_read=may_read)


def _asked(connection: Connection, reference: Reference, timeout: float) -> Access:
    began = time.time()
    answer = connection.send("GET", f"{connection.address}/v2/", timeout=timeout)
    skew = _skew(answer.headers.get("Date", ""), (began + time.time()) / 2)
    if answer.status not in {HTTPStatus.OK, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return Access(reference.host, f"it answered {answer.status}, as no registry does", skew)
    login = registry_credentials.find(reference.host, timeout=timeout)
    may_push = _may_push(connection, reference.repository, login, timeout)
    return Access(reference.host, skew=skew, may_push=may_push, has_login=login is not None)


def _may_push(connection: Connection, repository: str, login: Credentials | None, timeout: float) -> bool | None:
    url = f"{connection.address}/v2/{repository}/blobs/uploads/"
    answer = connection.send("POST", url, timeout=timeout)
    headers: dict[str, str] = {}
    if answer.status == HTTPStatus.UNAUTHORIZED and not answer.moved:
        challenge = answer.headers.get("WWW-Authenticate", "")
        rights = authorization(connection, challenge, repository, login, timeout=timeout, actions="pull,push")
        if rights is None:
            return False
        headers = {"Authorization": rights}
        answer = connection.send("POST", url, timeout=timeout, headers=headers)
    if answer.status == HTTPStatus.ACCEPTED:
        _give_up(connection, url, answer, headers, timeout)
        return True
    is_refusal = HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return False if is_refusal and answer.status != HTTPStatus.TOO_MANY_REQUESTS else None


def _give_up(connection: Connection, url: str, answer: Response, headers: dict[str, str], timeout: float) -> None:
    """Cancel an upload; where it lies elsewhere, the registry ends it by itself, and our rights are not sent there."""
    place = urljoin(url, answer.headers.get("Location", ""))
    if urlsplit(place)[:2] == urlsplit(url)[:2] and not answer.moved:
        connection.send("DELETE", place, timeout=timeout, headers=headers)


def _skew(date: str, now: float) -> float | None:
    try:
        return now - parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError):
        return None
