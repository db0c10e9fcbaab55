"""What the tasks write stays out of build contexts."""

from __future__ import annotations

import pytest

from cispeed_tasks.model import Target
from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from tests.builders import ROOT, build, project


def target(context: str, files: dict[str, str], **more: str) -> Target:
    """The full image of a service with this context."""
    return project("", {"web": {"build": build(context, **more)}}, files).targets["web"]


def test_a_context_that_holds_the_state_gets_an_ignore_file_and_a_copy_of_the_dockerfile() -> None:
    made = target(".", {"Dockerfile": "FROM x\nCOPY . .\n", ".dockerignore": "*.md\n!.cispeed/x"})
    assert made.built_from == ROOT / ".cispeed/dockerfiles/web.own.Dockerfile"
    assert made.dockerfile == ROOT / "Dockerfile"
    ignore = read_ignore_file(str(made.ignore_text))
    assert [ignore.excludes(path) for path in ("a.md", "a.py", ".cispeed", ".cispeed/x")] == [True, False, True, True]


def test_the_ignore_file_beside_the_dockerfile_comes_first() -> None:
    files = {"Dockerfile": "FROM x\n", ".dockerignore": "*.md\n", "Dockerfile.dockerignore": "*.py\n"}
    ignore = read_ignore_file(str(target(".", files).ignore_text))
    assert [ignore.excludes(path) for path in ("a.md", "a.py", ".cispeed")] == [False, True, True]


@pytest.mark.parametrize("text", ["*\n!src", ".cispeed", ".*"])
def test_an_ignore_file_that_leaves_the_state_out_stays_in_force(text: str) -> None:
    made = target(".", {"Dockerfile": "FROM x\n", ".dockerignore": text})
    assert (made.ignore_text, made.built_from) == (None, ROOT / "Dockerfile")


def test_a_context_elsewhere_is_left_alone() -> None:
    made = target("web", {"web/Dockerfile": "FROM x\n"})
    assert (made.ignore_text, made.copied_to) == (None, None)


def test_an_inline_dockerfile_has_no_place_for_an_ignore_file() -> None:
    made = target(".", {}, dockerfile_inline="FROM x\nCOPY . .\n")
    assert (made.ignore_text, made.copied_to) == (None, None)
