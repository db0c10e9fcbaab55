"""Hollow or full: the argument, then the variable HOLLOW, then full."""

from __future__ import annotations

import pytest

from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.choices import is_hollow


@pytest.mark.parametrize("word", ["1", "true", "yes", "True", " YES "])
def test_words_that_mean_hollow(word: str) -> None:
    assert is_hollow(None, word)


@pytest.mark.parametrize("word", ["0", "false", "no", "No", "", "  ", None])
def test_words_that_mean_full(word: str | None) -> None:
    assert not is_hollow(None, word)


@pytest.mark.parametrize("word", ["1", "0", "maybe", None])
def test_the_argument_wins(word: str | None) -> None:
    assert is_hollow(argument=True, variable=word)
    assert not is_hollow(argument=False, variable=word)


def test_another_word_is_refused() -> None:
    with pytest.raises(
        UsageError, match=r"^HOLLOW=maybe: neither true nor false; write one of 1, true, yes, 0, false, no$"
    ):
        is_hollow(None, "maybe")
