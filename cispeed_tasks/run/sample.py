"""Lay the sample out as a git repository of its own, to try the tasks on."""

from __future__ import annotations

from pathlib import Path

from cispeed_tasks.errors import ToolError
from cispeed_tasks.plan.entry_file import TEXT
from cispeed_tasks.tools import git, process, sample, terminal

NEXT = (
    ("inv engine-up", "where no Docker Engine answers yet"),
    ("inv check", "what was understood"),
    ("inv playwright-test", "builds the images, brings the services up and runs the tests against them"),
    ("inv down", "takes down what is left up"),
)


def lay_out(name: str) -> None:
    """Make the sample a repository in the directory `name`, and say what to type there."""
    directory = Path(name).absolute()
    sample.lay_out(directory, {"tasks.py": TEXT})
    terminal.outcome("ok", f"the sample is in {name}: nine services, their tests, cispeed.yaml and tasks.py")
    try:
        git.begin(directory, "The sample repository of cispeed_tasks")
        terminal.outcome("ok", "it is a git repository with one commit")
    except ToolError:
        terminal.outcome(
            "warn", "git is not installed, so it is no repository yet: install it, then type git init there"
        )
    terminal.heading("Next")
    terminal.definitions([(f"cd {process.command_line([name])}", ""), *NEXT])
