"""All errors that a user can meet, in one list, so that each new one is read: what happened, to what, what to do next."""

from __future__ import annotations

from tests.error_list import LIST, listed


def test_every_error_is_in_the_list_that_is_reviewed() -> None:
    known = LIST.read_text(encoding="utf-8")
    assert listed() == known, "read the new messages, then: python -m tests.error_list"
