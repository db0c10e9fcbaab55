"""This project's own tasks: all of cispeed_tasks, which work on the sample repository, and its tests."""

from __future__ import annotations

import sys

from invoke.context import Context
from invoke.exceptions import Exit

from cispeed_tasks import ns
from cispeed_tasks.tasks.command import command, remainder
from cispeed_tasks.tasks.lint import lint
from cispeed_tasks.tools import process


@command("this project", help={"fast": "leave out the tests that need a Docker Engine"})
def test(context: Context, fast: bool = False) -> None:  # noqa: PT028  # a task, no test
    """Run this project's lint and tests; what stands after `--` goes to pytest.

    The tests in tests/docker need a Docker Engine (`inv engine-up`), and fail without one.

    Example: inv test -- -k readiness
    """
    lint.body(context)
    chosen = remainder()
    if chosen:
        _run("pytest", *(["--ignore=tests/docker"] if fast else []), *chosen)
        return
    # There is one engine, and its builds want all of the machine; the others are divided among the CPUs, a file to each.
    _run("pytest", "--ignore=tests/docker", "--numprocesses", "auto", "--dist", "loadfile")
    if not fast:
        _run("pytest", "tests/docker")


@command("this project", help={"page": "report that is drawn, such as one of `python -m tests.bench.make_history`"})
def pictures(context: Context, page: str = "cispeed_tasks/sample/.cispeed/report.html") -> None:
    """Take the pictures of README.md: the end of the main job in a real terminal, and a report in Chromium.

    Example: inv pictures --page /tmp/history/.cispeed/report.html
    """
    _run("tests.pictures", "terminal", "--lines", "26", ".github/pictures/terminal.svg", "--", "inv", "playwright-test")
    _run("tests.pictures", "report", ".github/pictures/report.png", "--page", page)


def _run(module: str, *arguments: str) -> None:
    code = process.show([sys.executable, "-m", module, *arguments])
    if code:
        raise Exit(f"{module} failed", code)


ns.add_task(test)
ns.add_task(pictures)

__all__ = ["ns"]
