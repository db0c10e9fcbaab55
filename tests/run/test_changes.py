"""Filters and lists of files answer as dorny/paths-filter answers, and faults are told where they are."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from cispeed_tasks.errors import ConfigError, UsageError
from cispeed_tasks.run.changes import format_files, match_filters

DATA = Path(__file__).parent.parent / "data" / "paths-filter"


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    "case", lines("cases-real.jsonl") + lines("cases-generated.jsonl"), ids=lambda case: str(case["id"])
)
def test_filters_agree_with_paths_filter(case: dict[str, Any]) -> None:
    files = [(file["path"], file["status"]) for file in case["files"]]
    if case.get("error"):
        with pytest.raises(ConfigError, match=r"\Afilters:\d+:\d+: "):
            match_filters(case["filters_yaml"], files, quantifier=case["quantifier"])
        return
    matched = match_filters(case["filters_yaml"], files, quantifier=case["quantifier"])
    assert list(matched.items()) == list(case["expected"].items())


@pytest.mark.parametrize("case", lines("listfiles.jsonl"), ids=lambda case: str(case["id"]))
def test_lists_agree_with_paths_filter(case: dict[str, Any]) -> None:
    expected = {style: case[style] for style in ("csv", "json", "shell", "escape")} | case.get("v403_derived", {})
    if "upstream_bug" in case:
        # paths-filter tears such a name apart; the shell gets it whole from us.
        assert shlex.split(format_files(case["files"], "escape")) == case["files"]
        del expected["escape"]
    assert {style: format_files(case["files"], style) for style in expected} == expected
    assert format_files(case["files"], "none") == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("f: 5\n", "filters:1:4: a pattern is text, not the number 5; put quotes around it if it is a name"),
        ("f:\n  - true\n", "filters:2:5: a pattern is text, not true; put quotes around it if it is a name"),
        ("f:\n  - ''\n", "filters:2:5: pattern '': a pattern cannot be empty; take it out"),
        ("f:\n  - added: {}\n", "filters:2:12: a status has a pattern or a list of patterns, not a mapping"),
        ("f:\n  - added: [[a]]\n", "filters:2:13: a pattern is text, not a list"),
        ("~\n", "filters:1:1: filters are a mapping of names to patterns, not nothing"),
        ("src/**\n", "filters:1:1: filters are a mapping of names to patterns, not the text 'src/**'"),
        ("", "filters:1:1: the text is empty"),
        ("f: a\nf: b\n", "filters:2:1: the key 'f' is there already"),
        ("f:\n\t- a\n", "filters:2:2: tabs must not be used for indentation"),
        ("a: b\n---\nc: d\n", "filters:2:1: a second document begins here; one is expected"),
        ("f: &a [*a]\n", "filters:1:8: the alias *a is inside of what it stands for"),
        ("<<: a\n", "filters:1:1: only mappings can be merged by <<"),
        ('f: "\0"\n', "filters:1:5: the text holds a null character"),
        ('f: "\x01"\n', "filters:1:5: the text holds a control character"),
    ],
)  # fmt: skip
def test_a_fault_is_told_where_it_is(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        match_filters(text, [("a", "added")])
    assert str(caught.value) == message


@pytest.mark.parametrize("pattern", ["**/*.js", "!src/**", "*.md", "@x", "%x", "`x"])
def test_a_pattern_that_needs_quotes_gets_this_advice(pattern: str) -> None:
    with pytest.raises(ConfigError, match=r"\Afilters:2:5: .*put quotes around"):
        match_filters(f"f:\n  - {pattern}\n", [])


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        match_filters("b:\n  - 1\n0:\n  - ~\na: {x: y, z: 2}\n", [])
    places = [line.split(" ")[0] for line in str(caught.value).splitlines()]
    assert places == ["filters:2:5:", "filters:4:5:", "filters:5:14:"]


def test_lists_that_aliases_multiply_without_end_are_refused() -> None:
    levels = "".join(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 12))
    with pytest.raises(ConfigError, match="filter 'a5': aliases of lists"):
        match_filters(f"a0: &a0 []\n{levels}", [])


def test_an_unknown_quantifier_or_style_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown quantifier 'Some'; it is one of some, every, some-with-excludes"):
        match_filters("f: a\n", [], quantifier="Some")
    with pytest.raises(UsageError, match="unknown list format 'xml'; it is one of none, csv, json, shell, escape"):
        format_files([], "xml")


def test_excludes_are_final_and_only_for_their_statuses() -> None:
    text = "f:\n  - '!a/x'\n  - a/**\n  - a/x\n  - deleted: ['!a/y', b/*]\n"
    files = [("a/x", "added"), ("a/y", "added"), ("a/y", "deleted"), ("b/z", "deleted"), ("b/z", "added")]
    assert match_filters(text, files, quantifier="some-with-excludes") == {"f": ["a/y", "b/z"]}


def test_files_keep_their_order_and_number() -> None:
    files = [("b", "added"), ("a", "added"), ("b", "deleted"), ("c", "added")]
    assert match_filters("f: '[ab]'\n10: c\n9: '*'\n", files) == {
        "9": ["b", "a", "b", "c"],
        "10": ["c"],
        "f": ["b", "a", "b"],
    }
