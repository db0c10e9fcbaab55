"""Lines and tables in terminals of any width: text in, text out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cispeed_tasks.tools.terminal_columns import columns, fits, fitted, records

HEADERS = ("service", "state", "what it holds")
ROWS = [("web", "healthy", "✓ what the checkout holds"), ("db", "done", "")]
WORDS = st.lists(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=12), max_size=30)


def test_where_nobody_looks_lines_stay_whole() -> None:
    assert fitted("x " * 500, None) == "x " * 500
    assert columns([("a", "b " * 500)], None, "  ") == [f"  a  {('b ' * 500).rstrip()}"]


def test_a_long_line_is_broken_between_words_and_what_follows_is_indented() -> None:
    text = "build api → shop-api:full: services/api/poetry.lock changed"
    assert fitted(text, 40, hang=4).splitlines() == [
        "build api → shop-api:full:",
        "    services/api/poetry.lock changed",
    ]


def test_a_mark_before_the_line_takes_its_place() -> None:
    assert fitted("one two three four five six", 24, first=2) == "one two three four\n  five six"


def test_an_indented_line_keeps_its_indentation() -> None:
    assert fitted("  → aaaa bbbb cccc dddd eeee ffff", 24) == "  → aaaa bbbb cccc dddd\n    eeee ffff"


@pytest.mark.parametrize(
    "text",
    ["write it: `docker buildx create --driver docker-container --use`", "nothing was built. By hand: cd /x && docker buildx bake -f y z"],
)  # fmt: skip
def test_a_command_stays_in_one_piece(text: str) -> None:
    command = text.split(": ")[1]
    assert command in fitted(text, 30).splitlines()[-1]


@given(WORDS, st.integers(24, 100), st.integers(0, 2), st.integers(0, 4))
def test_no_word_is_lost_and_no_line_too_long(words: list[str], width: int, first: int, hang: int) -> None:
    text = " ".join(words)
    lines = fitted(text, width, first=first, hang=hang).splitlines()
    assert " ".join(lines).split() == words
    assert all(len(line) + (first if number == 0 else 0) <= width for number, line in enumerate(lines))


def test_columns_break_their_last_cell() -> None:
    rows = [HEADERS, ("web", "healthy", "✗ services/web/package-lock.json changed since")]
    assert "\n".join(columns(rows, 44, "  ")).splitlines() == [
        "  service  state    what it holds",
        "  web      healthy  ✗",
        "                    services/web/package-lock.json",
        "                    changed since",
    ]


def test_where_columns_have_no_room_each_row_is_a_list() -> None:
    assert fits([HEADERS, *ROWS], 80, "  ")
    assert fits([HEADERS, *ROWS], None, "  ")
    assert not fits([HEADERS, *ROWS], 40, "  ")
    assert "\n".join(records(HEADERS, ROWS, 40, "  ")).splitlines() == [
        "  web",
        "    state          healthy",
        "    what it holds  ✓ what the checkout",
        "                   holds",
        "  db",
        "    state          done",
    ]


def test_a_word_that_is_too_long_for_its_place_begins_a_line() -> None:
    rows = [("web", "healthy", "services/web/package-lock.json changed since")]
    assert "\n".join(records(HEADERS, rows, 34, "  ")).splitlines() == [
        "  web",
        "    state          healthy",
        "    what it holds",
        "      services/web/package-lock.json",
        "        changed since",
    ]


def test_cells_without_a_header_stand_below_the_first() -> None:
    rows = [("build-optimized", "Build the full images of all services, or of those named")]
    assert "\n".join(records(("", ""), rows, 40, "  ")).splitlines() == [
        "  build-optimized",
        "    Build the full images of all",
        "    services, or of those named",
    ]
