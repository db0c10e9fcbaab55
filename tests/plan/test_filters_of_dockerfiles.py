"""What a Dockerfile takes decides which changes hit its service: examples of each way to take something, and of what is beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pytest

from cispeed_tasks.plan.derived_filters import derived_filters
from cispeed_tasks.plan.detours import Detours
from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from cispeed_tasks.run.changes import match_filters
from tests.builders import ROOT, bind, build, project


def hits(
    dockerfile: str,
    *paths: str,
    ignore: str | None = None,
    links: Mapping[str, str] | None = None,
    repositories: Sequence[str] = (),
    args: Mapping[str, str | None] | None = None,
    target: str | None = None,
) -> list[str]:
    """Those of the paths that hit a service whose build context is `app`."""
    there = {"app/Dockerfile": dockerfile} | ({} if ignore is None else {"app/.dockerignore": ignore})
    services = {"web": {"build": build("app", args=args or {}, target=target)}}
    found = derived_filters(project("", services, there), ROOT, (), Detours(links or {}, repositories))
    return match_filters(json.dumps(found), [(path, "modified") for path in paths])["web"]


@pytest.mark.parametrize(
    ("lines", "taken", "beside"),
    [
        ("COPY src /", ["src", "src/a", "src/.b/c"], ["README.md", "srcs", "src.py", "lib/src"]),
        ("COPY src/a.py lib/ /", ["src/a.py", "lib/x/y"], ["src/b.py", "libs"]),
        ("COPY ./src/ /", ["src/a"], ["a"]),
        ("COPY ../src /a/..//lib /", ["src/a", "lib/a"], ["a"]),
        ("COPY . /", ["README.md", ".x/y"], []),
        ("COPY / /", ["README.md"], []),
        ("COPY *.py /", ["a.py", ".py", "x.py/y"], ["a.pyc", "src/a.py"]),
        ("COPY ** /", ["a", ".b", "src/a"], []),
        (
            "COPY src/*/a?.txt /",
            ["src/x/ab.txt", "src/.x/a😀.txt/y"],
            ["src/ab.txt", "src/x/y/ab.txt", "src/x/a.txt", "src/README.md"],
        ),
        ("COPY [ab]*.txt /", ["a.txt", "bc.txt"], ["c.txt", "src/a.txt"]),
        ("COPY a[.-/]c /", ["a.c", "a/c"], []),
        ("COPY src/[^a]b /", ["src/cb", "src/x/b"], ["cb"]),
        ('COPY ["src/\\\\\\\\**", "/"]', ["src/*a"], ["src/a"]),
        ('COPY ["a b", "[x]", "/"]', ["a b", "a b/c", "x"], ["a", "b", "y"]),
        ("COPY a@b(c)+{d,e} /", ["a@b(c)+{d,e}"], ["a@bc{d,e}", "d,e"]),
        ("COPY app/[[]id]/x /", ["app/[id]/x"], ["app/i/x"]),
        ("COPY !x '#y' /", ["!x", "#y"], ["y", "x"]),
        ("ARG V=src\nCOPY $V/a ${W:-lib} /", ["src/a", "lib/a"], ["src/b", "W"]),
        ("COPY a <<EOF /\nCOPY b /\nEOF", ["a"], ["b", "EOF"]),
        ("RUN <<EOF\nCOPY b /\nEOF\nCOPY a /", ["a"], ["b"]),
        ("ADD a.tgz https://x.org/b /", ["a.tgz"], ["b"]),
        ("RUN --mount=source=conf,target=/c make", ["conf/x"], ["x", "src/a"]),
        ("RUN --mount=type=bind,target=/c make", ["README.md"], []),
        ("RUN --mount=type=cache,source=conf,target=/c make", [], ["conf/x"]),
        ("COPY --from=other src /", [], ["src/a"]),
        ("COPY --chown=1:1 --link src /", ["src/a"], ["a"]),
        ("WORKDIR /src\nEXPOSE 80", [], ["src/a", "README.md"]),
    ],
)
def test_what_is_taken_hits_and_what_lies_beside_it_does_not(lines: str, taken: list[str], beside: list[str]) -> None:
    taken, beside = ([f"app/{path}" for path in paths] for paths in (taken, beside))
    assert hits(f"FROM scratch\n{lines}\n", *taken, *beside) == taken


@pytest.mark.parametrize(
    "text", ["# syntax=me/own\nFROM x", "FROM x\nCOPY $HOME /", "FROM x\nONBUILD COPY . /", 'FROM x\nCOPY "a b" /']
)
def test_where_it_is_not_certain_the_whole_context_hits(text: str) -> None:
    assert hits(f"{text}\n", "app/any/thing", "README.md") == ["app/any/thing"]


def test_an_image_whose_name_says_that_it_has_triggers_takes_the_whole_context() -> None:
    assert hits("FROM node:6-onbuild\n", "app/x") == ["app/x"]


STAGES = "FROM x AS build\nCOPY build /\nFROM x AS unused\nCOPY unused /\nFROM x\nCOPY --from=build / /\nCOPY last /\n"


def test_only_stages_that_are_reached_count() -> None:
    paths = ("app/build/x", "app/unused/x", "app/last/x")
    assert hits(STAGES, *paths) == ["app/build/x", "app/last/x"]
    assert hits(STAGES, *paths, target="unused") == ["app/unused/x"]


def test_build_arguments_count() -> None:
    assert hits("FROM x\nARG V=a\nCOPY $V /\n", "app/a", "app/b", args={"V": "b"}) == ["app/b"]


def test_the_dockerfile_and_the_ignore_files_hit_existing_or_not() -> None:
    paths = ("app/Dockerfile", "app/Dockerfile.dockerignore", "app/.dockerignore")
    assert hits("FROM x\n", *paths, "app/x.dockerignore", "Dockerfile") == list(paths)


def test_what_takes_the_place_of_a_directory_on_the_way_hits() -> None:
    text = "FROM x\nCOPY a/b/c d/*/e /\n"
    above = ["app", "app/a", "app/a/b", "app/d"]
    assert hits(text, *above, "app/d/x", "b") == above
    assert hits(text, "app/d/x", "app/a/y", "b", repositories=["app/d/x", "app/a/y", "b"]) == ["app/d/x"]


def test_links_on_the_way_lead_to_what_they_mean() -> None:
    links = {"app/now": "versions/2", "app/versions/2/conf": "/etc", "app/to-now": "now", "app/lib": "../shared"}
    assert hits(
        "FROM x\nCOPY now/conf /\n", "app/now", "app/versions/2/conf", "app/etc/x", "app/versions/2/x", links=links
    ) == [
        "app/now",
        "app/versions/2/conf",
        "app/etc/x",
    ]
    assert hits("FROM x\nCOPY to* /\n", "app/versions/2/x", "app/versions/1/x", links=links) == ["app/versions/2/x"]
    # As in the engine, no link leads out of the context.
    assert hits("FROM x\nCOPY lib /\n", "app/shared/x", "shared/x", links=links) == ["app/shared/x"]


def test_links_of_the_checkout_lead_to_what_they_mean() -> None:
    links = {"app": "real/app", "real/app/Dockerfile": "../x.Dockerfile", "away": "/etc", "abs": f"{ROOT}/data"}
    assert hits("FROM x\nCOPY src /\n", "app", "real/app/src/a", "real/x.Dockerfile", "real/app/b", links=links) == [
        "app",
        "real/app/src/a",
        "real/x.Dockerfile",
    ]
    services = {"db": {"image": "x", "volumes": [bind("abs", "/data")]}}
    assert derived_filters(project("", services, {}), ROOT, [ROOT / "app/compose.yaml"], Detours(links)) == {
        "db": ["abs", "data/**", "app", "real", "real/app", "real/app/compose.yaml"]
    }


@pytest.mark.parametrize("all_of_it", ["*", "**", "a\n**/*"])
def test_of_an_ignore_file_that_leaves_all_out_but_some_only_these_hit(all_of_it: str) -> None:
    ignore = f"{all_of_it}\n!src\n!*.lock\n!**/x.toml\nsrc/*.md\n"
    paths = ("app/src/a", "app/uv.lock", "app/b/x.toml", "app/README.md", "app/b/x")
    assert hits("FROM x\nCOPY . /\n", *paths, ignore=ignore) == list(paths[:3])


def test_an_ignore_file_that_brings_something_back_before_it_leaves_all_out_does_not_leave_all_out() -> None:
    ignore = "a\n!a/b\n*\n!c\n"
    assert not read_ignore_file(ignore).excludes("a/b")
    assert hits("FROM x\nCOPY . /\n", "app/a/b", ignore=ignore) == ["app/a/b"]


@pytest.mark.parametrize(
    "ignore",
    ["*.md\n", "!src\n*\n", "*\n!s[r]c\n", "*\n!a**\n", "*\n!\\\ud800\n", "*\n!.\n", "*\n!a/..\n", "*\n!../x\n"],
)
def test_another_ignore_file_leaves_nothing_out(ignore: str) -> None:
    assert hits("FROM x\nCOPY . /\n", "app/README.md", ignore=ignore) == ["app/README.md"]


MONOREPO = """\
FROM node:20 AS build
COPY package.json package-lock.json ./
COPY packages/shared packages/shared
COPY services/{0} services/{0}
FROM nginx
COPY --from=build /dist /
"""


def test_in_a_monorepo_whose_context_is_the_root_a_service_is_hit_by_its_own() -> None:
    names = ("api", "web", "worker")
    there = {f"services/{name}/Dockerfile": MONOREPO.format(name) for name in names} | {"package-lock.json": "{}"}
    services = {name: {"build": build("", dockerfile=f"services/{name}/Dockerfile")} for name in names}
    found = derived_filters(project("", services, there), ROOT, [ROOT / "compose.yaml"], Detours())
    paths = [*(f"services/{name}/src/index.js" for name in names), "packages/shared/x", "packages/other/x"]
    paths += ["package-lock.json", ".dockerignore", "README.md", "docs/x.md", "services/README.md"]
    matched = match_filters(json.dumps(found), [(path, "modified") for path in paths])
    hit = {path: [name for name in names if path in matched[name]] for path in paths}
    assert hit == {
        **{f"services/{name}/src/index.js": [name] for name in names},
        **{path: list(names) for path in ("packages/shared/x", "package-lock.json", ".dockerignore")},
        **{path: [] for path in ("packages/other/x", "README.md", "docs/x.md", "services/README.md")},
    }
