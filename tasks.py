"""This project's own tasks: all of cispeed_tasks, on the sample repository, and its tests and lint."""

from cispeed_tasks import ns

__all__ = ["ns"]
