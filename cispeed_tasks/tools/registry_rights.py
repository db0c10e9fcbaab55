"""A registry's challenge, and the Authorization header that answers it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http import HTTPStatus

from cispeed_tasks.tools.registry_credentials import Credentials
from cispeed_tasks.tools.registry_http import Connection, Fault

CLIENT = "cispeed-tasks"
WORD = re.compile(r"""([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?""", re.ASCII)
"""A scheme, or a parameter with its value (RFC 9110, section 11.6.1)."""


def challenges(header: str) -> dict[str, dict[str, str]]:
    """The schemes of a WWW-Authenticate header with their parameters; all names in lower case."""
    found: dict[str, dict[str, str]] = {}
    parameters: dict[str, str] = {}
    for word in WORD.finditer(header):
        name, quoted, plain = word[1].lower(), word[2], word[3]
        if quoted is None and plain is None:
            parameters = found.setdefault(name, {})
        else:
            parameters[name] = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    return found


def authorization(
    connection: Connection,
    header: str,
    repository: str,
    credentials: Credentials | None,
    *,
    timeout: float,
    actions: str = "pull",
) -> str | None:
    """Answer a challenge, so that `repository` may be read, or whatever else `actions` say.

    Args:
        connection: that of the registry.
        header: its WWW-Authenticate.
        repository: the name without the registry.
        credentials: what the user logs in with; None asks a token realm for an anonymous token.
        timeout: seconds that the token realm has.
        actions: what is to be done with the repository, in the registry's words: pull, or pull,push.

    Returns:
        The value of the Authorization header; None where these credentials give no rights.

    Raises:
        Fault: the token realm gave no usable answer.
    """
    offered = challenges(header)
    if "realm" in offered.get("bearer", {}):
        return _bearer(connection, offered["bearer"], f"repository:{repository}:{actions}", credentials, timeout)
    if "basic" in offered and credentials is not None and not credentials.is_identity:
        return credentials.basic
    return None


def _bearer(
    connection: Connection,
    challenge: Mapping[str, str],
    scope: str,
    credentials: Credentials | None,
    timeout: float,
) -> str | None:
    """Fetch a token (distribution.github.io, 'Token authentication specification' and 'OAuth2 token authentication')."""
    realm = challenge["realm"]
    if not realm.lower().startswith("https://") and not connection.is_plain:
        raise Fault("the registry names a token realm without TLS")
    wanted = {"scope": scope}
    if "service" in challenge:
        wanted["service"] = challenge["service"]
    if credentials is not None and credentials.is_identity:
        form = wanted | {"grant_type": "refresh_token", "refresh_token": credentials.secret, "client_id": CLIENT}
        answer = connection.send("POST", realm, timeout=timeout, form=form)
    else:
        headers = {} if credentials is None else {"Authorization": credentials.basic}
        answer = connection.send("GET", realm, timeout=timeout, headers=headers, params=wanted)
    if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return None
    return f"Bearer {_token(answer.status, answer.body)}"


def _token(status: int, body: bytes) -> str:
    """The token in a realm's answer; both names are in use."""
    if status != HTTPStatus.OK:
        raise Fault(f"the registry's token realm answered {status}")
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise Fault("the registry's token realm answered without a token") from error
    found = (answer.get("token") or answer.get("access_token")) if isinstance(answer, dict) else None
    if not isinstance(found, str):
        raise Fault("the registry's token realm answered without a token")
    return found
