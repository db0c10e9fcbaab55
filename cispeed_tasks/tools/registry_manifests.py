"""One registry, asked by many threads which manifests it has."""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus

from cispeed_tasks.tools import registry_credentials
from cispeed_tasks.tools.registry import Answer
from cispeed_tasks.tools.registry_credentials import Credentials
from cispeed_tasks.tools.registry_http import Connection, Fault, Response
from cispeed_tasks.tools.registry_reference import DIGEST, Reference
from cispeed_tasks.tools.registry_rights import authorization

MANIFESTS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
NO_RIGHTS = "the repository does not exist, or the rights to read it are missing (`docker login`)"


@dataclass(frozen=True)
class Head:
    """What a registry said of one manifest.

    `digest` is the manifest's where it is there and the registry tells it; `words` are for a person and never hold a
    credential.
    """

    answer: Answer
    digest: str | None
    words: str = ""
    is_refused: bool = field(default=False, compare=False)
    """Whether the rights to read it are missing; many registries say the same of what does not exist."""


@dataclass(frozen=True)
class Time:
    """`each` is what one request may take, in seconds; `end` is when all must be done, on the monotonic clock."""

    each: float
    end: float

    def left(self) -> float:
        """The seconds that a request may take which starts now."""
        return min(self.each, self.end - time.monotonic())


def silent(words: str) -> Head:
    """Nothing is known of the manifest, and why."""
    return Head(Answer.SILENT, None, words)


class Registry:
    """A registry, with what its threads share: connections, rights, and whether it has been silent.

    Args:
        host: its name with its port.
        plain: http, not https.
        clock: the time that it has.
        at_once: how many threads ask it.
    """

    def __init__(self, host: str, *, plain: bool, clock: Time, at_once: int) -> None:
        self._host = host
        self._clock = clock
        self._silence = ""
        self._rights: dict[str, str | Fault | None] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._login = threading.Lock()
        self._logins: list[Credentials | None] = []
        try:
            self._connection: Connection | None = Connection(host, plain=plain, at_once=at_once)
        except OSError as error:
            self._connection = None
            self._silence = f"{host}: a certificate to check it with cannot be read: {error.strerror or error}"

    def ask(self, reference: Reference) -> Head:
        """Ask for one manifest; after the first question that was left without any answer, no others go out."""
        if self._connection is None or self._silence:
            return silent(self._silence)
        try:
            return self._read(self._answer(self._connection, reference))
        except Fault as fault:
            if fault.of_connection:
                self._silence = str(fault)
            return silent(str(fault))

    def close(self) -> None:
        """Give the connections up."""
        if self._connection is not None:
            self._connection.close()

    def _answer(self, connection: Connection, reference: Reference) -> Response:
        known = self._rights.get(reference.repository)
        rights = known if isinstance(known, str) else None
        answer = self._head(connection, reference, rights)
        # A host that we were sent on to may not ask for this registry's credentials.
        if answer.status != HTTPStatus.UNAUTHORIZED or answer.moved or rights is not None:
            return answer
        rights = self._authorize(connection, reference.repository, answer.headers.get("WWW-Authenticate", ""))
        return answer if rights is None else self._head(connection, reference, rights)

    def _head(self, connection: Connection, reference: Reference, rights: str | None) -> Response:
        """Ask as end-3 of the OCI distribution specification has it ('Checking if content exists in the registry')."""
        url = f"{connection.address}/v2/{reference.repository}/manifests/{reference.manifest}"
        headers = {"Accept": ", ".join(MANIFESTS)} | ({} if rights is None else {"Authorization": rights})
        return connection.send("HEAD", url, timeout=self._clock.left(), headers=headers)

    def _authorize(self, connection: Connection, repository: str, challenge: str) -> str | None:
        """The Authorization for a repository, got once and then shared, as is the fault of getting it."""
        with self._locks.setdefault(repository, threading.Lock()):
            if repository not in self._rights:
                try:
                    self._rights[repository] = authorization(
                        connection, challenge, repository, self._credentials(), timeout=self._clock.left()
                    )
                except Fault as fault:
                    self._rights[repository] = fault
        rights = self._rights[repository]
        if isinstance(rights, Fault):
            raise rights
        return rights

    def _credentials(self) -> Credentials | None:
        """What the user logs in with; a helper may ask a person for a password, so it is run once."""
        with self._login:
            if not self._logins:
                self._logins.append(registry_credentials.find(self._host, timeout=self._clock.left()))
        return self._logins[0]

    def _read(self, answer: Response) -> Head:
        status = f"{self._host} answered {answer.status} {http.client.responses.get(answer.status, '')}".rstrip()
        digest = answer.headers.get("Docker-Content-Digest", "")
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        if answer.status == HTTPStatus.OK:
            is_digest = DIGEST.fullmatch(digest) is not None
            # A page to log in at is an answer of 200, too.
            is_manifest = is_digest or kind in MANIFESTS
            return (
                Head(Answer.THERE, digest if is_digest else None) if is_manifest else silent(f"{status}, no manifest")
            )
        if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return Head(Answer.ABSENT, None, f"{status}: {NO_RIGHTS}", is_refused=True)
        return Head(Answer.ABSENT, None, status) if answer.status == HTTPStatus.NOT_FOUND else silent(status)
