"""Two things that Invoke 3 lacks: words after a task's name (`build-optimized web api`), and a grouped task list."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from invoke.parser import parser
from invoke.program import Program
from invoke.tasks import Task

GROUPS = (
    "start here",
    "images",
    "stack",
    "tests",
    "changes",
    "ci",
    "cluster",
    "measurements",
    "clean up",
    "this project",
)


class GroupedTask(Task[Callable[..., Any]]):
    """A task that stands under a heading of `inv --list`, and may take any number of words into one option."""

    group: str = "this project"


def install() -> None:
    """Teach the running Invoke both; tasks that are not ours behave as before."""
    machine = parser.ParseMachine
    if getattr(machine, "takes_words", False):
        return
    machine.takes_words = True
    machine.handle = _handle_words(machine.handle)  # type: ignore[method-assign, assignment]
    Program.list_flat = _list_grouped(Program.list_flat)  # type: ignore[method-assign, assignment]


def _handle_words(handle: Callable[[Any, str], None]) -> Callable[[Any, str], None]:
    def handle_words(machine: Any, token: str) -> None:  # noqa: ANN401  # Invoke's own type is private
        argument = _words_argument(machine)
        if argument is None or _is_known(machine, token, argument):
            handle(machine, token)
        else:
            argument.value = token

    return handle_words


def _words_argument(machine: Any) -> Any:  # noqa: ANN401
    """The option of the current task that takes its words, by the mark that `command` left in its help."""
    if machine.current_state == "unknown" or machine.context is None or machine.waiting_for_flag_value:
        return None
    return next((arg for arg in machine.context.args.values() if getattr(arg.help, "takes_words", False)), None)


def _is_known(machine: Any, token: str, argument: Any) -> bool:  # noqa: ANN401
    wants_any = argument.help.wants_first and not argument.value
    return token.startswith("-") or (token in machine.contexts and not wants_any)


class WordsHelp(str):
    """The help text of the option that takes the words after the task's name."""

    __slots__ = ()
    takes_words = True
    wants_first = False
    """Whether the first word is the task's also where a task is called so."""


class FirstWordHelp(WordsHelp):
    """The same of an option without which the task means nothing."""

    __slots__ = ()
    wants_first = True


def _list_grouped(list_flat: Callable[[Program], None]) -> Callable[[Program], None]:
    def list_grouped(program: Program) -> None:
        try:
            print_groups(program)
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read has seen enough (`inv --list | head`); what is left goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def print_groups(program: Program) -> None:
        tasks = program.scoped_collection.tasks
        if not any(isinstance(task, GroupedTask) for task in tasks.values()):
            list_flat(program)
            return
        binary = program.binary if program.namespace else "inv"
        from cispeed_tasks.tools import terminal

        terminal.tell(f"Tasks (`{binary} --help TASK` says more; several run in the order given):")
        for group in GROUPS:
            _print_group(program, group)
        for name in sorted(program.scoped_collection.collections):
            print(f"\n{name}\n  inv --list {name}")  # noqa: T201

    return list_grouped


def _print_group(program: Program, group: str) -> None:
    pairs = [
        (name, (task.__doc__ or "").strip().splitlines()[0] if task.__doc__ else "")
        for name, task in program.scoped_collection.tasks.items()
        if getattr(task, "group", "this project") == group
    ]
    if pairs:
        from cispeed_tasks.tools import terminal

        terminal.say(f"\n{group}")
        terminal.definitions(pairs)
