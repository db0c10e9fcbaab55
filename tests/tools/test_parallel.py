"""Questions beside each other."""

from __future__ import annotations

import threading

import pytest

from cispeed_tasks.errors import ToolError
from cispeed_tasks.tools.parallel import Answer


def test_questions_wait_for_each_other() -> None:
    gate = threading.Event()

    def wait() -> int:
        gate.wait(10)
        return 1

    first = Answer(wait)
    second = Answer(lambda: first.get() + 1)
    gate.set()
    assert second.get(10) == 2


def test_an_error_is_raised_where_the_answer_is_wanted() -> None:
    def fail() -> int:
        raise LookupError("gone")

    answer = Answer(fail)
    for _ in range(2):
        with pytest.raises(LookupError, match="gone"):
            answer.get(10)


def test_nothing_is_waited_for_longer_than_one_wants_to() -> None:
    gate = threading.Event()
    answer = Answer(lambda: gate.wait(10))
    with pytest.raises(ToolError, match="no answer in time"):
        answer.get(0.01)
    gate.set()
    assert answer.get(10) is True
