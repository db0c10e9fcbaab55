"""Invoke tasks that make container CI fast for repositories of several Docker Compose services."""

import gc as _gc

# Looking through what was just loaded for garbage takes a fifth of the time that a task needs to begin.
_gc.set_threshold(50_000, *_gc.get_threshold()[1:])

from cispeed_tasks.tasks import collection as _collection  # noqa: E402  # loading it is what takes the time

ns = _collection()

__all__ = ["ns"]
