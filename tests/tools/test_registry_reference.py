"""References are read as docker reads them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cispeed_tasks.tools.registry_reference import HUB_HOST, REFERENCE, Reference, parse

DIGEST = f"sha256:{'0123456789abcdef' * 4}"


@pytest.mark.parametrize(
    ("text", "host", "repository", "manifest"),
    [
        ("debian", HUB_HOST, "library/debian", "latest"),
        ("debian:trixie-slim", HUB_HOST, "library/debian", "trixie-slim"),
        ("bitnami/redis:7", HUB_HOST, "bitnami/redis", "7"),
        ("docker.io/debian", HUB_HOST, "library/debian", "latest"),
        ("docker.io/library/debian", HUB_HOST, "library/debian", "latest"),
        ("index.docker.io/debian:12", HUB_HOST, "library/debian", "12"),
        (f"debian@{DIGEST}", HUB_HOST, "library/debian", DIGEST),
        (f"ghcr.io/a/b/c:1.2@{DIGEST}", "ghcr.io", "a/b/c", DIGEST),
        ("localhost/app", "localhost", "app", "latest"),
        ("localhost:5000/app:1", "localhost:5000", "app", "1"),
        ("LOCAL/app", "LOCAL", "app", "latest"),
        ("registry.corp:5000/team/app", "registry.corp:5000", "team/app", "latest"),
        ("127.0.0.1:5000/app", "127.0.0.1:5000", "app", "latest"),
        ("[::1]:5000/app:1", "[::1]:5000", "app", "1"),
        ("a__b/c-d.e_f", HUB_HOST, "a__b/c-d.e_f", "latest"),
    ],
)
def test_what_docker_adds_by_itself(text: str, host: str, repository: str, manifest: str) -> None:
    assert parse(text) == Reference(host, repository, manifest)


@pytest.mark.parametrize(
    "text",
    [
        *["", " ", "a b", "Debian", "a//b", "/a", "a/", "a:", "a:-x", "a@sha256:12", "https://a.b/c", "a..b", "a/b\n"],
        *[
            "a___b",
            "-a/b",
            "a.b:x/c",
            "ä",
            "a:ä",
            "a:" + "x" * 129,
            "user@host/a",
            "a?b",
            "a#b",
            "a/../b",
            "x" * 256,
            "[0]/a",
            "[/a",
        ],
    ],
)
def test_what_no_image_is_called(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(invalid reference format|the name of a repository has 255 characters)"):
        parse(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parsed = parse(text)
    except ValueError:
        return
    assert re.fullmatch(r"[!-~]+", f"{parsed.host}{parsed.repository}{parsed.manifest}")


@given(st.from_regex(REFERENCE, fullmatch=True))
def test_a_whole_reference_stays_what_it_is(text: str) -> None:
    try:
        first = parse(text)
    except ValueError:
        return
    mark = "@" if ":" in first.manifest else ":"
    domain = "docker.io" if first.host == HUB_HOST else first.host
    assert parse(f"{domain}/{first.repository}{mark}{first.manifest}") == first
