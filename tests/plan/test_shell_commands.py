"""A shell line's text in, its commands out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cispeed_tasks.plan.shell_commands import Command, has_blocks, read_commands


def words(text: str) -> list[list[str]]:
    found = read_commands(text)
    assert found is not None, text
    return [[word.text for word in command.words] for command in found]


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("a b  c", [["a", "b", "c"]]),
        ("a && b || c; d | e & f", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]),
        ("a\nb", [["a"], ["b"]]),
        ("a 'b c' \"d 'e'\" f\\ g", [["a", "b c", "d 'e'", "f g"]]),
        ('a "x \\" y \\n"', [["a", 'x " y \\n']]),
        ("a '' b", [["a", "", "b"]]),
        ("a $B ${C} ${D:-e}", [["a", "$B", "${C}", "${D:-e}"]]),
        ("a > f 2>&1 &> g <h", [["a", "> f", "2>&1", "&> g", "<h"]]),
        ("a # b && c\nd", [["a"], ["d"]]),
        ("a x#y", [["a", "x#y"]]),
        ("a $(b c) d", [["a", "$(b c)", "d"]]),
        ("", []),
    ],
)
def test_words_and_operators(text: str, commands: list[list[str]]) -> None:
    assert words(text) == commands


@pytest.mark.parametrize(
    "text", ["(a)", "a <<EOF", "a `b`", "a 'b", 'a "b', "a \\", "a $(b $(c))", "a ${b", "f() { a; }"]
)
def test_what_is_not_understood_is_said(text: str) -> None:
    assert read_commands(text) is None


def command(text: str) -> Command:
    return (read_commands(text) or ())[-1]


def test_what_stands_in_front_of_a_name() -> None:
    found = command("if true; then A=1 B='2 3' /usr/bin/pip install x")
    assert (found.name, found.assigned, found.text) == ("pip", ("A", "B"), "/usr/bin/pip install x")
    assert command("A=1").name == ""


def test_variables_and_outputs_are_marked() -> None:
    assert [(w.has_variable, w.has_command) for w in command('a "$B" $(c) d').words] == [
        (False, False),
        (True, False),
        (False, True),
        (False, False),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a && b", True), ("a; b", True), ("a || b", False), ("a | b", False), ("a & b", False)],
)
def test_a_command_in_sequence(text: str, expected: bool) -> None:
    assert command(text).is_in_sequence is expected


@pytest.mark.parametrize("text", ["if a; then b; fi", "{ a; }", "for x in a; do b; done"])
def test_blocks(text: str) -> None:
    assert has_blocks(read_commands(text) or ())
    assert not has_blocks(read_commands("a && echo if") or ())


@given(st.text(alphabet="ab \\'\"$&|;#>\n()", max_size=30))
def test_words_stand_where_they_say(text: str) -> None:
    for found in read_commands(text) or ():
        ends = [(word.start, word.end) for word in found.words]
        assert ends == sorted(ends)
        for word in found.words:
            assert word.start < word.end <= len(text)
            if not any(char in text[word.start : word.end] for char in "\\'\""):
                assert text[word.start : word.end] == word.text
