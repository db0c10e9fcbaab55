"""Cache mounts of Dockerfiles: told apart as BuildKit does it, found once however many use them."""

from __future__ import annotations

import pytest

from cispeed_tasks.plan.kept_mounts_found import FoundMount, MountIdentity, Unkept, find_mounts
from tests.builders import ROOT, build, project

BASE = "FROM debian:trixie-slim\n"


def find(text: str, **more: object) -> tuple[tuple[FoundMount, ...], tuple[Unkept, ...]]:
    found = project("", {"api": {"build": build(".", **more)}}, {"Dockerfile": text, "poetry.lock": ""})
    return find_mounts(found.targets.values(), ROOT)


def identities(text: str, **more: object) -> list[MountIdentity]:
    return [mount.identity for mount in find(text, **more)[0]]


@pytest.mark.parametrize(
    ("flag", "identity"),
    [
        ("type=cache,target=/root/.cache/pip", MountIdentity("/root/.cache/pip")),
        ("type=cache,id=pip,target=/root/.cache/pip", MountIdentity("pip")),
        ("type=cache,dst=/root/.cache/pip/", MountIdentity("/root/.cache/pip")),
        ("type=cache,destination=.cache/x", MountIdentity(".cache/x")),
        ("target=/c,type=CACHE,sharing=locked,ro", MountIdentity("/c")),
        ("type=cache,id=go,target=/go,uid=1000,gid=10,mode=0775", MountIdentity("go", "", 1000, 10, 0o775)),
        ('"type=cache","target=/c"', MountIdentity("/c")),
    ],
)
def test_a_mount_is_known_by_its_id_owner_and_mode(flag: str, identity: MountIdentity) -> None:
    assert identities(f"{BASE}RUN --mount={flag} make\n") == [identity]


@pytest.mark.parametrize(
    "flag", ["type=bind,target=/c", "type=tmpfs,target=/c", "type=secret,id=npm", "type=ssh", "target=/c"]
)
def test_other_mounts_are_none(flag: str) -> None:
    assert find(f"{BASE}RUN --mount={flag} make\n") == ((), ())


def test_only_stages_that_are_reached_count() -> None:
    text = (
        f"{BASE[:-1]} AS tests\nRUN --mount=type=cache,target=/tests make\n"
        f"{BASE[:-1]} AS build\nRUN --mount=type=cache,target=/build make\n"
        f"{BASE}COPY --from=build /x /x\nRUN --mount=type=cache,target=/last make\n"
    )
    assert [one.id for one in identities(text)] == ["/build", "/last"]
    assert [one.id for one in identities(text, target="tests")] == ["/tests"]


def test_ids_are_built_from_variables() -> None:
    text = "FROM debian:trixie-slim\nARG TOOL=pip\nENV DIR=/cache\nRUN --mount=type=cache,id=x-$TOOL,target=${DIR}/$TOOL make\n"
    mounts, unkept = find(text)
    assert unkept == ()
    assert [(one.identity.id, one.name, one.places) for one in mounts] == [("x-pip", "x-$TOOL", ("/cache/pip",))]
    assert identities(text, args={"TOOL": "uv"}) == [MountIdentity("x-uv")]


def test_an_id_that_is_not_known_is_said_with_its_line() -> None:
    mounts, unkept = find(f"{BASE}RUN --mount=type=cache,id=x-$SOMETHING,target=/c make\n")
    assert mounts == ()
    assert [str(one) for one in unkept] == [
        "leave Dockerfile:2: which mount it is cannot be told: the value of SOMETHING is not known"
    ]


def test_a_mount_that_begins_with_a_stage_is_not_kept() -> None:
    _, unkept = find(f"{BASE[:-1]} AS x\n{BASE}RUN --mount=type=cache,from=x,target=/c make\n")
    assert [one.cause.partition(",")[0] for one in unkept] == ["it begins with the files of a stage"]


@pytest.mark.parametrize(
    "flag", ["type=cache", "type=cache,target=/a b", "type=cache,id=a%b,target=/c", "type=cache,target=/c,uid=me"]
)
def test_what_cannot_be_said_again_is_not_kept(flag: str) -> None:
    mounts, unkept = find(f"{BASE}RUN --mount={flag.replace(' ', chr(92) + ' ')} make\n")
    assert mounts == ()
    assert len(unkept) == 1


def test_a_namespace_keeps_mounts_apart() -> None:
    text = f"{BASE}RUN --mount=type=cache,target=/c make\n"
    assert identities(text, args={"BUILDKIT_CACHE_MOUNT_NS": "shop"}) == [MountIdentity("/c", "shop")]


def test_a_mount_of_several_services_is_found_once() -> None:
    text = f"{BASE}RUN --mount=type=cache,id=pip,target=/root/.cache/pip pip install x\n"
    other = f"{BASE}RUN --mount=type=cache,id=pip,target=/pip pip install y\n"
    files = {"a/Dockerfile": text, "b/Dockerfile": other, "c/Dockerfile": text.replace("pip,", "pip,uid=5,")}
    services = {name: {"build": build(name)} for name in "abc"}
    found, _ = find_mounts(project("", services, files).targets.values(), ROOT)
    assert [(one.users, one.places) for one in found] == [
        (("a", "b"), ("/root/.cache/pip", "/pip")),
        (("c",), ("/root/.cache/pip",)),
    ]
    assert len(found[0].runs) == 2


def test_generated_dockerfiles_have_mounts() -> None:
    text = "bases: {python: {image: 'images/python:1', context: base}}\nservices: {api: {base: python, command: run}}\n"
    files = {"base/Dockerfile": "FROM python:3.13-slim\n", "api/poetry.lock": "", "api/pyproject.toml": ""}
    found = project(text, {"api": {"build": {"context": str(ROOT / "api")}}}, files)
    assert [one.identity.id for one in find_mounts(found.targets.values(), ROOT)[0]] == ["pip", "uv"]
