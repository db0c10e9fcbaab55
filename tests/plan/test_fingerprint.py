"""The fingerprint: what is in it, and how its differences are told."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from cispeed_tasks.plan.fingerprint import (
    Input,
    Record,
    combine,
    differences,
    digest,
    read_record,
    record_text,
    summary,
)

INPUTS = [
    Input("dockerfile", "Dockerfile", digest("FROM x")),
    Input("argument", "PASSWORD", digest("hunter2")),
    Input("file", "src/app.py", "file 644 abc"),
    Input("base", "images/node:1", "node 123"),
]
TEXT = st.text(max_size=6)


def record(*inputs: Input) -> Record:
    """What is remembered of an image with these inputs."""
    found = read_record(record_text(combine("web", inputs)))
    assert found is not None
    return found


def changed(*inputs: Input) -> list[str]:
    """What is said once the inputs above are these."""
    return differences(record(*INPUTS), combine("web", inputs))


def test_nothing_changed() -> None:
    assert combine("web", INPUTS).value == combine("web", reversed(INPUTS)).value
    assert changed(*INPUTS) == []
    assert summary([]) == "nothing changed"


def test_what_changed_is_said_in_the_users_words_what_matters_most_first() -> None:
    found = changed(
        Input("file", "src/app.py", "file 755 abc"),
        Input("file", "src/new.py", "file 644 abc"),
        Input("base", "images/node:1", "node 124"),
        Input("argument", "PASSWORD", digest("hunter3")),
    )
    assert found == [
        "base images/node:1 changed",
        "Dockerfile is gone",
        "build argument PASSWORD changed",
        "src/app.py changed",
        "src/new.py is new",
    ]
    assert summary(found) == "base images/node:1 changed (and 4 more)"


def test_a_period_that_is_over_is_no_change_of_a_file() -> None:
    old = record(Input("age", "base:1", "7"))
    assert differences(old, combine("web", [Input("age", "base:1", "8")])) == [
        "the time that base:1 may be kept is over"
    ]


def test_no_digest_in_a_record_tells_an_argument() -> None:
    text = record_text(combine("web", INPUTS))
    assert "hunter2" not in text
    assert ["argument", "PASSWORD", digest(INPUTS[1].state)[:3]] in json.loads(text)["inputs"]


def test_an_argument_whose_short_digest_is_the_same_is_still_a_change() -> None:
    old = record(*INPUTS)
    states = (str(number) for number in range(100_000))
    alike = next(s for s in states if digest(s)[:3] == digest(INPUTS[1].state)[:3])
    now = combine("web", [Input("argument", "PASSWORD", alike), *(one for one in INPUTS if one.kind != "argument")])
    assert differences(old, now) == ["a build argument changed"]


def test_a_damaged_record_is_none() -> None:
    good = record_text(combine("web", INPUTS))
    for text in ("", "{}", good[:40], good.replace('"schema": 1', '"schema": 0'), "[]", '{"schema": 1}'):
        assert read_record(text) is None


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=4), st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=4))
def test_other_inputs_give_another_fingerprint(
    one: list[tuple[str, str, str]], two: list[tuple[str, str, str]]
) -> None:
    first, second = (combine("web", [Input(*row) for row in rows]) for rows in (one, two))
    assert (first.value == second.value) == (sorted(one) == sorted(two))


@given(st.lists(st.one_of(st.none(), TEXT), max_size=4), st.lists(st.one_of(st.none(), TEXT), max_size=4))
def test_no_two_lists_of_parts_have_one_digest(one: list[str | None], two: list[str | None]) -> None:
    assert (digest(*one) == digest(*two)) == (one == two)
