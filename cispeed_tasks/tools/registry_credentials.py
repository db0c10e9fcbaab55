"""What this user logs in to registries with: the places where `docker login` leaves it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field

from cispeed_tasks.errors import ToolError
from cispeed_tasks.tools import process
from cispeed_tasks.tools.docker_settings import settings
from cispeed_tasks.tools.registry_reference import HUB_HOST

HUB_KEY = "https://index.docker.io/v1/"
"""The name that `docker login` files Docker Hub under."""
IDENTITY = "<token>"
"""The user name by which a credential helper says that its secret is an identity token."""


@dataclass(frozen=True)
class Credentials:
    """A user name with a password, or `IDENTITY` with an identity token."""

    username: str
    secret: str = field(repr=False)

    @property
    def is_identity(self) -> bool:
        """Whether the secret is an identity token, which a token realm takes as an OAuth2 refresh token."""
        return self.username == IDENTITY

    @property
    def basic(self) -> str:
        """The value of an Authorization header (RFC 7617, section 2)."""
        return f"Basic {base64.b64encode(f'{self.username}:{self.secret}'.encode()).decode()}"


def find(host: str, *, timeout: float) -> Credentials | None:
    """What the docker command line would log in to the registry `host` with; None is anonymous.

    The order is docker's: the registry's own helper, the helper of all registries, the file. A helper that is missing,
    fails, or is silent for `timeout` seconds, and a file that cannot be read, give nothing.
    """
    config = settings()
    server = HUB_KEY if host == HUB_HOST else host
    helper = _object(config.get("credHelpers")).get(server) or config.get("credsStore")
    found = _of_helper(str(helper), server, timeout) if helper else None
    return found or _of_file(_object(config.get("auths")), server)


def _of_helper(helper: str, server: str, timeout: float) -> Credentials | None:
    """Ask a helper (the protocol is described in github.com/docker/docker-credential-helpers)."""
    try:
        done = process.ask([f"docker-credential-{helper}", "get"], stdin=server, timeout=timeout, check=False)
        answer = _object(json.loads(done.stdout)) if done.exit_code == 0 else {}
    except (ToolError, OSError, ValueError):
        return None
    return _complete(answer.get("Username"), answer.get("Secret"))


def _of_file(auths: dict[str, object], server: str) -> Credentials | None:
    """The entry of that name, or one whose address has the same host: older versions of docker wrote whole addresses."""
    same_host = [key for key in auths if _host(key) == _host(server)]
    entry = _object(auths.get(server) or next((auths[key] for key in same_host), None))
    if entry.get("identitytoken"):
        return _complete(IDENTITY, entry["identitytoken"])
    if entry.get("auth"):
        return _decoded(str(entry["auth"]))
    return _complete(entry.get("username"), entry.get("password"))


def _decoded(auth: str) -> Credentials | None:
    try:
        username, _, password = base64.b64decode(auth, validate=True).decode().partition(":")
    except ValueError:
        return None
    return _complete(username, password.rstrip("\0"))  # docker pads some


def _complete(username: object, secret: object) -> Credentials | None:
    is_complete = isinstance(username, str) and isinstance(secret, str) and username and secret
    return Credentials(str(username), str(secret)) if is_complete else None


def _host(address: str) -> str:
    return address.removeprefix("https://").removeprefix("http://").split("/")[0]


def _object(value: object) -> dict[str, object]:
    """A JSON object as it stands; anything else counts as an empty one."""
    return value if isinstance(value, dict) else {}
