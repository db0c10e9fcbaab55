"""Globs mean what they mean to picomatch 2.3.1, and none of them takes for ever."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.ecmascript.units import to_units
from cispeed_tasks.plan.globs.matcher import compile_glob
from cispeed_tasks.plan.globs.translate import translate
from cispeed_tasks.plan.patterns import GlobPattern, glob_spec

CORPUS = Path(__file__).parent.parent / "data" / "picomatch" / "corpus.jsonl"


def corpus() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", corpus(), ids=lambda case: ascii(case["glob"]))
def test_a_glob_agrees_with_picomatch(case: dict[str, Any]) -> None:
    translation = translate(to_units(case["glob"]))
    assert (translation.source, translation.is_negated) == (to_units(case["source"]), case["negated"])
    matcher = compile_glob(case["glob"])
    assert [path for path in case["yes"] + case["no"] if matcher.matches(path)] == case["yes"]


@pytest.mark.parametrize(
    ("glob", "yes", "no"),
    [
        ("src/**", ["src", "src/a/b"], ["srcs", "a/src"]),
        ("**.md", ["a.md", "x/a.md"], ["a.mdx"]),
        ("!**.md", ["x/a.md"], ["a.md"]),
        ("[id].tsx", ["[id].tsx", "i.tsx"], ["id.tsx"]),
        ("!(docs/**|*.md)", ["docs/a/b", "src"], ["a.md"]),
        ("{1..10}", ["1", "0"], ["10", "2"]),
        ("a?", ["ab", "aé"], ["a😀", "a"]),
        ("*", [".gitignore", "a\nb"], ["..", "a/b", ""]),
        ("a(b", ["a(b"], ["ab"]),
    ],
)
def test_oddities_of_the_dialect(glob: str, yes: list[str], no: list[str]) -> None:
    assert [path for path in yes + no if compile_glob(glob).matches(path)] == yes


EXPLOSIVE = [
    "+(a*)*b",
    "*(*(*(*(a))))b",
    "*(+(a|aa))*b",
    "*a*a*a*a*a*a*a*a*a*a*b",
    "!(+(a|aa))b",
    "?(a)" * 40 + "b",
    "{a,aa}" * 40 + "b",
    "**/*a*/" * 12 + "b",
    "+(" + "|".join(f"a{number}*" for number in range(200)) + ")b",
]


@pytest.mark.parametrize("glob", EXPLOSIVE, ids=lambda glob: glob[:20])
def test_a_glob_that_explodes_in_a_backtracking_engine_ends_soon(glob: str) -> None:
    start = time.process_time()
    for path in ("a" * 40, "a" * 4000, "aa/" * 500 + "a"):
        assert not compile_glob(glob).matches(path)
    assert time.process_time() - start < 5


def test_a_deeply_nested_glob_matches() -> None:
    assert compile_glob("+(a" * 19 + ")" * 19).matches("a" * 19)
    assert compile_glob("(" * 59 + "a" + ")" * 59).matches("a")


def test_an_explosive_glob_still_finds_its_match() -> None:
    assert compile_glob("+(a*)*b").matches("a" * 3000 + "b")
    assert compile_glob("!(+(a|aa))b").matches("c" + "a" * 3000 + "b")


@pytest.mark.parametrize(
    ("glob", "path"),
    [("(a*)\\1\\1*b", "a" * 4000), ("(" * 70 + "a" + ")" * 70, "a"), ("a/" + "\\" * 4, "a"), ("", "a")],
    ids=["references", "nesting", "backslashes", "empty"],
)
def test_a_glob_that_nothing_can_be_done_with_is_named(glob: str, path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        compile_glob(glob).matches(path)
    assert repr(glob) in str(caught.value)


def test_a_glob_works_in_a_path_spec() -> None:
    spec = glob_spec(["src/**", "*.md"])
    assert list(spec.match_files(["src/a", "README.md", "docs/a.md"])) == ["src/a", "README.md"]
    assert spec.check_file("README.md").index == 1
    assert GlobPattern("a*") == GlobPattern("a*")
    assert repr(GlobPattern("a*")) == "GlobPattern('a*')"
