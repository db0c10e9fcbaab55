"""Invoke's own program around our tasks alone, for a repository that has no tasks.py."""

from __future__ import annotations

from importlib.metadata import version

from invoke.program import Program

from cispeed_tasks.tasks import collection

BINARY = "python -m cispeed_tasks"


def program() -> Program:
    """The program that `python -m cispeed_tasks` is: `inv` with these tasks and no others."""
    return Program(
        version=version("cispeed-tasks"), namespace=collection(), name="cispeed_tasks", binary=BINARY, binary_names=[]
    )
