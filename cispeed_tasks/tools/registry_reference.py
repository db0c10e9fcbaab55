"""An image's reference as a registry reads it: which host, which repository, which manifest."""

from __future__ import annotations

import re
from dataclasses import dataclass

HUB = "docker.io"
HUB_HOST = "registry-1.docker.io"
"""Docker Hub's registry, which goes by another name than its images do."""
LONGEST_NAME = 255

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
DIGEST = re.compile(_DIGEST, re.ASCII)
REFERENCE = re.compile(
    rf"(?P<name>{_DOMAIN}/(?P<repository>{_COMPONENT}(?:/{_COMPONENT})*))(?::(?P<tag>\w[\w.-]{{0,127}}))?"
    rf"(?:@(?P<digest>{_DIGEST}))?",
    re.ASCII,
)
"""A reference with its registry: the grammar at the head of reference.go in github.com/distribution/reference."""


@dataclass(frozen=True)
class Reference:
    """A manifest's place.

    `host` is the registry's name with its port, as it stands in an address; `repository` is the name in it; `manifest`
    is a tag, or a digest.
    """

    host: str
    repository: str
    manifest: str


def parse(text: str) -> Reference:
    """Read a reference as docker does: what it leaves out is Docker Hub, `library/` and `latest`; a digest beats a tag.

    Raises:
        ValueError: no image can have that name.
    """
    domain, rest = _split(text)
    match = REFERENCE.fullmatch(f"{domain}/{rest}")
    if match is None:
        raise ValueError("invalid reference format")
    if len(match["name"]) > LONGEST_NAME:
        raise ValueError(f"the name of a repository has {LONGEST_NAME} characters at most")
    host = HUB_HOST if domain == HUB else domain
    return Reference(host, match["repository"], match["digest"] or match["tag"] or "latest")


def _split(text: str) -> tuple[str, str]:
    """The registry and what follows it (splitDockerDomain in normalize.go of the same project)."""
    first, slash, rest = text.partition("/")
    is_domain = bool(slash) and (first == "localhost" or any(sign in first for sign in ".:") or first != first.lower())
    domain, rest = (first, rest) if is_domain else (HUB, text)
    if domain == f"index.{HUB}":
        domain = HUB
    return domain, f"library/{rest}" if domain == HUB and "/" not in rest else rest
