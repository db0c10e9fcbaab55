"""What can be asked of a Dockerfile: its variables, stages, and what they stand on."""

from __future__ import annotations

import pytest

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.dockerfile import mounts
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile
from cispeed_tasks.plan.dockerfile_variables import expand

STAGES = """\
FROM debian AS system
FROM system AS Deps
COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/
FROM node:20 AS front
RUN --mount=type=bind,from=deps,target=/d --mount=from=tools,target=/t build
FROM deps
COPY --from=2 /dist /dist
FROM scratch AS unused
ADD --from=unknown/image a b
"""


def names(text: str, target: str | None) -> list[str]:
    return [stage.name or str(stage.index) for stage in read_dockerfile(text).reachable(target)]


@pytest.mark.parametrize(
    ("target", "reached"),
    [("system", ["system"]), ("DEPS", ["system", "Deps"]), ("front", ["system", "Deps", "front"]), ("3", ["system", "Deps", "front", "3"]), ("unused", ["unused"]), (None, ["unused"])],
)  # fmt: skip
def test_reachable_stages(target: str | None, reached: list[str]) -> None:
    assert names(STAGES, target) == reached


def test_outside_images_of_the_reachable_stages_each_once_in_order() -> None:
    read = read_dockerfile(STAGES)
    assert read.outside_images("deps") == ("debian", "ghcr.io/astral-sh/uv:0.5")
    assert read.outside_images("3") == ("debian", "ghcr.io/astral-sh/uv:0.5", "node:20", "tools")
    assert read.outside_images(None) == ("unknown/image",)


def test_the_root_image_is_found_through_the_parents() -> None:
    read = read_dockerfile(STAGES)
    assert [read.root_image(name) for name in ("system", "deps", "3", "front", "unused")] == [
        "debian",
        "debian",
        "debian",
        "node:20",
        "scratch",
    ]


def test_a_stage_sees_only_stages_before_it() -> None:
    read = read_dockerfile("FROM node AS node\nFROM b AS a\nFROM a AS b\n")
    assert read.outside_images("node") == ("node",)
    assert read.outside_images("a") == ("b",)
    assert [stage.name for stage in read.reachable("b")] == ["a", "b"]


def test_an_unknown_stage_is_named_with_those_that_there_are() -> None:
    with pytest.raises(
        ConfigError, match=r"^the Dockerfile has no stage 'prod'; it has: system, Deps, front, 3, unused$"
    ):
        read_dockerfile(STAGES).stage("prod")


def test_the_last_instruction_in_force_may_be_the_parents() -> None:
    read = read_dockerfile("FROM a AS one\nWORKDIR /one\nCMD x\nWORKDIR /two\nFROM one\nCMD y\n")
    found = [read.last(word) for word in ("WORKDIR", "CMD", "ENTRYPOINT")]
    assert [i.rest if i else None for i in found] == ["/two", "y", None]


def test_args_before_from_fill_it_in_and_build_arguments_win() -> None:
    text = 'ARG REGISTRY="docker.io/library" TAG=3\nARG FULL=${REGISTRY}/python:$TAG\nFROM --platform=$BUILDPLATFORM $FULL AS a\n'
    assert read_dockerfile(text).stages[0].base == "docker.io/library/python:3"
    assert read_dockerfile(text, {"TAG": "4", "REGISTRY": None}).stages[0].base == "docker.io/library/python:4"
    assert read_dockerfile(text).stages[0].platform == "$BUILDPLATFORM"
    assert read_dockerfile(text).global_args == {
        "REGISTRY": "docker.io/library",
        "TAG": "3",
        "FULL": "docker.io/library/python:3",
    }


def test_a_from_with_an_unknown_variable_has_no_known_base() -> None:
    read = read_dockerfile("ARG TAG\nFROM a:${TAG}\nARG OWN=1\nFROM b:$OWN\nFROM c-$TARGETARCH\n")
    assert [stage.base for stage in read.stages] == [None, None, None]
    assert read_dockerfile("ARG TAG\nFROM a:${TAG}\n", {"TAG": "1"}).stages[0].base == "a:1"
    assert read.outside_images("0") == ()


@pytest.mark.parametrize(
    ("text", "full", "empty", "unset"),
    [
        ("$A/${A}", "v/v", "/", None),
        ("${A:-x}", "v", "x", "x"),
        ("${A-x}", "v", "", "x"),
        ("${A:+x}", "x", "", ""),
        ("${A+x}", "x", "x", ""),
        ("${A:-${B:-b}}", "v", "b", "b"),
        ("${A:-$B}", "v", None, None),
        ("${A%%.*}", None, None, None),
        ("\\$A", "$A", "$A", "$A"),
        ("$1 $", "$1 $", "$1 $", "$1 $"),
    ],
)
def test_variables(text: str, full: str | None, empty: str | None, unset: str | None) -> None:
    assert (expand(text, {"A": "v"}), expand(text, {"A": ""}), expand(text, {"A": None})) == (full, empty, unset)


def test_mounts_of_a_run() -> None:
    text = "FROM a\nRUN --network=none --mount=source=x,target=/x --mount=type=cache,id='c',target=/c make\n"
    assert mounts(read_dockerfile(text).stages[0].instructions[0]) == [
        {"type": "bind", "source": "x", "target": "/x"},
        {"type": "cache", "id": "c", "target": "/c"},
    ]


def test_onbuild_is_kept_for_whoever_stands_on_it() -> None:
    onbuild = read_dockerfile("FROM a\nONBUILD COPY --from=b . /app\n").stages[0].instructions[0]
    assert (onbuild.keyword, onbuild.rest) == ("ONBUILD", "COPY --from=b . /app")
