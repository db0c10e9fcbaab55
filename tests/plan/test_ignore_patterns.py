"""An ignore file's text and the paths that it leaves out, as the engine's own matcher has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cispeed_tasks.plan.ignore_patterns import ignore_patterns, read_ignore_file


def left_out(text: str, *paths: str) -> list[str]:
    ignore = read_ignore_file(text)
    return [path for path in paths if ignore.excludes(path)]


@pytest.mark.parametrize(
    ("pattern", "out", "kept"),
    [
        ("foo", ["foo", "foo/a", "foo/a/b"], ["a/foo", "foo2", "Foo"]),
        ("foo/", ["foo", "foo/a"], ["a/foo"]),
        ("/foo", ["foo", "foo/a"], ["a/foo"]),
        ("./a//b/../foo", ["a/foo"], ["foo", "a/b"]),
        ("*.md", ["a.md", ".md", "a.md/x"], ["docs/a.md", "a.mdx"]),
        ("*/*.md", ["docs/a.md"], ["a.md", "docs/x/a.md"]),
        ("**/*.md", ["a.md", "docs/a.md", "docs/x/a.md"], ["amd"]),
        ("**/foo", ["foo", "a/foo", "a/b/foo/c"], ["afoo", "a/foo2"]),
        ("**foo", ["foo", "afoo", "a/foo"], ["foo2"]),
        ("foo/**", ["foo/a", "foo/a/b"], ["foo", "foo2"]),
        ("foo/**/bar", ["foo/bar", "foo/a/bar", "foo/a/b/bar/c"], ["bar", "foo/xbar"]),
        ("foo**", ["foo", "foo2", "foo/a", "foo2/a"], ["a/foo"]),
        ("**", ["a", "a/b"], []),
        ("*", ["a", ".a", "a/b"], []),
        ("a?c", ["abc"], ["a/c", "ac", "abbc"]),
        ("a[b-d]e", ["abe", "ade/x"], ["aee", "a-e"]),
        ("a[^b]c", ["axc"], ["abc"]),
        ("[a-]x", ["ax", "-x"], ["bx"]),
        (r"a\*c", ["a*c"], ["abc"]),
        (r"\!a", ["!a"], ["a"]),
        ("a.c+(x)|{y}$", ["a.c+(x)|{y}$"], ["abc+(x)|{y}$"]),
        ("a.c*", ["a.cd"], ["abcd"]),
        ("**/.env*", [".env", "a/.env.local"], ["env"]),
        (" a b ", ["a b"], ["a"]),
        ("a#b", ["a#b"], ["a"]),
        (" #b", ["#b"], ["b"]),
        ("..", [], ["a", "..a"]),
        (".", [], ["a", ".a"]),
        ("/", [], ["a"]),
        ("a/..", [], ["a"]),
        ("[*]", [], ["*", "a", "ab"]),
        ("^a*", ["ab"], ["^ab"]),
        ("^a", ["^a"], ["a"]),
    ],
)
def test_a_pattern_leaves_out(pattern: str, out: list[str], kept: list[str]) -> None:
    assert left_out(pattern, *out, *kept) == out


@pytest.mark.parametrize(
    ("text", "out", "kept"),
    [
        ("*\n!a", ["b", "b/c"], ["a", "a/x"]),
        ("*.md\n!README.md\nREADME.md", ["README.md"], []),
        ("b\n!b/y/z", ["b", "b/x", "b/y", "b/y/w"], ["b/y/z", "b/y/z/1"]),
        ("b\n! b/y", ["b", "b/x"], ["b/y", "b/y/w"]),
        ("b\n!/b/y/", ["b/x"], ["b/y/w"]),
        ("**\n!**/*.py\n**/test_*", ["a.txt", "a/test_x.py"], ["a.py", "a/b.py"]),
        ("a\n!a/b\na", ["a", "a/c"], ["a/b"]),
        ("!a\na", ["a"], []),
        ("# a\n#!b\n\n  \nc", ["c"], ["a", "b", "# a"]),
        ("\ufeffa\r\nb\r\n", ["a", "b"], ["\ufeffa"]),
        ("\ufeff#a\n", [], ["#a", "a"]),
        ("\xa0a\u3000\n\x1fb", ["a", "\x1fb"], ["b"]),
    ],
)
def test_the_last_pattern_that_matches_decides(text: str, out: list[str], kept: list[str]) -> None:
    assert left_out(text, *out, *kept) == out


@pytest.mark.parametrize(
    "pattern", ["[", "a[", r"a\d*", "[[:alpha:]]", "[z-a]", "x\ud800*", "*a*b*c*d*e*f*g*h*i*j", "a*\\"]
)
def test_what_is_not_understood_leaves_nothing_out_and_brings_everything_back(pattern: str) -> None:
    paths = ("a", "a5", "b/c", "x\ud800y")
    assert left_out(pattern, *paths) == []
    assert left_out(f"**\n!{pattern}", *paths) == []
    assert read_ignore_file(f"**\n!{pattern}").may_keep_below("any/where")


@pytest.mark.parametrize("text", ["!", "!/", "! ", ""])
def test_a_lone_exclamation_mark_is_nothing(text: str) -> None:
    assert read_ignore_file(text).patterns == ()


@pytest.mark.parametrize(
    ("text", "directory", "expected"),
    [
        ("a", "a", False),
        ("a\n!a/b/c", "a", True),
        ("a\n!a/b/c", "a/b", True),
        ("a\n!a/b/c", "a/x", False),
        ("a\n!a/b/c", "a/b/c", False),
        ("*\n!*/package.json", "node_modules", True),
        ("*\n!*/package.json", "node_modules/x", False),
        ("*\n!src/**", "src/x", True),
        ("*\n!src/**", "node_modules", False),
        ("*\n!**/*.py", "node_modules/x/y", True),
        ("*\n!s[/]c", "s", True),
        ("*\n!s[/]c", "t", True),
        ("*\n!a/s[b]c", "b", False),
    ],
)
def test_a_directory_is_pruned_when_nothing_below_can_come_back(text: str, directory: str, expected: bool) -> None:
    assert read_ignore_file(text).may_keep_below(directory) is expected


def test_patterns_of_a_flag_keep_the_slash_in_front_and_the_hash() -> None:
    assert not ignore_patterns(["/a"]).excludes("a")
    assert ignore_patterns(["#a"]).excludes("#a")
    assert ignore_patterns(["//a", "a/../b/"]).excludes("b")


PIECES = st.sampled_from(
    ["a", "b", "ab", ".", "..", "*", "**", "?", "[ab]", "[^a]", "!", "/", "\\*", "a*", "*b", "#", " "]
)
LINES = st.lists(PIECES, min_size=1, max_size=5).map("".join)
NAMES = st.sampled_from(["a", "b", "ab", "ba", "*", ".a", "a b"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


@given(st.lists(LINES, max_size=5).map("\n".join), st.lists(PATHS, max_size=20))
def test_pruning_never_hides_what_is_taken(text: str, paths: list[str]) -> None:
    ignore = read_ignore_file(text)
    for path in paths:
        parts = path.split("/")
        above = ["/".join(parts[:count]) for count in range(1, len(parts))]
        pruned = any(ignore.excludes(directory) and not ignore.may_keep_below(directory) for directory in above)
        assert not pruned or ignore.excludes(path)


@given(st.text(max_size=30), st.text(min_size=1, max_size=10))
def test_any_text_is_read_and_any_path_decided_the_same_way_twice(text: str, path: str) -> None:
    assert read_ignore_file(text).excludes(path) is read_ignore_file(text).excludes(path)


@given(st.lists(LINES, max_size=4), PATHS)
def test_one_more_exception_at_the_end_never_leaves_more_out(lines: list[str], path: str) -> None:
    before, after = read_ignore_file("\n".join(lines)), read_ignore_file("\n".join([*lines, "!a*"]))
    assert before.excludes(path) or not after.excludes(path)
