"""A Dockerfile's text and a context's paths, and what of them the image can hold."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.context_tree import ContextTree
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile
from cispeed_tasks.plan.inputs import RemoteSource, derive_inputs
from tests.plan.contexts import entries, inputs


@pytest.mark.parametrize(
    ("lines", "args", "files"),
    [
        ("ARG V=1\nCOPY d$V /", {}, ["d1"]),
        ("ARG V=1\nCOPY d$V /", {"V": "2"}, ["d2"]),
        ('ARG V="1"\nCOPY d${V} /', {}, ["d1"]),
        ("ARG V\nCOPY d$V /", {"V": "2"}, ["d2"]),
        ("ARG G\nCOPY d$G /", {}, ["d2"]),
        ("ARG G=1\nCOPY d$G /", {}, ["d1"]),
        ("COPY d$G* /", {}, ["d1", "d2"]),
        ("COPY d${V:-1} /", {}, ["d1"]),
        ("COPY d${V-$W}2 /", {}, ["d2"]),
        ("ARG V=x\nCOPY d${V:+2} /", {}, ["d2"]),
        ("ENV V=1\nCOPY d$V /", {}, ["d1"]),
        ("ENV V 1\nCOPY d$V /", {}, ["d1"]),
        ("ENV V=1 W='2'\nENV V=2 W=$V\nCOPY d$W /", {}, ["d1"]),
        ("ARG V=1 W=$V\nCOPY d$W /", {}, ["d1"]),
        ("ARG V=1\nENV V=$V\nCOPY d$V /", {}, ["d1"]),
        ("ARG V=1\nENV V=2\nCOPY d$V /", {}, ["d2"]),
        ("ENV V=1\nARG V=1\nCOPY d$V /", {}, ["d1"]),
        ("ENV V=1\nARG V\nCOPY d$V /", {}, ["d1"]),
        ("COPY d$V /\nARG V=1", {}, []),
        ("ARG V=1\nFROM scratch\nCOPY d$V /", {}, []),
        ("ARG V=1\nCOPY 'd$V' d\\$V /", {}, []),
        ("ARG V=1\nRUN --mount=source=d$V,target=/c make", {}, ["d1"]),
        ("ARG TARGETARCH\nCOPY d$TARGETARCH /", {"TARGETARCH": "1"}, ["d1"]),
    ],
)
def test_variables_in_sources_are_those_of_the_stage(lines: str, args: Mapping[str, str], files: list[str]) -> None:
    found = inputs(f"ARG G=2\nFROM scratch\n{lines}\n", "d1 d2", **args)
    assert (found.whole, list(found.files)) == (None, files)


def test_variables_are_inherited_by_the_stages_on_top() -> None:
    text = "FROM scratch AS one\nARG V=1\nENV W=2\nFROM one\nCOPY d$V d$W /\n"
    assert inputs(text, "d1 d2").files == ("d1", "d2")


def test_another_escape_character_is_used_in_words() -> None:
    assert inputs("# escape=`\nFROM scratch\nCOPY s`rc\\x `\n /\n", "src src\\x").files == ("src\\x",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("# syntax=me/frontend:1\nFROM scratch", "its syntax is not Docker's own but me/frontend:1"),
        ("# syntax=docker/dockerfile:2\nFROM scratch", "its syntax is not Docker's own but docker/dockerfile:2"),
        ("# syntax=docker/dockerfile:1.1\nFROM scratch", "its syntax is"),
        ("# syntax=docker/dockerfile-upstream:master\nFROM scratch", "its syntax is"),
        ("FROM x\nCOPY $HOME /", "line 2: COPY: the value of HOME is not known"),
        ("FROM scratch\nCOPY $PATH /", "line 2: COPY: the value of PATH is not known"),
        ("FROM scratch\nARG TARGETARCH\nCOPY d$TARGETARCH /", "line 3: COPY: the value of TARGETARCH is not known"),
        ("FROM scratch\nARG NONE\nCOPY d$NONE /", "line 3: COPY: the value of NONE is not known"),
        ("FROM scratch\nENV V=1\nARG V=2\nCOPY d$V /", "line 4: COPY: the value of V is not known"),
        ("FROM x\nENV V=$W\nCOPY d$V /", "line 3: COPY: the value of V is not known"),
        ("FROM scratch\nENV V='1\nCOPY d$V /", "line 3: COPY: the value of V is not known"),
        ("FROM scratch\nENV V=1\nCOPY d${V#x} /", "line 3: COPY: it uses a form of variable that is not understood"),
        ("FROM scratch\nCOPY d${V:?no} /", "line 2: COPY: a variable that must be set is not"),
        ("FROM scratch\nCOPY d$@ /", "line 2: COPY: it uses a special variable"),
        ("FROM scratch\nCOPY 'a b' /", "line 2: COPY: a quote is not closed"),
        ("FROM scratch\nCOPY a[ /", "line 2: COPY: its wildcards are not well-formed"),
        ("FROM scratch\nCOPY a[]b] /", "line 2: COPY: its wildcards are not well-formed"),
        ("FROM scratch\nCOPY a[-b] /", "line 2: COPY: its wildcards are not well-formed"),
        ("FROM scratch\nCOPY *1*2*3*4*5*6*7*8*9 /", "line 2: COPY: it has very many wildcards"),
        ("FROM scratch\nCOPY --parents a b /", "line 2: COPY: --parents is not understood here"),
        ("FROM scratch\nADD --from=a b /", "line 2: ADD: --from is not understood here"),
        ("FROM scratch\nRUN --shiny make", "line 2: RUN: --shiny is not understood here"),
        (
            "FROM scratch\nRUN --mount=type=new,target=/c make",
            "line 2: RUN: a mount of type new is not understood here",
        ),
        ("FROM x\nRUN --mount=source=$V,target=/c make", "line 2: RUN: the value of V is not known"),
        ('FROM x\nRUN --mount=source="a b",target=/c make', "line 2: RUN: a flag is quoted in an unusual way"),
        ("FROM x AS y\nFROM x\nCOPY --from='y' a /", "line 3: COPY: --from is written in an unusual way"),
        ("FROM x\nONBUILD COPY . /", "line 2: ONBUILD: what it will do is not known"),
        ("FROM x\nIMPORT a", "line 2: IMPORT: what it will do is not known"),
        ("FROM scratch\nCOPY a\xa0b /", "line 2: COPY: its words cannot be told apart"),
        ("FROM scratch\nCOPY a\udce9 /", "line 2: COPY: its words cannot be told apart"),
        ("FROM scratch\nCOPY [1] /", "line 2: COPY: its words cannot be told apart"),
        ('FROM scratch\nCOPY ["a", "/"] b', "line 2: COPY: its words cannot be told apart"),
        ("FROM scratch\nCOPY alone", "line 2: COPY: its words cannot be told apart"),
        ("ARG B\nFROM $B", "line 2: what FROM names is not known"),
        ("FROM x AS y\nFROM 'y'", "line 2: what FROM names is not known"),
    ],
)
def test_what_is_not_certain_takes_the_whole_context_and_says_why(text: str, reason: str) -> None:
    found = inputs(f"{text}\n", "a d1 d2", NONE=None)
    assert (found.whole or "").startswith(reason)
    assert found.files == ("a", "d1", "d2")


@pytest.mark.parametrize(
    "syntax",
    [
        "docker/dockerfile",
        "docker/dockerfile:1",
        "docker/dockerfile:1.7-labs",
        "docker.io/docker/dockerfile:1@sha256:0a",
    ],
)
def test_dockers_own_syntax_is_known(syntax: str) -> None:
    assert inputs(f"# syntax={syntax} with words\nFROM scratch\nCOPY a /\n", "a b").files == ("a",)


def test_the_syntax_can_come_as_a_build_argument() -> None:
    text = "# syntax=docker/dockerfile:1\nFROM scratch\n"
    assert inputs(text, "a", BUILDKIT_SYNTAX="me/own").whole == "its syntax is not Docker's own but me/own"
    assert inputs(text, "a", BUILDKIT_SYNTAX=None).whole == "its syntax is not Docker's own but not known"


def test_triggers_of_a_base_take_the_whole_context() -> None:
    found = derive_inputs(read_dockerfile("FROM x\nCOPY a /\n"), None, entries("a", "b"), {}, onbuild=True)
    assert (found.files, found.whole) == (("a", "b"), "a base image may bring ONBUILD instructions")


STAGES = """\
FROM debian AS system
COPY a /
FROM system AS deps
COPY --from=tools /t /t
COPY b /
FROM node AS unused
ONBUILD COPY . /
COPY . /
FROM deps
RUN --mount=from=cache,target=/c --mount=target=/s,source=c make
"""


def test_only_the_stages_that_are_reached_count() -> None:
    found = inputs(STAGES, "a b c d")
    assert (found.files, found.named, found.whole) == (("a", "b", "c"), ("debian", "tools", "cache"), None)
    assert inputs(STAGES, "a b c d", target="SYSTEM").files == ("a",)
    assert inputs(STAGES, "a b c d", target="unused").whole is not None
    with pytest.raises(ConfigError, match="the Dockerfile has no stage 'gone'"):
        inputs(STAGES, target="gone")


def test_when_something_is_not_certain_the_outside_of_all_stages_is_told() -> None:
    text = "FROM debian AS a\nADD http://c/d $E f /\nFROM node AS b\nFROM x\nCOPY --from='a' . /\nCOPY --from=y . /\n"
    found = inputs(text)
    assert set(found.named) == {"debian", "node", "x", "y", "'a'"}
    assert found.remotes == (RemoteSource("http://c/d"), RemoteSource("$E"))


def test_what_add_fetches_is_told_with_its_checksum() -> None:
    found = inputs(
        "FROM scratch\nARG V=2\nADD --checksum=sha256:0$V https://a/x-$V.tgz git@b:c.git /\nADD github.com/d f\\ile /\n",
        "file",
    )
    assert found.files == ("file",)
    assert found.remotes == (
        RemoteSource("https://a/x-2.tgz", "sha256:02"),
        RemoteSource("git@b:c.git", "sha256:02"),
        RemoteSource("github.com/d"),
    )


def test_one_tree_serves_many_dockerfiles() -> None:
    tree = ContextTree(entries("b", "a/x", "a-x", "a0"))
    for source, files in {
        "a": ("a", "a/x"),
        "a*": ("a", "a-x", "a/x", "a0"),
        ".": ("a", "a-x", "a/x", "a0", "b"),
    }.items():
        assert derive_inputs(read_dockerfile(f"FROM scratch\nCOPY {source} /\n"), None, tree, {}).files == files


WORDS = st.sampled_from(
    ["a", "b", "src", "*", "?", "[a-b]", "[", "\\", "'", '"', "$V", "${W:-", "}", "/", "..", " ", "<<E", "--x", "="]
)


@given(st.lists(WORDS, max_size=8).map("".join))
def test_any_line_is_derived_or_explained(line: str) -> None:
    try:
        dockerfile = read_dockerfile(f"FROM scratch\nARG V=a\nCOPY {line} /x/\n")
    except ConfigError:
        return
    found = derive_inputs(dockerfile, None, entries("a", "b", "src/a"), {})
    assert set(found.files) <= {"a", "b", "src", "src/a"}
    assert found.whole is None or len(found.files) == 4
