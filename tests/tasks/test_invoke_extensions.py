"""Words after a task's name, and the grouped list, in the running Invoke."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from invoke.collection import Collection
from invoke.context import Context
from invoke.program import Program
from invoke.tasks import task

from cispeed_tasks.tasks import invoke_extensions
from cispeed_tasks.tasks.command import command


def tasks() -> dict[str, Any]:
    """Tasks of both kinds, made anew: Invoke uses up a task's help while it parses."""

    @command("images", words="service", help={"service": "services by name; all by default"})
    def build(context: Context, service: list[str] | None = None, dry_run: bool = False, tag: str = "latest") -> None:
        """Build images.

        Example: inv build web
        """
        say(context, "build", service, dry_run, tag)

    @command("stack")
    def take_down(context: Context) -> None:
        """Take it down."""
        say(context, "take-down")

    @task
    def own(context: Context, word: str) -> None:
        """Do what the project wants."""
        say(context, "own", word)

    return {"own": own, "take-down": take_down, "build": build}


def say(context: Context, *words: object) -> None:
    """What a task of these prints."""
    assert isinstance(context, Context)
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")


def inv(capsys: pytest.CaptureFixture[str], line: str, *names: str) -> str:
    """What Invoke prints for a command line, on both channels; `names` chooses some of the tasks."""
    invoke_extensions.install()
    chosen = [found for name, found in tasks().items() if not names or name in names]
    Program(namespace=Collection(*chosen), version="1").run(["inv", *line.split()], exit=False)
    captured = capsys.readouterr()
    return captured.out + captured.err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("build", ["build [] False latest"]),
        ("build web", ["build ['web'] False latest"]),
        ("build web api", ["build ['web', 'api'] False latest"]),
        ("build web --dry-run api", ["build ['web', 'api'] True latest"]),
        ("build --tag web api", ["build ['api'] False web"]),
        ("build --tag=x web", ["build ['web'] False x"]),
        ("build --service web", ["build ['web'] False latest"]),
        ("build --service web api --service db", ["build ['web', 'api', 'db'] False latest"]),
        ("build --service take-down", ["build ['take-down'] False latest"]),
        ("build take-down", ["build [] False latest", "take-down"]),
        ("build web take-down", ["build ['web'] False latest", "take-down"]),
        ("take-down build web", ["take-down", "build ['web'] False latest"]),
        ("build web build api", ["build ['web'] False latest", "build ['api'] False latest"]),
        ("own word build web", ["own word", "build ['web'] False latest"]),
    ],
)
def test_words_after_a_tasks_name(capsys: pytest.CaptureFixture[str], line: str, said: list[str]) -> None:
    assert inv(capsys, line).splitlines() == said


@pytest.mark.parametrize("line", ["take-down web", "own word web", "buidl", "build --nothing"])
def test_what_is_no_word_is_refused_as_before(capsys: pytest.CaptureFixture[str], line: str) -> None:
    said = inv(capsys, line)
    assert "No idea what" in said
    assert "Traceback" not in said


def test_the_list_is_grouped_in_a_fixed_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        inv(capsys, "--list")
        == """\
Tasks (`inv --help TASK` says more; several run in the order given):

images
  build  Build images.

stack
  take-down  Take it down.

this project
  own  Do what the project wants.
"""
    )


def test_the_list_of_a_collection_without_our_tasks_is_invokes_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert inv(capsys, "--list", "own") == "Subcommands:\n\n  own   Do what the project wants.\n\n"


def test_help_names_the_option_that_takes_the_words(capsys: pytest.CaptureFixture[str]) -> None:
    said = inv(capsys, "--help build")
    assert "--service      services by name; all by default" in said
    assert "--dry-run" in said
