"""Pairs of patterns, and whether one path may match both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cispeed_tasks.plan.ignore_patterns import ignore_patterns
from cispeed_tasks.plan.pattern_overlap import may_overlap


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("data", "data/sub", True),
        ("data/sub", "data", True),
        ("data", "database", False),
        ("dist", "d*", True),
        ("**/node_modules", "web/node_modules/x", True),
        ("**/node_modules", "src", False),
        ("**/.env.*", ".env*", True),
        ("**/*.pem", "*.pem", True),
        ("**/*.pem", "certs/ca.crt", False),
        ("**/.venv", ".*", True),
        ("a", "*", True),
        ("*" * 3 + "a*b*c*d*e*f*g", "z", True),
    ],
)
def test_what_may_match_the_same_path(one: str, other: str, expected: bool) -> None:
    assert may_overlap(one, other) is expected
    assert may_overlap(other, one) is expected


NAMES = st.sampled_from(["a", "b", "ab", ".e", "**", "*", "a*", "*b", "?"])
PATTERNS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)


@given(PATTERNS, st.lists(st.sampled_from(["a", "b", "ab", ".e"]), min_size=1, max_size=3).map("/".join))
def test_a_path_that_a_pattern_leaves_out_overlaps_with_it(pattern: str, path: str) -> None:
    assert may_overlap(pattern, path) or not ignore_patterns([pattern]).excludes(path)
