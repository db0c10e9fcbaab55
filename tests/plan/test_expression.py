"""GitHub's expression language: values, operators, functions, filters, and what is wrong with an expression."""

from __future__ import annotations

import math
from typing import Any

import pytest

from cispeed_tasks.plan.expression import parse
from cispeed_tasks.plan.expression_evaluation import Scope, evaluate
from cispeed_tasks.plan.expression_values import CaseSensitive, text
from cispeed_tasks.plan.expression_words import ExpressionError

CONTEXTS: dict[str, Any] = {
    "github": {
        "ref": "refs/heads/main",
        "event": {
            "labels": [{"name": "Bug", "id": 1}, {"name": "help"}, {"id": 3}],
            "fruits": {"apple": {"n": [1, 2]}, "pear": {"n": [3]}, "seed": 4},
        },
        "none": None,
        "empty": "",
    },
    "env": CaseSensitive({"A": "1"}),
    "needs": {"a": {"result": "success"}, "b": {"result": "failure", "outputs": {"list": '["x", "y"]'}}},
}


def value(expression: str) -> Any:
    return evaluate(parse(expression), Scope(CONTEXTS))


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("null", None),
        ("true", True),
        ("711", 711),
        ("-9.2", -9.2),
        ("0xff", 255),
        ("0o17", 15),
        ("-2.99e-2", -0.0299),
        (".5", 0.5),
        ("'Mona the Octocat'", "Mona the Octocat"),
        ("'It''s open source, isn''t it?'", "It's open source, isn't it?"),
        ("''", ""),
        ("Infinity", math.inf),
    ],
)
def test_literals(expression: str, wanted: object) -> None:
    assert value(expression) == wanted
    assert math.isnan(value("NaN"))


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        # Of two kinds, both become numbers.
        ("null == 0", True),
        ("null == ''", True),
        ("true == 1", True),
        ("true == '1'", True),
        ("false == ''", True),
        ("'0x10' == 16", True),
        ("' 7 ' == 7", True),
        ("'seven' == 7", False),
        ("'seven' != 7", True),
        ("'true' == true", False),
        # Texts are the same in any case.
        ("'MAIN' == 'main'", True),
        ("'a' < 'B'", True),
        ("'10' < '9'", True),
        ("10 < 9", False),
        # NaN equals nothing, and is neither greater nor less.
        ("NaN == NaN", False),
        ("NaN != NaN", True),
        ("'x' >= 1", False),
        ("'x' < 1", False),
        # Collections equal nothing but themselves.
        ("github.event == github.event", True),
        ("fromJSON('[1]') == fromJSON('[1]')", False),
        ("github.event == 1", False),
        ("github.event > github.event", False),
        ("null < null", False),
        ("null >= null", True),
        ("false < true", True),
    ],
)
def test_comparisons(expression: str, wanted: bool) -> None:
    assert value(expression) is wanted


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("true || false && false", True),
        ("(true || false) && false", False),
        ("!true || true", True),
        ("!false == true", True),
        ("1 < 2 == true", True),
        ("1 == 1 == 1", True),
        ("3 > 2 > 1", False),
        ("false == 1 > 2", True),
        ("!!'x'", True),
    ],
)
def test_precedence(expression: str, wanted: bool) -> None:
    assert value(expression) is wanted


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("'a' && 'b'", "b"),
        ("'' && 'b'", ""),
        ("'a' || 'b'", "a"),
        ("0 || null || 'last'", "last"),
        ("NaN || 'number'", "number"),
        ("github.ref == 'refs/heads/main' && 'yes' || 'no'", "yes"),
        ("false && fromJSON('no JSON')", False),
        ("true || fromJSON('no JSON')", True),
        ("fromJSON('{}') && 'an empty mapping is true'", "an empty mapping is true"),
    ],
)
def test_and_and_or_give_one_of_their_values(expression: str, wanted: object) -> None:
    assert value(expression) == wanted


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("github.ref", "refs/heads/main"),
        ("GitHub['REF']", "refs/heads/main"),
        ("github.event.labels[0].name", "Bug"),
        ("github.event.labels['1'].name", "help"),
        ("github.event.labels[7].name", None),
        ("github.event.labels[-1]", None),
        ("github.nothing.at.all", None),
        ("github.ref.x", None),
        ("env.A", "1"),
        ("env.a", None),
        ("github.event.labels.*.name", ["Bug", "help"]),
        ("github.event.labels[*].id", [1, 3]),
        ("github.event.fruits.*.n", [[1, 2], [3]]),
        ("github.event.fruits.*.n[0]", [1, 3]),
        ("github.event.fruits.*.n.*", [1, 2, 3]),
        ("needs.*.result", ["success", "failure"]),
        ("github.ref.*", []),
        ("fromJSON(needs.b.outputs.list)[1]", "y"),
        ("needs.a.outputs.list", None),
    ],
)
def test_properties_elements_and_filters(expression: str, wanted: object) -> None:
    assert value(expression) == wanted


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("contains('Hello world', 'LLO')", True),
        ("contains(github.event.labels.*.name, 'bug')", True),
        ("contains(github.event.labels.*.name, 'ug')", False),
        ("contains(fromJSON('[1, null]'), '1')", True),
        ("contains('a1', 1)", True),
        ("contains(github.event, 'x')", False),
        ("contains(needs.*.result, 'failure')", True),
        ("startsWith('Hello world', 'he')", True),
        ("startsWith(github.ref, 'refs/tags/')", False),
        ("ENDSWITH('Hello world', 'LD')", True),
        ("endsWith(fromJSON('[]'), '')", False),
        ("format('Hello {0} {1} {0}', 'Mona', 1)", "Hello Mona 1 Mona"),
        ("format('{{Hello {0}!}}', 'Mona')", "{Hello Mona!}"),
        ("format('{0}{1}{2}', true, null, 1.50)", "true1.5"),
        ("join(github.event.labels.*.name, ', ')", "Bug, help"),
        ("join(fromJSON('[1, true, null]'))", "1,true,"),
        ("join('alone', '-')", "alone"),
        ('toJSON(fromJSON(\'{"a": [1, null, "é"]}\'))', '{\n  "a": [\n    1,\n    null,\n    "é"\n  ]\n}'),
        ("toJSON('a')", '"a"'),
        ("toJSON(1.0)", "1"),
        ("fromJSON('true')", True),
        ("fromJSON('1.5e1')", 15.0),
        ("case(github.ref == 'x', 'first', true, 'second', 'last')", "second"),
        ("case(false, 1, 2)", 2),
    ],
)
def test_functions(expression: str, wanted: object) -> None:
    assert value(expression) == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (None, ""),
        (True, "true"),
        (3, "3"),
        (3.0, "3"),
        (1.2, "1.2"),
        (0.1 + 0.2, "0.3"),
        (-0.0, "0"),
        (math.nan, "NaN"),
        (-math.inf, "-Infinity"),
        ([1], "Array"),
        ({}, "Object"),
    ],
)
def test_values_in_a_text(given: object, wanted: str) -> None:
    assert text(given) == wanted


@pytest.mark.parametrize(
    ("expression", "offset", "message"),
    [
        ("", 0, "the expression ends too early"),
        ("a ==", 4, "the expression ends too early"),
        ("a b", 2, "'b' is not expected here; the expression should end before it"),
        ("(a", 2, "the expression ends too early; ')' is missing before it"),
        ("a[1", 3, "the expression ends too early; ']' is missing before it"),
        ("a.'b'", 2, "\"'b'\" is not expected here; the name of a property belongs here"),
        ("a = b", 2, "'=' means nothing here; did you mean ==?"),
        ("a & b", 2, "'&' means nothing here; did you mean &&?"),
        ('a == "b"', 5, "'\"b\"' means nothing here; text stands between single quotes"),
        ("'open", 0, "this text has no end; a ' in it is written twice"),
        ("1abc", 0, "'1abc' is no number"),
        ("a + 1", 2, "'+' is no number"),
        ("length(a)", 0, "there is no function length"),
        ("x || contains('a')", 5, "contains takes 2 arguments, and has 1"),
        ("join()", 0, "join takes 1 or 2 arguments, and has 0"),
        ("case(true, 1, false, 2)", 0, "case takes an odd number of arguments, at least 3, and has 4"),
        ("always('x')", 0, "always takes 0 arguments, and has 1"),
        ("format()", 0, "format takes at least 1 argument, and has 0"),
        ("!" * 3 + "(" * 60, 50, "it is nested more than 50 deep"),
        ("!" * 3000, 500, "it is longer than 500 words"),
        ("1" + " || 1" * 500, 1250, "it is longer than 500 words"),
    ],
)
def test_what_is_wrong_and_where(expression: str, offset: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(expression)
    assert (caught.value.offset, str(caught.value)) == (offset, message)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("matrix.x", "there is no context 'matrix' here"),
        ("success()", "the function success is not available here"),
        ("fromJSON('')", "fromJSON: the text is empty"),
        ("fromJSON('[1')", "fromJSON: '[1' is no JSON: Expecting ',' delimiter: line 1 column 3 (char 2)"),
        ("fromJSON('NaN')", "fromJSON: 'NaN' is no JSON: NaN is no JSON"),
        ("format('{0} {1}', 1)", "format: '{0} {1}' names {1}, and there is no such argument"),
        ("format('{', 1)", "format: a { in '{' stands alone; write it twice"),
        ("case('x', 1, 2)", "case: a condition has to be true or false"),
    ],
)
def test_what_cannot_be_evaluated(expression: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        value(expression)
    assert str(caught.value) == message
