"""What BuildKit tells of a build, and what of it is kept."""

from __future__ import annotations

from typing import Any

import pytest

from cispeed_tasks.plan.history_records import Layer, Step
from cispeed_tasks.plan.history_steps import Names, Told, read_build, read_layers, whole_seconds

DOCKERFILE = """
ARG REGISTRY=docker.io
FROM ${REGISTRY}/python:3.13-slim AS deps
ARG INDEX
WORKDIR /app
COPY poetry.lock pyproject.toml ./
RUN --mount=type=cache,target=/root/.cache/pip \\
    pip install --index-url ${INDEX} \\
      -r requirements.txt
RUN curl -H "token: abc" https://me:pw@example.org/x
FROM deps
COPY --from=deps --chown=app:app /opt /opt
"""


def at(seconds: float) -> str:
    return f"2026-01-02T03:04:{seconds:012.9f}Z"


def vertex(digest: str, name: str, start: float, end: float, **more: Any) -> dict[str, Any]:
    return {"digest": digest, "name": name, "started": at(start), "completed": at(end), **more}


def read(*vertices: dict[str, Any], dockerfile: str = DOCKERFILE) -> Told:
    return read_build([{"vertexes": [one]} for one in vertices], Names([dockerfile]))


def test_phases_count_what_runs_side_by_side_once() -> None:
    told = read(
        vertex("a", "[internal] load build definition from Dockerfile", 0, 0.5),
        vertex("b", "[internal] load build context", 1, 2),
        vertex("c", "[internal] load build context", 1.5, 3),
        vertex("d", "[deps 1/4] FROM docker.io/library/python:3.13-slim", 1, 2),
        vertex("e", "importing cache manifest from local:1", 0, 0.25),
        vertex("f", "exporting to image", 9, 9.5),
        vertex("g", "exporting cache to client directory", 9.5, 10),
    )
    assert dict(told.phases) == {
        "definition": 0.5,
        "context": 2.0,
        "base images": 1.0,
        "cache import": 0.25,
        "image export": 0.5,
        "cache export": 0.5,
    }
    assert (told.steps, told.all) == ((), 0)


def test_a_build_lasts_from_its_first_step_to_the_end_of_its_last() -> None:
    rows: list[dict[str, Any]] = [
        {"vertexes": [vertex("a", "[1/2] FROM x", 1, 2), vertex("b", "exporting to image", 4, 5.5)]},
        {"logs": []},
    ]
    assert whole_seconds(rows) == 4.5
    assert whole_seconds([{"vertexes": [{"digest": "a", "name": "[1/1] FROM x", "started": at(1)}]}]) is None


def test_a_step_is_called_what_its_dockerfile_calls_it() -> None:
    told = read(
        vertex("a", "[deps 3/4] COPY poetry.lock pyproject.toml ./", 0, 1),
        vertex(
            "b",
            "[deps 4/4] RUN --mount=type=cache,target=/root/.cache/pip     pip install --index-url https://me:hidden@pypi.example"
            "       -r requirements.txt",
            1,
            5,
        ),
        vertex("c", "[stage-1 2/2] COPY --from=deps --chown=app:app /opt /opt", 5, 7),
    )
    assert told.steps == (
        Step("deps: RUN pip install --index-url ${INDEX} -r requirements.txt", 4.0, cached=False),
        Step("COPY --from=deps /opt /opt", 2.0, cached=False),
        Step("deps: COPY poetry.lock pyproject.toml ./", 1.0, cached=False),
    )


def test_what_came_from_the_cache_is_counted() -> None:
    told = read(
        vertex("a", "[deps 2/4] WORKDIR /app", 0, 0, cached=True),
        vertex("a", "[deps 2/4] WORKDIR /app", 0, 0.1),
        vertex("b", "[deps 3/4] COPY poetry.lock pyproject.toml ./", 0, 1),
    )
    assert (told.cached, told.all) == (1, 2)
    assert [one.cached for one in told.steps] == [False, True]


@pytest.mark.parametrize("name", ["[deps 9/9] RUN echo hidden", "[9/9] RUN echo hidden"])
def test_what_no_dockerfile_says_is_called_by_its_keyword(name: str) -> None:
    (step,) = read(vertex("a", name, 0, 1)).steps
    assert step.instruction in {"deps: RUN …", "RUN …"}


def test_what_looks_like_a_secret_is_not_kept() -> None:
    (step,) = read(vertex("a", '[deps 5/5] RUN curl -H "token: abc" https://me:pw@example.org/x', 0, 1)).steps
    assert step.instruction == 'deps: RUN curl -H "token: … https://…@example.org/x'


def test_a_step_that_did_not_end_is_left_out() -> None:
    assert read({"digest": "a", "name": "[deps 2/4] WORKDIR /app", "started": at(1)}) == Told()


def test_layers_are_called_by_the_dockerfiles_above_and_largest_first() -> None:
    rows = [
        {"Size": 0, "CreatedBy": 'CMD ["python"]'},
        {"Size": 20, "CreatedBy": "COPY /opt /opt # buildkit"},
        {
            "Size": 90,
            "CreatedBy": "RUN |1 INDEX=hidden /bin/sh -c pip install --index-url hidden       -r requirements.txt # buildkit",
        },
        {"Size": 7, "CreatedBy": "WORKDIR /app"},
        {"Size": 70, "CreatedBy": "/bin/sh -c #(nop) ADD file:123 in / "},
        {"Size": 60, "CreatedBy": ""},
        {"Size": 50, "CreatedBy": "RUN /bin/sh -c echo hidden # buildkit"},
    ]
    assert read_layers(rows, Names([DOCKERFILE])) == (
        Layer("RUN pip install --index-url ${INDEX} -r requirements.txt", 90),
        Layer("ADD of a base image", 70),
        Layer("layer of a base image", 60),
        Layer("RUN of a base image", 50),
        Layer("COPY --from=deps /opt /opt", 20),
        Layer("WORKDIR /app", 7),
    )


def test_a_dockerfile_that_cannot_be_read_is_no_fault() -> None:
    (step,) = read(vertex("a", "[2/2] RUN x", 0, 1), dockerfile="nothing").steps
    assert step.instruction == "RUN …"


@pytest.mark.parametrize(
    ("written", "told", "is_it"),
    [
        ("${A}", "anything at all", True),
        ("x ${A}${B} y", "x 12 y", True),
        ("x ${A} y ${A} z", "x 1 y 1 z", True),
        ("x ${A} y", "x y", False),
        ("a${A}a", "a", False),
        ("ab${A}bc", "abc", False),
        ("echo 'a b' \"${A}\"", "echo a b 1", True),
        ("x ${A} y ${A} z", "x 1 z 1 y", False),
        ("x y", "x y z", False),
    ],
)
def test_variables_may_stand_for_anything_and_nothing_else_may(written: str, told: str, is_it: bool) -> None:
    found = Names([f"FROM scratch\nRUN {written}\n"]).find("RUN", told)
    assert (found is not None) == is_it


def test_many_variables_are_no_trouble() -> None:
    written = " ".join(f"${{V{number}}} a" for number in range(200))
    assert Names([f"FROM scratch\nRUN {written} end\n"]).find("RUN", "a " * 20_000) is None
