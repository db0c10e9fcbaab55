"""A Dockerfile's text is read as the engine's own frontend reads it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cispeed_tasks.errors import ConfigError
from cispeed_tasks.plan.dockerfile import Instruction
from cispeed_tasks.plan.dockerfile_reader import read_dockerfile


def instructions(text: str) -> tuple[Instruction, ...]:
    return read_dockerfile(f"FROM x\n{text}").stages[0].instructions


def shown(text: str) -> list[tuple[int, str, str]]:
    """Line, keyword and rest of each instruction after a FROM in line 1."""
    return [(i.line, i.keyword, i.rest) for i in instructions(text)]


def test_directives_stand_at_the_top_and_their_names_have_any_case() -> None:
    read = read_dockerfile("# Syntax = docker/dockerfile:1.9 \n#escape=`\n# check=skip=all\nFROM x\n")
    assert (read.syntax, read.escape) == ("docker/dockerfile:1.9", "`")


@pytest.mark.parametrize("above", ["# a comment\n", "\n", "# maintainer=me\n", "FROM a\n"])
def test_a_directive_below_anything_else_is_a_comment(above: str) -> None:
    assert read_dockerfile(f"{above}# syntax=foreign\nFROM x\n").syntax is None


def test_another_escape_character_continues_lines() -> None:
    read = read_dockerfile("# escape=`\nFROM x\nCOPY a `\n  C:\\\nRUN b\n")
    assert [(i.keyword, i.words()) for i in read.stages[0].instructions] == [("COPY", ("a", "C:\\")), ("RUN", ("b",))]


def test_continued_lines_are_joined_and_comments_and_empty_lines_in_them_left_out() -> None:
    text = "RUN a \\\n  # why\n\n && b \\  \n && c\nRUN d\n"
    assert [(line, keyword, rest.split()) for line, keyword, rest in shown(text)] == [
        (2, "RUN", ["a", "&&", "b", "&&", "c"]),
        (7, "RUN", ["d"]),
    ]


def test_a_doubled_backslash_is_no_continuation() -> None:
    assert shown("RUN echo \\\\\nRUN b\n") == [(2, "RUN", "echo \\\\"), (3, "RUN", "b")]


def test_a_backslash_at_the_end_of_the_file_continues_nothing() -> None:
    assert shown("RUN a \\") == [(2, "RUN", "a")]


def test_the_source_keeps_what_was_written() -> None:
    assert instructions("RUN a \\\n  # why\n  b\n")[0].source == "RUN a \\\n  # why\n  b"


def test_bom_carriage_returns_and_lowercase_keywords_are_read() -> None:
    read = read_dockerfile("\ufefffrom a as Base\r\nrun x \\\r\n  y\r\ncopy a b\r\n")
    assert (read.stages[0].base, read.stages[0].name) == ("a", "Base")
    assert [(i.keyword, i.words()) for i in read.stages[0].instructions] == [("RUN", ("x", "y")), ("COPY", ("a", "b"))]


def test_only_a_line_feed_ends_a_line() -> None:
    assert shown("RUN printf '\x0c\x85\u2028 RUN'\n")[0][2] == "printf '\x0c\x85\u2028 RUN'"


HEREDOCS = """\
RUN <<EOF
FROM inside
EOF
RUN python3 - <<-'PY' > /log && cat
\tprint("EOF")
\tPY
COPY <<a <<"b" /etc/
1
a
2
b
RUN end
"""


def test_heredocs_belong_to_their_instruction() -> None:
    assert [(i.line, i.keyword, i.heredocs) for i in instructions(HEREDOCS)] == [
        (2, "RUN", ("FROM inside",)),
        (5, "RUN", ('\tprint("EOF")',)),
        (8, "COPY", ("1", "2")),
        (13, "RUN", ()),
    ]


def test_a_heredoc_in_a_continued_line_starts_after_it() -> None:
    found = instructions("RUN <<A \\\n  cat\nbody\nA\nRUN b\n")
    assert [(i.line, i.heredocs) for i in found] == [(2, ("body",)), (6, ())]


@pytest.mark.parametrize("end", ["END-OF", "$EOF", "eof.txt"])
def test_the_word_that_ends_a_heredoc_is_any_word(end: str) -> None:
    assert instructions(f"RUN cat << {end}\nbody\n{end}\nRUN b\n")[0].heredocs == ("body",)


@pytest.mark.parametrize(
    "line",
    ["RUN cat <<<EOF", "RUN echo $((1<<N))", 'RUN echo "<<EOF"', "RUN echo 'a <<EOF b'", 'RUN ["cat", "<<EOF"]', "CMD cat <<EOF"],
)  # fmt: skip
def test_what_only_looks_like_a_heredoc_is_none(line: str) -> None:
    assert [keyword for _, keyword, _ in shown(f"{line}\nRUN b\n")] == [line.split(maxsplit=1)[0], "RUN"]


def test_a_heredoc_without_an_end_is_none_so_that_nothing_behind_it_is_overlooked() -> None:
    run, copy = instructions("RUN <<EOF${W#d}\nCOPY a b\n")
    assert (run.heredocs, copy.keyword) == ((), "COPY")


@pytest.mark.parametrize("space", ["\xa0", "\x85", "\v", "\f", "\u2003"])
def test_only_a_blank_or_tab_may_follow_a_continuation(space: str) -> None:
    assert [found.keyword for found in instructions(f"LABEL a=b \\{space}\nCOPY a b\n")] == ["LABEL", "COPY"]
    assert [found.keyword for found in instructions("LABEL a=b \\ \t\r\r\n c=d\nCOPY a b\n")] == ["LABEL", "COPY"]


def test_a_comment_begins_behind_what_is_white_space_for_the_engine() -> None:
    assert [found.rest for found in instructions("LABEL a=\\\n\xa0# why\n\x1f#b\nCOPY a b\n")] == ["a=\x1f#b", "a b"]


def test_a_flag_ends_at_the_white_space_of_the_engine_alone() -> None:
    (copy,) = instructions("COPY --exclude=a\xa0b\x1fc\v--link d e\n")
    assert (copy.flags, copy.rest) == ((("exclude", "a\xa0b\x1fc"), ("link", "")), "d e")


def test_a_shell_test_that_begins_like_json_may_have_a_heredoc() -> None:
    assert instructions("RUN [ -e x ] && cat <<EOF\nbody\nEOF\n")[0].heredocs == ("body",)


def test_flags_come_before_the_words() -> None:
    copy, run = instructions("COPY --from=a --chown=1:1 --link x y\nRUN --mount=type=cache,target=/c make --all\n")
    assert copy.flags == (("from", "a"), ("chown", "1:1"), ("link", ""))
    assert (copy.words(), copy.flag("chown"), copy.flag("chmod")) == (("x", "y"), "1:1", None)
    assert (run.flags, run.rest) == ((("mount", "type=cache,target=/c"),), "make --all")


def test_words_of_the_json_form() -> None:
    copy, broken = instructions('COPY ["a b", "/c d/"]\nCOPY [a, b]\n')
    assert copy.words() == ("a b", "/c d/")
    assert broken.words() == ("[a,", "b]")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "1: no FROM; a Dockerfile needs one"),
        ("# only this\n\n", "1: no FROM; a Dockerfile needs one"),
        ("ARG A=1\n\nRUN x\nFROM a\n", "3: RUN before the first FROM, where only ARG may stand; move it below"),
        ("ARG A\nFROM\n", "2: FROM names no image; write one behind it"),
        ("#escape=x\nFROM a\n", "1: escape=x: the escape character is \\ or `"),
    ],
)
def test_a_fault_begins_with_its_line(text: str, fault: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_dockerfile(text)
    assert str(caught.value) == fault


PIECES = ["FROM a", "ARG", " A=1", "RUN ", "COPY ", "<<EOF", "<<-", "EOF", "\n", "\\", "\r\n", '["', '"]', "$", "${A", "}", " AS b", "--from=", "'", "\t", "# escape=`"]  # fmt: skip


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
@example("FROM a\nRUN " + "[" * 5000)
@example("FROM a\nRUN <<")
def test_any_text_is_read_or_is_a_config_error(text: str) -> None:
    with suppress(ConfigError):
        read = read_dockerfile(text, {"A": "1"})
        for stage in read.stages:
            assert read.reachable(str(stage.index))[-1] == stage or stage.name
        read.outside_images(None)
        read.root_image(None)
