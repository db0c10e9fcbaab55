"""Whatever the globs and paths: every way to match them gives the same answer, and soon."""

from __future__ import annotations

import time
from contextlib import suppress

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.ecmascript.automaton import Automaton
from cispeed_tasks.plan.ecmascript.backtracking import Backtracker, TooManyStepsError
from cispeed_tasks.plan.ecmascript.nodes import has_reference
from cispeed_tasks.plan.ecmascript.units import to_units
from cispeed_tasks.plan.filters import Filter, FilterMatcher, Rule
from cispeed_tasks.plan.glob_search import GlobSearch
from cispeed_tasks.plan.globs.matcher import compile_glob
from cispeed_tasks.plan.globs.ordinary import is_ordinary
from cispeed_tasks.plan.globs.shapes import find_shape

SEGMENTS = st.sampled_from(
    ["a", "b", "ab", ".a", "a.js", "x.md", "src", "..", "é", "😀", "a b", "", "a\nb", "-", "[a]"]
)
PATHS = st.lists(SEGMENTS, min_size=1, max_size=5).map("/".join)
PIECES = st.sampled_from(
    [
        *(
            "a",
            "b",
            "src",
            ".js",
            "x.md",
            "é",
            "/",
            "/",
            ".",
            "*",
            "**",
            "**/",
            "/**",
            "?",
            "[ab]",
            "[^a]",
            "[[:alpha:]]",
        ),
        *("!", "!(", "@(", "+(", "*(", "?(", "(", ")", ")", "|", "{a,b}", "{1..3}", "{", ",", "}", '"', "^", "$", "\\"),
    ],
)
GLOBS = st.lists(PIECES, min_size=1, max_size=9).map("".join)
NAMES = st.sampled_from(["a", "b", "src", ".a", "a.js", "x.md", "-", "a b", "@a"])
ENDS = st.sampled_from(["**", "**/*", "**/*.js", "**/*.md", "**/*", "**/a", "**/x.md", "a.js", "src"])
SHAPED = st.builds(
    lambda sign, folders, end: sign + "".join(f"{folder}/" for folder in folders) + end,
    st.sampled_from(["", "!"]),
    st.lists(NAMES, max_size=3),
    ENDS,
)


def one_by_one(glob: str, paths: list[str]) -> list[str]:
    matcher = compile_glob(glob)
    return [path for path in paths if matcher.matches(path)]


@given(globs=st.lists(GLOBS | SHAPED | PATHS.filter(bool), max_size=6), paths=st.lists(PATHS, max_size=30))
def test_many_paths_match_as_they_do_one_by_one(globs: list[str], paths: list[str]) -> None:
    search = GlobSearch(paths)
    for glob in globs:
        try:
            expected = one_by_one(glob, paths)
        except ConfigError:
            continue
        assert search.paths(search.matching(glob)) == expected


@given(glob=SHAPED, paths=st.lists(PATHS, min_size=1, max_size=30))
def test_a_shape_means_what_its_regular_expression_means(glob: str, paths: list[str]) -> None:
    assert find_shape(glob.removeprefix("!")) is not None
    paths = [path for path in paths if is_ordinary(path)]
    search = GlobSearch(paths)
    assert search.paths(search.matching(glob)) == one_by_one(glob, paths)


@given(glob=GLOBS, path=PATHS)
@settings(deadline=5000)
def test_every_engine_gives_the_same_answer(glob: str, path: str) -> None:
    try:
        matcher = compile_glob(glob)
    except ConfigError:
        assume(False)
    units = to_units(path)
    assume(matcher.node is not None and units not in {"", matcher.glob})
    assert matcher.node is not None
    expected = matcher.matches(path)
    if not has_reference(matcher.node):
        assert Automaton(matcher.node).search(units) == expected
    try:
        assert Backtracker(matcher.node).search(units) == expected
    except TooManyStepsError:
        return


@given(glob=GLOBS, letter=st.sampled_from("ab/."), count=st.integers(0, 300))
@settings(deadline=None)
def test_every_glob_ends_in_bounded_time(glob: str, letter: str, count: int) -> None:
    start = time.process_time()
    with suppress(ConfigError):
        compile_glob(glob).matches(letter * count + "x")
    assert time.process_time() - start < 5


STATUSES = st.sampled_from(["added", "modified", "deleted"])
RULES = st.builds(
    Rule,
    st.lists(SHAPED | st.sampled_from(["!a", "!!a", "*", "a", "{a,b}/**"]), max_size=3).map(tuple),
    st.none() | st.frozensets(STATUSES),
)


def naive(rules: tuple[Rule, ...], path: str, status: str, quantifier: str) -> bool:
    """The quantifiers as paths-filter's documentation words them."""
    applicable = [rule for rule in rules if rule.statuses is None or status in rule.statuses]
    if quantifier == "some-with-excludes":
        patterns = [compile_glob(pattern) for rule in applicable for pattern in rule.patterns]
        is_excluded = any(each.is_negated and not each.matches(path) for each in patterns)
        return not is_excluded and any(not each.is_negated and each.matches(path) for each in patterns)
    hits = [rule in applicable and any(compile_glob(each).matches(path) for each in rule.patterns) for rule in rules]
    return all(hits) if quantifier == "every" else any(hits)


@given(
    rules=st.lists(RULES, max_size=4).map(tuple),
    files=st.lists(st.tuples(PATHS, STATUSES), max_size=20),
    quantifier=st.sampled_from(["some", "every", "some-with-excludes"]),
)
def test_filters_match_as_their_rules_do_file_by_file(
    rules: tuple[Rule, ...], files: list[tuple[str, str]], quantifier: str
) -> None:
    expected = [path for path, status in files if naive(rules, path, status, quantifier)]
    assert FilterMatcher(files).match(Filter("f", rules), quantifier) == expected
