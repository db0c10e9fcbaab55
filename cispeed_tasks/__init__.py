"""Invoke tasks that make container CI fast for repositories of several Docker Compose services."""

from cispeed_tasks.tasks import collection as _collection

ns = _collection()

__all__ = ["ns"]
