"""The combinations of a matrix, as GitHub's documentation has them."""

from __future__ import annotations

from typing import Any

import pytest

from cispeed_tasks.plan.expression_words import ExpressionError
from cispeed_tasks.plan.rehearse_matrix import combinations, label


def shown(matrix: Any) -> list[str]:
    return [" ".join(f"{key}={value}" for key, value in each.items()) for each in combinations(matrix)]


def test_the_last_vector_changes_first() -> None:
    assert shown({"a": [1, 2], "b": ["x", "y"]}) == ["a=1 b=x", "a=1 b=y", "a=2 b=x", "a=2 b=y"]


def test_what_is_excluded_need_not_be_named_whole() -> None:
    matrix = {"os": ["l", "w"], "v": [1, 2], "exclude": [{"os": "w"}, {"os": "l", "v": 2}, {"other": 1}]}
    assert shown(matrix) == ["os=l v=1"]


def test_githubs_own_example_of_include() -> None:
    matrix = {
        "fruit": ["apple", "pear"],
        "animal": ["cat", "dog"],
        "include": [
            {"color": "green"},
            {"color": "pink", "animal": "cat"},
            {"fruit": "apple", "shape": "circle"},
            {"fruit": "banana"},
            {"fruit": "banana", "animal": "cat"},
        ],
    }
    assert shown(matrix) == [
        "fruit=apple animal=cat color=pink shape=circle",
        "fruit=apple animal=dog color=green shape=circle",
        "fruit=pear animal=cat color=pink",
        "fruit=pear animal=dog color=green",
        "fruit=banana",
        "fruit=banana animal=cat",
    ]


def test_include_alone() -> None:
    assert shown({"include": [{"name": "a", "size": 1}, {"name": "b"}]}) == ["name=a size=1", "name=b"]


def test_what_is_excluded_can_be_included() -> None:
    assert shown({"v": [1], "exclude": [{"v": 1}], "include": [{"v": 1, "x": 2}]}) == ["v=1 x=2"]


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ("x", "a matrix is a mapping, not 'x'"),
        ({"v": "x"}, "matrix.v has to be a list, not 'x'"),
        ({"v": []}, "matrix.v is an empty list, of which GitHub makes no job but an error"),
        ({"v": [1], "exclude": [{"v": 1}]}, "the matrix has no combination, of which GitHub makes no job but an error"),
        ({"v": [1], "include": [1]}, "matrix.include has to be a list of mappings"),
    ],
)
def test_what_makes_no_job(matrix: Any, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        combinations(matrix)
    assert str(caught.value) == message


def test_labels() -> None:
    assert (
        label({"os": "linux", "v": 3.11, "x": {"name": "a", "deep": [1, True]}, "none": None})
        == "linux, 3.11, a, 1, true"
    )
