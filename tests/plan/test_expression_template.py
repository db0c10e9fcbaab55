"""Texts with expressions in them, and conditions."""

from __future__ import annotations

from typing import Any

import pytest

from cispeed_tasks.plan.expression_evaluation import Scope
from cispeed_tasks.plan.expression_template import condition, fill_in, holds, pieces
from cispeed_tasks.plan.expression_words import ExpressionError
from cispeed_tasks.plan.rehearse_order import step_functions

CONTEXTS = {"matrix": {"n": 3, "os": "linux"}, "github": {"ref": "refs/heads/main"}, "needs": {"a": {"list": [1, 2]}}}


def scope(status: str = "success") -> Scope:
    return Scope(CONTEXTS, step_functions(status))


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("plain $HOME ${x} {{ y }}", "plain $HOME ${x} {{ y }}"),
        ("on ${{ matrix.os }}-${{matrix.n}}!", "on linux-3!"),
        ("${{ matrix.n }}", 3),
        (" ${{ needs.a.list }}\n", [1, 2]),
        ("${{ matrix.nothing }}", None),
        ("a${{ matrix.nothing }}b", "ab"),
        ("${{ 'a }} b' }}", "a }} b"),
        ("${{ 'it''s }}' }}/${{ matrix.n }}/${{ matrix.n }}", "it's }}/3/3"),
        ("${{ matrix.n == 3 }}${{ true }}", "truetrue"),
        (5, 5),
        (None, None),
        (["${{ matrix.n }}", {"${{ matrix.os }}": "x${{ matrix.n }}"}], [3, {"linux": "x3"}]),
    ],
)
def test_texts(written: Any, wanted: object) -> None:
    assert fill_in(written, scope()) == wanted


def test_a_line_break_in_an_expression() -> None:
    assert fill_in("${{\n  matrix.n\n  == 3 && 'a' ||\n 'b'\n}}", scope()) == "a"


@pytest.mark.parametrize(
    ("written", "in_success", "in_failure", "in_cancelled"),
    [
        ("success()", True, False, False),
        ("matrix.n == 3", True, False, False),
        ("${{ matrix.n == 3 }}", True, False, False),
        ("matrix.n == 4", False, False, False),
        ("always()", True, True, True),
        ("always() && matrix.n == 4", False, False, False),
        ("failure()", False, True, False),
        ("!cancelled()", True, True, False),
        ("${{ !cancelled() && matrix.os == 'LINUX' }}", True, True, False),
        ("cancelled() || failure()", False, True, True),
        ("contains('a', 'b') || always()", True, True, True),
        ("true", True, False, False),
        ("'false'", True, False, False),
    ],
)
def test_conditions(written: str, in_success: bool, in_failure: bool, in_cancelled: bool) -> None:
    found = [holds(written, scope(status)) for status in ("success", "failure", "cancelled")]
    assert found == [in_success, in_failure, in_cancelled]


@pytest.mark.parametrize(
    ("written", "offset", "message"),
    [
        ("a ${{ b", 2, "this ${{ has no }} behind it"),
        ("a ${{ b = c }}", 8, "'=' means nothing here; did you mean ==?"),
        ("${{ }}", 4, "the expression ends too early"),
    ],
)
def test_what_is_wrong_with_a_text(written: str, offset: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        list(pieces(written))
    assert (caught.value.offset, str(caught.value)) == (offset, message)


def test_a_condition_is_one_expression() -> None:
    with pytest.raises(ExpressionError, match=r"^an `if` is one expression: put all of it into one \$\{\{ \}\}"):
        condition("${{ a }} == 'b'")


def test_what_cannot_be_evaluated_is_named() -> None:
    with pytest.raises(ExpressionError, match=r"^\$\{\{ fromJSON\(matrix\.os\) \}\}: fromJSON: 'linux' is no JSON"):
        fill_in("x ${{ fromJSON(matrix.os) }}", scope())
