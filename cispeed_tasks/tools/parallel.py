"""Questions that are asked beside each other, and are not waited for longer than one wants to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from cispeed_tasks.errors import ToolError

T = TypeVar("T")


class Answer(Generic[T]):
    """What a question comes to that is asked in a thread of its own, from now on."""

    def __init__(self, question: Callable[[], T]) -> None:
        """Ask it."""
        self._question = question
        self._found: list[T] = []
        self._error: Exception | None = None
        # A daemon is not waited for when the process ends: nobody can interrupt a look-up or a hung file system.
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def get(self, seconds: float | None = None) -> T:
        """The answer, or the question's own error; raises ToolError where there is none after some seconds."""
        self._thread.join(seconds)
        if self._error is not None:
            raise self._error
        if not self._found:
            raise ToolError("no answer in time; ask again later")
        return self._found[0]

    def _ask(self) -> None:
        try:
            self._found.append(self._question())
        except Exception as error:  # noqa: BLE001  # it is raised again where the answer is wanted
            self._error = error
