"""Builds with their ignore files, and contexts with what lies in them, and what is found wrong."""

from __future__ import annotations

import pytest

from cispeed_tasks.plan.context_findings import IgnoreInForce, context_findings, dead_ignore_files
from tests.plan.littered_contexts import proposed

ROOT_BUILD = IgnoreInForce(".", "api/Dockerfile", ".dockerignore")
OWN_BUILD = IgnoreInForce("web", "web/Dockerfile", "web/Dockerfile.dockerignore")


@pytest.mark.parametrize(
    ("build", "files", "expected"),
    [
        (ROOT_BUILD, ["api/.dockerignore"], ["api/.dockerignore: no build reads it, because the context of api/Dockerfile is the project's directory [dead-ignore-file]\n    move its lines to .dockerignore or api/Dockerfile.dockerignore, with paths relative to the project's directory"]),
        (ROOT_BUILD, [".dockerignore", "other/.dockerignore"], []),
        (OWN_BUILD, ["web/.dockerignore", "web/Dockerfile.dockerignore"], ["web/.dockerignore: no build reads it, because web/Dockerfile.dockerignore comes first [dead-ignore-file]\n    move its lines there"]),
    ],
)  # fmt: skip
def test_dead_ignore_files_are_found_with_the_place_where_they_belong(
    build: IgnoreInForce, files: list[str], expected: list[str]
) -> None:
    assert [str(one) for one in dead_ignore_files(files, [build], [])] == expected
    assert dead_ignore_files(files, [build], ["api", "web"]) == []


def test_a_context_is_reported_with_its_secrets_its_size_and_its_largest_directories() -> None:
    sizes = {"data/big": 20_000_000, "node_modules/x": 30_000_000}
    found = proposed("COPY src src", "src/a .env certs/own.key data/big node_modules/x", sizes=sizes)
    said = [(one.code, one.file, one.bytes) for one in context_findings("web", found, [".env", "certs/own.key"])]
    assert said == [
        ("secret-in-context", "web/.env", 0),
        ("secret-in-context", "web/certs/own.key", 0),
        ("large-context", "web", 50_002_000),
        ("needless-directory", "web/node_modules", 30_000_000),
        ("needless-directory", "web/data", 20_000_000),
    ]


def test_a_secret_that_a_dockerfile_takes_is_for_its_author_to_move() -> None:
    found = proposed("COPY .env /app/", "src/a .env")
    assert [one.advice for one in context_findings(".", found, [".env"])] == [
        "leave it out in the ignore file, or mount it as a build secret"
    ]


def test_once_it_is_written_nothing_is_left_to_say() -> None:
    tree, sizes = "src/a data/big", {"data/big": 20_000_000}
    text = proposed("COPY src src", tree, sizes=sizes).text
    assert list(context_findings("web", proposed("COPY src src", tree, text, sizes=sizes), [])) == []
